"""Signing in with another device, at the device where somebody wants to sign in: a QR code that does not keep still."""

from flask import Response, jsonify, make_response, request
from flask_babel import gettext as _

from idp.domain.sessions.frames import LIVE, STILL
from idp.domain.sessions.handovers import RUNNING, Handover, State
from idp.foundation.refusal import Refusal
from idp.journeys.signin import handover
from idp.journeys.signin.authenticate import STEP
from idp.journeys.signin.login import InProgress
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import binding, visitor
from idp.web.signin.device import device_name, device_words
from idp.web.signin.dispatch import blueprint, page, posted, rendered

HANDOVER = "handover"
AGAIN_SECONDS = 15
"""Without scripts the page loads itself again before its picture is too old."""


@blueprint.post(f"/signin/<login_id>/{HANDOVER}")
def begin_handover(login_id: str) -> Response:
    """A new code, which ends the one before."""
    here = device_name(request.headers.get("User-Agent", ""))
    try:
        handover.begin(provider(), login_id, visitor(), here)
    except Refusal as refusal:
        if refusal.code != "signin.out_of_turn":
            raise
    return local(f"/signin/{login_id}/{HANDOVER}")


@blueprint.get(f"/signin/<login_id>/{HANDOVER}")
def handover_page(login_id: str) -> Response:
    """The picture, and where it stands. The script loads the page with `live`, and then keeps it up to date itself."""

    def show(progress: InProgress) -> Response:
        try:
            found = handover.look_at(provider(), login_id, binding())
        except Refusal as refusal:
            if refusal.code != "handover.gone":
                raise
            return local(f"/signin/{login_id}")
        return _shown(progress, found)

    return page(login_id, STEP, show)


@blueprint.get(f"/signin/<login_id>/{HANDOVER}/state")
def handover_state(login_id: str) -> Response:
    """Where it stands and the next picture, for the script of its own browser; nobody else is told anything."""
    try:
        found = handover.look_at(provider(), login_id, binding())
    except Refusal:
        return make_response(jsonify(state="gone"), 404)
    return jsonify(
        state=found.state,
        words=words(found),
        matching=_matching(found),
        picture=handover.picture(provider(), found, LIVE),
    )


@blueprint.post(f"/signin/<login_id>/{HANDOVER}/continue")
def continue_after_handover(login_id: str) -> Response:
    """It was approved: go on."""

    def work() -> None:
        try:
            handover.take_over(provider(), login_id, visitor())
        except Refusal as refusal:
            if refusal.code in ("handover.not_approved", "handover.stopped"):
                raise Refusal("signin.out_of_turn", refusal.reason) from refusal
            raise

    return posted(login_id, work, lambda _errors: handover_page(login_id), "")


@blueprint.post(f"/signin/<login_id>/{HANDOVER}/cancel")
def cancel_handover(login_id: str) -> Response:
    """Sign in here after all."""
    handover.cancel(provider(), login_id, visitor())
    return local(f"/signin/{login_id}")


def words(found: Handover) -> str:
    """Where it stands, in a sentence."""
    known: dict[State, str] = {
        State.WAITING: _("Waiting for your other device."),
        State.OPENED: _("Opened on your other device. Now go on there."),
        State.APPROVED: _("Approved. You are being signed in."),
        State.REFUSED: _("Refused on the other device. Nobody was signed in."),
        State.FAILED: _("The wrong number was entered three times. Nobody was signed in."),
        State.CANCELLED: _("Cancelled. Nobody was signed in."),
        State.EXPIRED: _("Too old. A code can be used for five minutes."),
    }
    if found.state is State.OPENED and found.opener_device:
        return str(_("Opened on %(device)s. Now go on there.", device=device_words(found.opener_device)))
    return known[found.state]


def _shown(progress: InProgress, found: Handover) -> Response:
    live = "live" in request.args
    shown = handover.shown_of(provider(), found)
    response = rendered(
        "handover",
        progress=progress,
        state=found.state,
        words=words(found),
        picture=handover.picture(provider(), found, LIVE if live else STILL),
        matching=_matching(found),
        typed=f"{shown.code[:4]}-{shown.code[4:]}",
        address=f"{provider().issuer}{handover.PATH}",
        running=found.state in RUNNING,
        live=live,
    )
    if found.state in RUNNING and not live:
        response.headers["Refresh"] = str(AGAIN_SECONDS)
    return response


def _matching(found: Handover) -> str:
    """The number is shown when it is asked for, so that nobody sends a picture of both."""
    return handover.shown_of(provider(), found).matching if found.state is State.OPENED else ""
