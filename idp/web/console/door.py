"""The one door of the console: every view says which action it is, and a view that says nothing opens for nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _

from idp.domain.oversight.permissions import Action
from idp.foundation.refusal import Refusal
from idp.journeys.console.authority import Staff, recognise
from idp.protocol.assurance import Strength
from idp.web.console import words
from idp.web.forms import Errors
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import current_session, require_session

blueprint = Blueprint("console", __name__, url_prefix="/console")
FRESH_SECONDS = 15 * 60
"""How long ago somebody may have signed in who changes what others may do."""

View = TypeVar("View", bound=Callable[..., Any])


def needs(action: Action, *, fresh: int | None = None) -> Callable[[View], View]:
    """Open a view to staff whose role includes `action`, signed in with two factors, `fresh` seconds ago at most.

    Raises Refusal("console.forbidden") for everybody else who is signed in.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            _come_back_to_a_page()
            # The role first: whoever does not work here is not asked for a second factor, let alone for documents.
            person_id = require_session().person_id
            g.staff = recognise(provider(), person_id, action)
            require_session(Strength.TWO_FACTORS, fresh, first_hand=True)
            return view(**values)

        guarded.needs = action  # type: ignore[attr-defined]
        return cast("View", guarded)

    return guard


def staff() -> Staff:
    """Who is at the console."""
    return cast("Staff", g.staff)


def page(template: str, status: int = 200, errors: Errors | None = None, **values: object) -> tuple[str, int]:
    """A page of the console; 422 with `errors` to correct."""
    said = words.notice(request.args.get("said", ""))
    text = render_template(
        f"console/{template}.html", wide=True, navigation=_navigation(), said=said, errors=errors, **values
    )
    return text, 422 if errors else status


@blueprint.before_request
def refuse_what_has_no_door() -> None:
    """Deny by default. Raises Refusal("console.forbidden")."""
    if not hasattr(current_app.view_functions[request.endpoint or ""], "needs"):
        raise Refusal("console.forbidden", "this view does not say what it needs")


def _come_back_to_a_page() -> None:
    """Somebody whose session ended under a form signs in at a page: nothing can be sent by following a link."""
    methods = (request.url_rule.methods if request.url_rule else None) or set()
    if "GET" not in methods and current_session() is None:
        abort(local(url_for("console.home")))


def _navigation() -> list[tuple[str, str, bool]]:
    places = [
        (Action.OPEN, "home", _("Overview")),
        (Action.SEE_QUEUE, "queue", _("Cases")),
        (Action.VIEW_PEOPLE, "people", _("People")),
        (Action.VIEW_SERVICES, "services", _("Services")),
        (Action.VIEW_STAFF, "colleagues", _("Staff")),
        (Action.SEARCH_AUDIT, "audit", _("Audit")),
    ]
    here = (request.endpoint or "").removeprefix("console.")
    section = words.SECTIONS.get(here, here)
    return [(url_for(f"console.{name}"), text, name == section) for action, name, text in places if staff().may(action)]
