"""The verifiers' queue: filters stand in the address, and the next case is one button."""

from typing import Any

from flask import Response, request, url_for

from idp.domain.oversight.permissions import Action
from idp.domain.proofing import desk
from idp.domain.proofing.cases import State
from idp.domain.proofing.desk import PAGE, Filters
from idp.journeys.console import case_files, queries
from idp.protocol.assurance import Level
from idp.web.console.door import blueprint, needs, page, staff
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.redirects import local

DAY = 24 * 3600
AGES = {"1": DAY, "3": 3 * DAY, "7": 7 * DAY}
LEVELS = ("substantial", "high")
STATES = ("waiting", "approved", "refused", "withdrawn", "any")
HOLDERS = ("free", "mine")
FIELDS = ("level", "state", "age", "holder", "reference")


@blueprint.get("/cases")
@needs(Action.SEE_QUEUE)
def queue() -> tuple[str, int]:
    """Cases by level, state and age, longest waiting first; nothing personal."""
    now = provider().store.now()
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in FIELDS}
    with provider().reading() as connection:
        entries = desk.queue(connection, _filters(now), now)
        holders = queries.names_of_staff(connection, provider().vault, [entry.case.claimed_by for entry in entries])
    last = entries[-1].case.id if len(entries) == PAGE else ""
    more = url_for("console.queue", **{**asked, "after": last}) if last else ""
    return page(
        "queue",
        entries=entries,
        holders=holders,
        more=more,
        asked=asked,
        now=now,
        may_decide=staff().may(Action.DECIDE),
    )


@blueprint.post("/cases/next")
@needs(Action.DECIDE)
def next_case() -> Response:
    """Take whatever has waited longest."""
    case = case_files.take_next(provider(), staff())
    if case is None:
        return local(url_for("console.queue", said="nothing_waits"))
    return local(url_for("console.case", case_id=case.id, said="claimed"))


def _filters(now: int) -> Filters:
    # Read as strictly as a form: a choice that was not offered is refused, not ignored.
    form = Form(request.args)
    state, age = form.choice("state", STATES) or "waiting", form.choice("age", tuple(AGES))
    holder = form.choice("holder", HOLDERS)
    return Filters(
        state=None if state == "any" else State(state),
        level=Level.of(form.choice("level", LEVELS)),
        reference=form.text("reference", limit=40),
        claimed_by=staff().person_id if holder == "mine" else "",
        for_verifier=staff().person_id if holder == "free" else "",
        submitted_before=now - AGES[age] if age else None,
        after=form.text("after", limit=64),
    )
