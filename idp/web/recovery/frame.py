"""What every page of recovery shares: its turn, and what is shown again after a mistake."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, make_response, render_template

from idp.domain.sessions.logins import Login
from idp.foundation.refusal import Refusal
from idp.journeys.recovery import bind, claim
from idp.web.forms import Errors
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import OUT_OF_TURN, corrected, refused
from idp.web.signin.words import message

blueprint = Blueprint("recovery", __name__)
blueprint.register_error_handler(Refusal, refused)
DIGITS = 6


def page(login_id: str, step: str, show: Callable[[Login], Response]) -> Response:
    """Show a step's page if it is its turn; otherwise back to the dispatcher."""
    login = claim.look_at(provider(), login_id, visitor())
    return show(login) if claim.step_of(login) == step else local(f"/recover/{login_id}")


def posted(login_id: str, work: Callable[[], None], again: Callable[[Errors], Response], field_id: str) -> Response:
    """Run a step's journey and go on; what she can correct is shown on the same page, at `field_id`."""
    try:
        work()
        bind.settle(provider(), login_id, visitor())
    except Refusal as refusal:
        words = None if refusal.code == OUT_OF_TURN else message(refusal)
        if words is None and refusal.code != OUT_OF_TURN:
            raise
        if words is not None:
            return corrected(again([(field_id, words)]), refusal)
    return local(f"/recover/{login_id}")


def rendered(template: str, errors: Sequence[tuple[str, str]] = (), **values: object) -> Response:
    """A page of recovery."""
    return make_response(render_template(f"recovery/{template}.html", errors=list(errors), **values))
