"""A person's record: found by one exact identifier, for a stated purpose, for a quarter of an hour."""

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action
from idp.domain.oversight.viewings import Purpose
from idp.foundation.refusal import Refusal
from idp.journeys.console import people as journey
from idp.journeys.console import queries
from idp.web.claim_words import label, spoken
from idp.web.console import words
from idp.web.console.case import read_purpose
from idp.web.console.door import blueprint, needs, page, staff
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.purpose_words import purpose_word
from idp.web.redirects import local


@blueprint.get("/people")
@needs(Action.VIEW_PEOPLE)
def people() -> tuple[str, int]:
    """Whom, and what for."""
    return _form(None, {})


@blueprint.post("/people")
@needs(Action.VIEW_PEOPLE)
def find() -> Response | tuple[str, int]:
    """An identifier is posted, never put into an address, which logs and histories keep."""
    form = Form(request.form)
    kind = form.choice("kind", journey.KINDS, missing=words.choose_a_kind())
    value = form.text("value", limit=320, missing=words.enter_an_identifier())
    purpose, reference = read_purpose(form)
    given = {"kind": kind, "value": value, "purpose": purpose, "reference": reference}
    if form.errors:
        return _form(form.errors, given)
    try:
        viewing = journey.find(provider(), staff(), kind, value, Purpose(purpose), reference)
    except Refusal as refusal:
        message = words.message(refusal.code)
        if message is None:
            raise
        field = "reference" if refusal.code == "oversight.reference_needed" else "value"
        return _form([(field, message)], given)
    return local(url_for("console.record", viewing_id=viewing.id))


@blueprint.get("/records/<viewing_id>")
@needs(Action.VIEW_PEOPLE)
def record(viewing_id: str) -> Response | tuple[str, int]:
    """The record, while the stated purpose lasts; then the purpose is asked for again."""
    try:
        viewing = journey.licence(provider(), staff(), viewing_id)
    except Refusal:
        return local(url_for("console.people"))
    with provider().reading() as connection:
        found = queries.record(connection, provider(), viewing.person_id, provider().store.now())
    return page(
        "record",
        viewing=viewing,
        purpose=purpose_word(viewing.purpose),
        record=found,
        claims=[(label(name), spoken(value), found.sources[name]) for name, value in sorted(found.claims.items())],
        kinds=dict(words.kinds()),
        role_word=words.role_word,
        may_search_audit=staff().may(Action.SEARCH_AUDIT),
        may_see_cases=staff().may(Action.INSPECT),
    )


def _form(errors: Errors | None, given: dict[str, str]) -> tuple[str, int]:
    return page("people", errors=errors, given=given, kinds=words.kinds(), purposes=words.purposes())
