"""/signin/<id>: asks which step is next and goes there, or finishes. Pages come back here and nowhere else."""

from collections.abc import Callable, Sequence
from http import HTTPStatus

from flask import Blueprint, Response, g, make_response, render_template, request

from idp.foundation.refusal import Refusal
from idp.journeys.signin.finish import Finished, abandon, finish
from idp.journeys.signin.login import InProgress, locales_asked_for, look_at
from idp.protocol.errors import ACCESS_DENIED
from idp.web.errors import refusal_page
from idp.web.forms import Errors
from idp.web.frame import provider
from idp.web.headers import allow_form_action
from idp.web.oidc.answers import answer
from idp.web.redirects import local
from idp.web.signin.current import binding, remember_browser, remember_session, visitor
from idp.web.signin.device import device_name
from idp.web.signin.words import GONE, NO_COOKIE, message

blueprint = Blueprint("signin", __name__)
OUT_OF_TURN = "signin.out_of_turn"
LATER = {"too_many_attempts": HTTPStatus.TOO_MANY_REQUESTS, "too_busy": HTTPStatus.SERVICE_UNAVAILABLE}
"""What may be tried again by itself, and when."""


@blueprint.before_request
def speak_as_asked() -> None:
    """Before a word is said: the service's `ui_locales` count on every page of its sign-in."""
    login_id = (request.view_args or {}).get("login_id")
    if login_id is not None:
        g.ui_locales = locales_asked_for(provider(), login_id, binding())


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """Somebody came back to what is over, or keeps no cookies."""
    if refusal.code != "signin.gone":
        return refusal_page(refusal)
    return refusal_page(refusal, HTTPStatus.BAD_REQUEST, GONE if binding() else NO_COOKIE)


@blueprint.get("/signin/<login_id>")
def dispatch(login_id: str) -> Response:
    """The next step's page, or the end."""
    progress = progress_of(login_id)
    if progress.step is not None:
        return local(f"/signin/{login_id}/{progress.step.name}")
    device = device_name(request.headers.get("User-Agent", ""))
    return leave(finish(provider(), login_id, visitor(), device))


@blueprint.get("/signin/<login_id>/<path:_elsewhere>")
def elsewhere(login_id: str, _elsewhere: str) -> Response:
    """An address that only a form leads to, come back to by reloading, by the back button, or in another language."""
    return local(f"/signin/{login_id}")


@blueprint.post("/signin/<login_id>/cancel")
def cancel(login_id: str) -> Response:
    """Back to the service, which learns that the citizen chose not to continue."""
    return leave(abandon(provider(), login_id, visitor(), ACCESS_DENIED))


def leave(finished: Finished) -> Response:
    """Go where the sign-in led, with the session's cookie."""
    if finished.answer is not None:
        response = answer(finished.answer.target, finished.answer.parameters)
    else:
        response = local(finished.return_to or "/")
    return remember_browser(remember_session(response, finished.secret), finished.remembered)


def progress_of(login_id: str) -> InProgress:
    """Where the sign-in stands; pages of it may lead to the service in the end."""
    who = visitor()
    progress = look_at(provider(), login_id, who.browser, who.session)
    if progress.goal.request is not None:
        allow_form_action(progress.goal.request.redirect_uri)
    return progress


def page(login_id: str, step: str, show: Callable[[InProgress], Response]) -> Response:
    """Show a step's page if it is its turn; otherwise back to the dispatcher."""
    progress = progress_of(login_id)
    if progress.step is None or progress.step.name != step:
        return local(f"/signin/{login_id}")
    return show(progress)


def posted(login_id: str, work: Callable[[], None], again: Callable[[Errors], Response], field_id: str) -> Response:
    """Run a step's journey and go on; what the citizen can correct is shown on the same page, at `field_id`."""
    try:
        work()
    except Refusal as refusal:
        if refusal.code == OUT_OF_TURN:
            return local(f"/signin/{login_id}")
        words = message(refusal)
        if words is None:
            raise
        return corrected(again([(field_id, words)]), refusal)
    return local(f"/signin/{login_id}")


def corrected(shown: Response, refusal: Refusal | None = None) -> Response:
    """A page that asks for a correction says so to programs too; one that leads elsewhere is left alone."""
    if shown.status_code != HTTPStatus.OK:
        return shown
    shown.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    if refusal is not None and refusal.code in LATER:
        shown.status_code = LATER[refusal.code]
        shown.headers["Retry-After"] = str(refusal.facts["retry_after"])
    return shown


def rendered(template: str, errors: Sequence[tuple[str, str]] = (), **values: object) -> Response:
    """A page of the sign-in."""
    return make_response(render_template(f"signin/{template}.html", errors=list(errors), **values))
