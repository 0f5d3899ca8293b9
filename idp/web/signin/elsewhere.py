"""Signing in with another device, at the other device: /handover, where a QR code leads."""

from http import HTTPStatus

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from idp.domain.sessions.browser import Session
from idp.domain.sessions.handovers import State
from idp.foundation.refusal import Refusal
from idp.journeys.account.activity import details
from idp.journeys.signin import approve_elsewhere
from idp.journeys.signin.approve_elsewhere import Request
from idp.journeys.signin.handover import PATH
from idp.web.errors import Words, refusal_page
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import bind, new_binding, require_session, visitor
from idp.web.signin.device import device_name, device_words
from idp.web.signin.dispatch import blueprint as signin
from idp.web.signin.dispatch import corrected, rendered
from idp.web.signin.words import message

blueprint = Blueprint("elsewhere", __name__)
CODE, MATCHING = "handover-code", "handover-matching"
OVER: Words = (
    lazy_gettext("This request is over"),
    lazy_gettext("It was used, cancelled or opened on another device, or five minutes have passed."),
    lazy_gettext("If you want to sign in on another device, choose “Get a new code” there and scan it."),
)


@blueprint.get(PATH)
def elsewhere_page() -> Response:
    """Say what this is. A frame must be read within seconds; what follows may take its time, in this browser."""
    frame, errors = request.args.get("f", ""), Errors()
    secret = new_binding()
    ticket = ""
    if frame:
        try:
            ticket = approve_elsewhere.scanned(provider(), frame, secret)
        except Refusal:
            errors.append((CODE, _("This code is too old, or was used. Scan the one that the other device shows now.")))
    return bind(rendered("elsewhere", errors, ticket=ticket))


@blueprint.post(f"{PATH}/open")
def open_elsewhere() -> Response:
    """Bind it to this browser, by what was scanned or by what is typed."""
    form, here = Form(request.form), device_name(request.headers.get("User-Agent", ""))
    ticket = form.text("ticket")
    typed = "" if ticket else form.text("code", limit=40, missing=_("Enter the code."), field_id=CODE)
    new_binding()
    if form.errors:
        return bind(corrected(rendered("elsewhere", form.errors, ticket="")))
    try:
        handle = _opened(ticket, typed, here)
    except Refusal as refusal:
        return bind(corrected(rendered("elsewhere", [(CODE, _why(refusal))], ticket=""), refusal))
    return bind(local(f"{PATH}/{handle}"))


@blueprint.get(f"{PATH}/<handle>")
def approval_page(handle: str) -> Response:
    """Who asks for what, where; after signing in afresh."""
    return _approval(handle, [])


@blueprint.post(f"{PATH}/<handle>/approve")
def approve_handover(handle: str) -> Response:
    """Sign in over there."""
    session = _fresh(_request(handle))
    form = Form(request.form)
    matching = form.digits("matching", count=2, wrong=_("Enter the two digits."), field_id=MATCHING)
    if form.errors:
        return corrected(_approval(handle, form.errors))
    try:
        approve_elsewhere.approve(provider(), handle, visitor(), session, matching)
    except Refusal as refusal:
        if refusal.code in ("handover.gone", "handover.failed"):
            return local(f"{PATH}/{handle}")
        return corrected(_approval(handle, [(MATCHING, _why(refusal))]), refusal)
    return local(f"{PATH}/{handle}")


@blueprint.post(f"{PATH}/<handle>/refuse")
def refuse_handover(handle: str) -> Response:
    """Not me."""
    session = _fresh(_request(handle))
    approve_elsewhere.refuse(provider(), handle, visitor(), session.person_id)
    return local(f"{PATH}/{handle}")


@blueprint.get(f"{PATH}/<handle>/<path:_rest>")
def back_to_approval(handle: str, _rest: str) -> Response:
    """An address that only a form leads to."""
    return local(f"{PATH}/{handle}")


@blueprint.errorhandler(Refusal)
def over(refusal: Refusal) -> Response:
    """What was begun elsewhere is over, or was opened by another browser."""
    if refusal.code not in ("handover.gone", "signin.gone"):
        return refusal_page(refusal)
    return refusal_page(refusal, HTTPStatus.GONE, OVER)


def _opened(ticket: str, typed: str, here: str) -> str:
    if ticket:
        return approve_elsewhere.open_scanned(provider(), ticket, visitor(), here)
    code = "".join(character for character in typed.upper() if character.isalnum())
    return approve_elsewhere.open_typed(provider(), code, visitor(), here)


def _approval(handle: str, errors: Errors) -> Response:
    asked = _request(handle)
    if asked.handover.state is not State.OPENED:
        return rendered("elsewhere_over", state=asked.handover.state, device=device_words(asked.handover.device))
    session = _fresh(asked)
    return rendered(
        "elsewhere_approve",
        errors,
        asked=asked,
        handle=handle,
        name=_name(session.person_id),
        device_words=device_words,
    )


def _name(person_id: str) -> str:
    """What she is called, or what she types to sign in."""
    held = details(provider(), person_id)
    name = held.attributes.get("name")
    return name if isinstance(name, str) else next((one.value for one in held.identifiers), "")


def _request(handle: str) -> Request:
    return approve_elsewhere.look_at(provider(), handle, visitor())


def _fresh(asked: Request) -> Session:
    """Signed in since it was opened, here: neither an old session nor one that was handed over approves anything."""
    age = provider().store.now() - asked.handover.opened_at
    return require_session(asked.needed, max(age, 0))


def _why(refusal: Refusal) -> str:
    known: dict[str, str] = {
        "handover.frame_dead": _("This code is too old, or was used. Scan the one that the other device shows now."),
        "handover.gone": _("This code is too old, or was used. Scan the one that the other device shows now."),
        "handover.wrong_code": _("There is no such code, or it is too old. Enter the one that the other device shows."),
        "handover.wrong_matching_code": _(
            "This is not the number that the other device shows. If you do not see that device, refuse."
        ),
        "handover.not_fresh": _("Sign in once more on this device first."),
    }
    return known.get(refusal.code) or message(refusal) or _("We cannot continue")


signin.register_blueprint(blueprint)
