"""Colleagues and their roles. Nobody changes their own."""

from collections.abc import Callable

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action, Role
from idp.foundation.refusal import Refusal
from idp.journeys.console import colleagues as journey
from idp.journeys.console import queries
from idp.web.console import words
from idp.web.console.door import FRESH_SECONDS, blueprint, needs, page, staff
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local

ROLES = tuple(role.value for role in Role)


@blueprint.get("/staff")
@needs(Action.VIEW_STAFF)
def colleagues() -> tuple[str, int]:
    """Who works here, and who gave them their roles."""
    with provider().reading() as connection:
        listed = queries.colleagues(connection, provider().vault)
    return page(
        "colleagues",
        colleagues=listed,
        names={colleague.person_id: colleague.name for colleague in listed},
        me=staff().person_id,
        may_grant=staff().may(Action.GRANT_ROLES),
        role_word=words.role_word,
    )


@blueprint.route("/staff/grant", methods=["GET", "POST"])
@needs(Action.GRANT_ROLES, fresh=FRESH_SECONDS)
def grant() -> Response | tuple[str, int]:
    """Give a colleague a role."""
    form = Form(request.form)
    username = role = ""
    if request.method == "POST":
        username = form.text("username", limit=320, missing=words.enter_a_username())
        role = form.choice("role", ROLES, missing=words.choose_a_role())
        if not form.errors and _done(form, lambda: journey.grant_role(provider(), staff(), username, Role(role))):
            return local(url_for("console.colleagues", said="granted"))
    return page("grant", errors=form.errors, roles=words.roles(), username=username, role=role)


@blueprint.route("/staff/<person_id>/<any(verifier, administrator, auditor):role>/revoke", methods=["GET", "POST"])
@needs(Action.GRANT_ROLES, fresh=FRESH_SECONDS)
def revoke(person_id: str, role: str) -> Response | tuple[str, int]:
    """Take a role away, after asking once."""
    errors: Errors | None = None
    if request.method == "POST":
        form = Form(request.form)
        if _done(form, lambda: journey.revoke_role(provider(), staff(), person_id, Role(role))):
            return local(url_for("console.colleagues", said="revoked"))
        errors = form.errors
    with provider().reading() as connection:
        names = queries.names_of_staff(connection, provider().vault, [person_id])
    if person_id not in names:
        return local(url_for("console.colleagues"))
    return page("revoke", errors=errors, name=names[person_id], role=words.role_word(Role(role)))


def _done(form: Form, change: Callable[[], object]) -> bool:
    """Whether it was done; if not, why stands in the form. Raises a Refusal that is nobody's to correct."""
    try:
        change()
    except Refusal as refusal:
        message = words.message(refusal.code)
        if message is None:
            raise
        form.fail("username", message)
        return False
    return True
