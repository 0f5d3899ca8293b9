"""The audit: who did what to whom and when, whole pages or exported, and the proof that nothing was changed."""

from datetime import UTC, date, datetime, time
from typing import Any

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action
from idp.foundation.audit.log import Leaf
from idp.foundation.audit.verification import Verdict
from idp.foundation.refusal import Refusal
from idp.journeys.console import audit as journey
from idp.journeys.console import queries
from idp.journeys.console.audit import PAGE, Wanted
from idp.web.console import words
from idp.web.console.door import blueprint, needs, page, staff
from idp.web.forms import Form
from idp.web.frame import provider

FIELDS = ("about", "actor", "name", "since", "until")
NAME = frozenset("abcdefghijklmnopqrstuvwxyz_.")
LARGEST_ID = 2**62


@blueprint.get("/audit")
@needs(Action.SEARCH_AUDIT)
def audit() -> tuple[str, int]:
    """The search form, and what it found if it was used."""
    form = Form(request.args)
    wanted = _wanted(form)
    found = None
    if request.args and not form.errors:
        found = journey.search(provider(), staff(), wanted)
    return _shown(form, found)


@blueprint.get("/audit/export.<any(csv, json):kind>")
@needs(Action.SEARCH_AUDIT)
def export(kind: str) -> Response:
    """The same search as a file. Raises Refusal("forms.malformed") for what the form would have explained."""
    form = Form(request.args)
    wanted = _wanted(form)
    if form.errors:
        raise Refusal("forms.malformed", "the search cannot be read")
    write, mimetype = {
        "csv": (journey.export_csv, "text/csv"),
        "json": (journey.export_json, "application/json"),
    }[kind]
    headers = {"Content-Disposition": f'attachment; filename="audit.{kind}"'}
    return Response(write(provider(), staff(), wanted), mimetype=mimetype, headers=headers)


@blueprint.post("/audit/verify")
@needs(Action.SEARCH_AUDIT)
def verify_audit() -> tuple[str, int]:
    """Recompute everything now."""
    return _shown(Form(request.args), None, journey.verify(provider(), staff()))


def _shown(form: Form, found: object, verdict: Verdict | None = None) -> tuple[str, int]:
    leaves: list[Leaf] = list(found) if isinstance(found, list) else []
    with provider().reading() as connection:
        seal = queries.sealed_until(connection, provider().issuer)
        people = [one for leaf in leaves for one in (leaf.actor, leaf.subject)]
        names = queries.names_of_staff(connection, provider().vault, people)
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in FIELDS}
    return page(
        "audit",
        errors=form.errors,
        asked=asked,
        searched=found is not None,
        leaves=leaves[:PAGE],
        names=names,
        seal=seal,
        verdict=verdict,
        more=url_for("console.audit", **asked, before=leaves[PAGE - 1].id) if len(leaves) > PAGE else "",
        csv=url_for("console.export", kind="csv", **asked),
        json=url_for("console.export", kind="json", **asked),
    )


def _wanted(form: Form) -> Wanted:
    name = form.text("name", limit=100)
    if not NAME.issuperset(name):
        form.fail("name", words.correct_event_name())
    before = form.digits("before")
    return Wanted(
        about=form.text("about", limit=200),
        actor=form.text("actor", limit=200),
        name=name,
        since=_moment(form, "since", time.min),
        until=_moment(form, "until", time.max),
        before_id=min(int(before), LARGEST_ID) if before else None,
    )


def _moment(form: Form, name: str, at: time) -> int | None:
    text = form.text(name, limit=20)
    if not text:
        return None
    try:
        return int(datetime.combine(date.fromisoformat(text), at, UTC).timestamp())
    except (ValueError, OverflowError):
        form.fail(name, words.correct_date())
        return None
