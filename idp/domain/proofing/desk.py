"""What verifiers see: the queue, and one case with everything in it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select

from idp.domain.proofing import cases as room
from idp.domain.proofing import decisions as words
from idp.domain.proofing import evidence as pictures
from idp.domain.proofing.cases import Case, State, to_case
from idp.domain.proofing.decisions import Decision
from idp.domain.proofing.details import Details, Found, Result, Verdict
from idp.domain.proofing.evidence import Piece
from idp.domain.proofing.levels import APPROVALS_NEEDED, reachable
from idp.domain.proofing.reasons import Reason
from idp.domain.proofing.tables import cases, decisions
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level

PAGE = 25


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases to list; None and '' mean any. `for_verifier` leaves out what this verifier cannot take now.

    `submitted_before` is Unix seconds; `after` is the case id that ended the page before.
    """

    state: State | None = State.WAITING
    level: Level | None = None
    reference: str = ""
    claimed_by: str = ""
    for_verifier: str = ""
    submitted_before: int | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the queue. `flags` are reasons of checks that failed or were flagged; `approvals` those it has."""

    case: Case
    approvals: int
    approvals_needed: int
    flags: tuple[str, ...]

    def claimed_at(self, now: int) -> bool:
        """Whether somebody has the case at this moment."""
        return self.case.claimed_until is not None and self.case.claimed_until > now


@dataclass(frozen=True, slots=True)
class File:
    """A case with everything in it, opened for a verifier or an auditor. Reading one is to be recorded."""

    case: Case
    details: Details
    found: Found | None
    verdicts: tuple[Verdict, ...]
    reachable: Level
    evidence: tuple[Piece, ...]
    decisions: tuple[Decision, ...]
    approvals_needed: int
    outcome_reasons: tuple[Reason, ...]
    earlier: tuple[Case, ...]


def queue(connection: Connection, filters: Filters, now: int) -> tuple[Entry, ...]:
    """A page of cases, longest waiting first."""
    approvals = (
        select(func.count())
        .select_from(decisions)
        .where(decisions.c.case_id == cases.c.id, decisions.c.verdict == words.Choice.APPROVED.value)
        .scalar_subquery()
    )
    shown = [column for column in cases.c if column.name not in ("details", "found", "identity_blind")]
    statement = select(*shown, approvals.label("approvals")).where(*_where(filters, now))
    rows = connection.execute(statement.order_by(cases.c.submitted_at, cases.c.id).limit(PAGE)).mappings()
    return tuple(_entry(dict(row)) for row in rows)


def waiting(connection: Connection) -> tuple[int, int | None]:
    """How many cases wait, and since when the oldest does."""
    statement = select(func.count(), func.min(cases.c.submitted_at)).where(cases.c.state == State.WAITING.value)
    count, oldest = connection.execute(statement).one()
    return int(count), oldest


def file(connection: Connection, vault: Vault, case_id: str) -> File:
    """One case. Raises Refusal("proofing.unknown_case"), or Refusal("vault.erased") of an erased person."""
    case = room.get(connection, case_id)
    return File(
        case=case,
        details=room.details(connection, vault, case),
        found=room.found(connection, vault, case),
        verdicts=case.verdicts,
        reachable=reachable(case.verdicts),
        evidence=pictures.of(connection, case_id),
        decisions=words.of(connection, vault, case),
        approvals_needed=APPROVALS_NEEDED[case.level],
        outcome_reasons=words.outcome_reasons(connection, case_id),
        earlier=tuple(other for other in room.of_person(connection, case.person_id) if other.id != case_id),
    )


def _where(filters: Filters, now: int) -> list[Any]:
    where: list[Any] = [cases.c.submitted_at.is_not(None)]
    exact = {
        cases.c.state: filters.state and filters.state.value,
        cases.c.level: filters.level and filters.level.word,
        cases.c.reference: filters.reference.strip().upper(),
        cases.c.claimed_by: filters.claimed_by,
    }
    where += [column == value for column, value in exact.items() if value]
    if filters.submitted_before is not None:
        where.append(cases.c.submitted_at < filters.submitted_before)
    if filters.for_verifier:
        where.append(_takeable(filters.for_verifier, now))
    if filters.after:
        last = select(cases.c.submitted_at).where(cases.c.id == filters.after).scalar_subquery()
        where.append(or_(cases.c.submitted_at > last, and_(cases.c.submitted_at == last, cases.c.id > filters.after)))
    return where


def _takeable(verifier_id: str, now: int) -> Any:
    done = exists().where(decisions.c.case_id == cases.c.id, decisions.c.verifier_id == verifier_id)
    free = or_(cases.c.claimed_until.is_(None), cases.c.claimed_until <= now, cases.c.claimed_by == verifier_id)
    return and_(free, ~done, cases.c.person_id != verifier_id)


def _entry(row: dict[str, Any]) -> Entry:
    approvals = row.pop("approvals")
    case = to_case(row)
    told = (verdict for verdict in case.verdicts if verdict.result in (Result.FAILED, Result.FLAGGED))
    return Entry(case, approvals, APPROVALS_NEEDED[case.level], tuple(verdict.reason for verdict in told))
