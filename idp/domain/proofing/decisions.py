"""Who takes a case, who decides, and how many it takes. The database holds the same rules: see tables.outcomes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.domain.proofing import cases
from idp.domain.proofing.cases import Case, State
from idp.domain.proofing.levels import APPROVALS_NEEDED, reachable
from idp.domain.proofing.reasons import VERIFIER_REASONS, Reason
from idp.domain.proofing.tables import cases as case_rows
from idp.domain.proofing.tables import decisions, outcomes
from idp.foundation.audit.event import Event, Fact
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level

TABLE = "proofing_decisions"
CLAIM_SECONDS: Final = 30 * 60
LONGEST_NOTE: Final = 2000


class Choice(StrEnum):
    """What a verifier can say."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """One verifier's word. `note` is for colleagues and auditors, never for the citizen."""

    verifier_id: str
    choice: Choice
    reasons: tuple[Reason, ...]
    note: str
    at: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Proof that enough different verifiers approved this case for this level; made by `decide` alone."""

    case: Case
    level: Level
    verifiers: tuple[str, ...]


def claim(tx: Tx, case_id: str, verifier_id: str) -> Case:
    """Take a waiting case for half an hour, or for another half hour.

    Raises Refusal `proofing.unknown_case`, `proofing.not_waiting`, `proofing.own_case`, `proofing.already_decided` (by
    this verifier: somebody else must) or `proofing.claimed` (until, by a colleague).
    """
    case = cases.get(tx.connection, case_id)
    until, holder = case_rows.c.claimed_until, case_rows.c.claimed_by
    free = or_(until.is_(None), until <= tx.now, holder == verifier_id)
    statement = update(case_rows).where(case_rows.c.id == case_id, _decidable_by(verifier_id), free)
    taken = tx.execute(statement.values(claimed_by=verifier_id, claimed_until=tx.now + CLAIM_SECONDS)).rowcount
    if not taken:
        raise _not_claimable(tx.connection, case, verifier_id)
    tx.record(Event("proofing.case.claimed", verifier_id, case.person_id, {"case": case_id}))
    return cases.get(tx.connection, case_id)


def release(tx: Tx, case_id: str, verifier_id: str) -> None:
    """Put a claimed case back into the queue; nothing happens if the claim is over."""
    held = (case_rows.c.id == case_id, case_rows.c.claimed_by == verifier_id)
    tx.execute(update(case_rows).where(*held).values(claimed_by=None, claimed_until=None))


def decide(
    tx: Tx, vault: Vault, case_id: str, verifier_id: str, choice: Choice, reasons: Sequence[Reason], note: str
) -> Approval | None:
    """Write one verifier's decision on a case they hold; the Approval once enough approved, else None.

    A refusal concludes the case at once. An Approval is yet to be concluded by the caller.
    Raises Refusal `proofing.not_claimed`, `proofing.level_not_reached`, `proofing.reason_needed` or
    `proofing.note_too_long`.
    """
    case = cases.get(tx.connection, case_id)
    _check(case, choice, reasons, note)
    _spend_claim(tx, case, verifier_id)
    _insert(tx, vault, case, verifier_id, choice, reasons, note)
    tx.record(Event("proofing.case.decided", verifier_id, case.person_id, _facts(case, choice, reasons)))
    if choice is Choice.REFUSED:
        conclude(tx, case, Choice.REFUSED, reasons, (verifier_id,))
        return None
    verifiers = _approvers(tx.connection, case_id)
    return Approval(case, case.level, verifiers) if len(verifiers) >= APPROVALS_NEEDED[case.level] else None


def conclude_approved(tx: Tx, approval: Approval) -> None:
    """End the case as approved."""
    conclude(tx, approval.case, Choice.APPROVED, (), approval.verifiers)


def conclude(tx: Tx, case: Case, choice: Choice, reasons: Sequence[Reason], verifiers: Sequence[str]) -> None:
    """End the case. An approval without the decisions that it needs fails in the database."""
    first, second = (*verifiers, None, None)[:2]
    row = {
        "case_id": case.id,
        "person_id": case.person_id,
        "level": case.level.word,
        "verdict": choice.value,
        "reasons": json.dumps([reason.value for reason in reasons]),
        "first_verifier_id": first,
        "second_verifier_id": second,
        "at": tx.now,
    }
    tx.execute(insert(outcomes), row)
    cases.enter(tx, case.id, State(choice.value), decided_at=tx.now)
    tx.record(Event("proofing.case.concluded", first or "system", case.person_id, _facts(case, choice, reasons)))


def of(connection: Connection, vault: Vault, case: Case) -> tuple[Decision, ...]:
    """Every decision on a case, first one first."""
    statement = select(decisions).where(decisions.c.case_id == case.id).order_by(decisions.c.at)
    rows = connection.execute(statement).mappings().all()
    return tuple(
        Decision(
            row["verifier_id"],
            Choice(row["verdict"]),
            tuple(map(Reason, json.loads(row["reasons"]))),
            "" if row["note"] is None else vault.open(connection, case.person_id, TABLE, "note", row["note"]),
            row["at"],
        )
        for row in rows
    )


def outcome_reasons(connection: Connection, case_id: str) -> tuple[Reason, ...]:
    """Why the case ended as it did; empty for an approval, or while it has not ended."""
    reasons = connection.execute(select(outcomes.c.reasons).where(outcomes.c.case_id == case_id)).scalar_one_or_none()
    return () if reasons is None else tuple(map(Reason, json.loads(reasons)))


def _check(case: Case, choice: Choice, reasons: Sequence[Reason], note: str) -> None:
    if len(note) > LONGEST_NOTE:
        raise Refusal("proofing.note_too_long", "the note is too long", limit=LONGEST_NOTE)
    if choice is Choice.REFUSED and (not reasons or set(reasons) - set(VERIFIER_REASONS)):
        raise Refusal("proofing.reason_needed", "a refusal needs one or more reasons from the list")
    if choice is Choice.APPROVED and reachable(case.verdicts) < case.level:
        raise Refusal("proofing.level_not_reached", "the checks do not carry the level of this case")


def _spend_claim(tx: Tx, case: Case, verifier_id: str) -> None:
    """The claim is the licence to decide, once."""
    held = (case_rows.c.claimed_by == verifier_id, case_rows.c.claimed_until > tx.now)
    statement = update(case_rows).where(case_rows.c.id == case.id, _decidable_by(verifier_id), *held)
    if tx.execute(statement.values(claimed_by=None, claimed_until=None)).rowcount != 1:
        raise Refusal("proofing.not_claimed", "the case is not claimed by this verifier now")


def _insert(
    tx: Tx, vault: Vault, case: Case, verifier_id: str, choice: Choice, reasons: Sequence[Reason], note: str
) -> None:
    row = {
        "case_id": case.id,
        "verifier_id": verifier_id,
        "person_id": case.person_id,
        "level": case.level.word,
        "manifest": case.manifest,
        "verdict": choice.value,
        "reasons": json.dumps([reason.value for reason in reasons]),
        "note": vault.seal(tx.connection, case.person_id, TABLE, "note", note) if note else None,
        "at": tx.now,
    }
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(decisions), row)
    except IntegrityError:
        raise Refusal("proofing.already_decided", "this verifier has decided on this case") from None


def _decidable_by(verifier_id: str) -> ColumnElement[bool]:
    """A waiting case of somebody else, on which this verifier has not decided."""
    done = exists().where(decisions.c.case_id == case_rows.c.id, decisions.c.verifier_id == verifier_id)
    waiting = case_rows.c.state == State.WAITING.value
    return and_(waiting, case_rows.c.person_id != verifier_id, ~done)


def _facts(case: Case, choice: Choice, reasons: Sequence[Reason]) -> dict[str, Fact]:
    words = [reason.value for reason in reasons]
    return {"case": case.id, "level": case.level.word, "verdict": choice.value, "reasons": words}


def _approvers(connection: Connection, case_id: str) -> tuple[str, ...]:
    approved = (decisions.c.case_id == case_id, decisions.c.verdict == Choice.APPROVED.value)
    statement = select(decisions.c.verifier_id).where(*approved).order_by(decisions.c.at, decisions.c.verifier_id)
    return tuple(connection.execute(statement).scalars())


def _not_claimable(connection: Connection, case: Case, verifier_id: str) -> Refusal:
    if case.state is not State.WAITING:
        return Refusal("proofing.not_waiting", "the case is not in the queue")
    if case.person_id == verifier_id:
        return Refusal("proofing.own_case", "nobody verifies themselves")
    mine = select(decisions.c.case_id).where(decisions.c.case_id == case.id, decisions.c.verifier_id == verifier_id)
    if connection.execute(mine).first() is not None:
        return Refusal("proofing.already_decided", "a second verifier must be somebody else")
    return Refusal("proofing.claimed", "a colleague has this case", until=case.claimed_until)
