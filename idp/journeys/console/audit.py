"""Searching the audit, exporting from it, and proving that it is whole. Each of these is recorded too."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from idp.domain.oversight.permissions import Action
from idp.foundation import limits
from idp.foundation.audit import log
from idp.foundation.audit.checkpoint import KEPT_COPY, Checkpoint
from idp.foundation.audit.event import Event, Fact
from idp.foundation.audit.log import Leaf
from idp.foundation.audit.verification import Verdict
from idp.foundation.audit.verification import verify as verify_log
from idp.foundation.limits import Limit
from idp.journeys.console.authority import Staff, require
from idp.journeys.console.queries import sealed_until
from idp.journeys.provider import Provider

PAGE: Final = 50
MOST_EXPORTED: Final = 10_000
VERIFICATIONS: Final = Limit("console.audit.verified", 6, 600)
COLUMNS: Final = ("position", "at", "name", "actor", "subject", "facts")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; empty means any. `about` is an identifier that acted or was acted on; times Unix seconds."""

    about: str = ""
    actor: str = ""
    name: str = ""
    since: int | None = None
    until: int | None = None
    before_id: int | None = None

    def facts(self) -> dict[str, Fact]:
        """What is recorded about the search itself."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}


def search(provider: Provider, staff: Staff, wanted: Wanted) -> Sequence[Leaf]:
    """One page of events, newest first, and one more if there is a next page."""
    return _search(provider, staff, wanted, "console.audit.searched", PAGE + 1)


def export_csv(provider: Provider, staff: Staff, wanted: Wanted) -> str:
    """Up to MOST_EXPORTED events as RFC 4180 text; cells that a spreadsheet would compute begin with an apostrophe."""
    found = _search(provider, staff, wanted, "console.audit.exported", MOST_EXPORTED)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for leaf in found:
        writer.writerow([_inert(cell) for cell in _cells(leaf)])
    return text.getvalue()


def export_json(provider: Provider, staff: Staff, wanted: Wanted) -> str:
    """The same as JSON, with the newest signed checkpoint; `complete` says whether there was no more."""
    found = _search(provider, staff, wanted, "console.audit.exported", MOST_EXPORTED)
    with provider.reading() as connection:
        seal = sealed_until(connection, provider.issuer)
    document = {
        "origin": provider.issuer,
        "exported_at": provider.store.now(),
        "wanted": wanted.facts(),
        "complete": len(found) < MOST_EXPORTED,
        "checkpoint": None if seal.checkpoint is None else _plain(seal.checkpoint),
        "events": [asdict(leaf) for leaf in found],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def verify(provider: Provider, staff: Staff) -> Verdict:
    """Recompute the whole log, against the kept checkpoint file too. Raises Refusal("too_many_attempts")."""
    with provider.transaction() as tx:
        require(tx, staff, Action.SEARCH_AUDIT)
        limits.take(tx, VERIFICATIONS, staff.person_id)
    kept = provider.data_dir / KEPT_COPY
    copy = kept.read_text() if kept.exists() else ""
    with provider.reading() as connection:
        verdict = verify_log(connection, provider.issuer, provider.keyring.audit_keys(), copy)
    with provider.transaction() as tx:
        facts: Mapping[str, Fact] = {"leaves": verdict.leaves, "fault": verdict.fault}
        tx.record(Event("console.audit.verified", staff.person_id, "", facts))
    return verdict


def _search(provider: Provider, staff: Staff, wanted: Wanted, event: str, limit: int) -> Sequence[Leaf]:
    with provider.reading() as connection:
        found = log.search(
            connection,
            about=wanted.about or None,
            actor=wanted.actor or None,
            name=wanted.name or None,
            since=wanted.since,
            until=wanted.until,
            before_id=wanted.before_id,
            limit=limit,
        )
    with provider.transaction() as tx:
        require(tx, staff, Action.SEARCH_AUDIT)
        # What found nothing may be a name typed by mistake, and nothing recorded is ever erased.
        subject, facts = (wanted.about, wanted.facts()) if found else ("", {"found": False})
        tx.record(Event(event, staff.person_id, subject, facts))
    return found


def _plain(latest: Checkpoint) -> dict[str, object]:
    return {"size": latest.size, "root": latest.root.hex(), "at": latest.at}


def _cells(leaf: Leaf) -> tuple[Any, ...]:
    position = "" if leaf.position is None else leaf.position
    return (position, leaf.at, leaf.name, leaf.actor, leaf.subject, json.dumps(leaf.facts, ensure_ascii=False))


def _inert(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
