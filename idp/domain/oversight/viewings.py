"""Looking at somebody's record: for a stated purpose, for a while, and never unseen by the person it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from idp.domain.oversight.tables import viewings
from idp.foundation.audit.event import Event
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

VIEWED: Final = "console.record.viewed"
SECONDS: Final = 15 * 60
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,39}")
"""Too narrow for a sentence about somebody: what is audited can never be erased."""


class Purpose(StrEnum):
    """Why staff look at a record, as the person is told."""

    SUPPORT = "support"
    COMPLAINT = "complaint"
    FRAUD = "fraud"
    LEGAL = "legal"
    AUDIT = "audit"
    VERIFICATION = "verification"


CHOICES: Final = tuple(purpose for purpose in Purpose if purpose is not Purpose.VERIFICATION)
"""What staff may state; a verification states itself."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """Proof that a purpose was stated and recorded: whoever opens a record asks for one."""

    id: str
    staff_id: str
    person_id: str
    purpose: Purpose
    reference: str
    opened_at: int
    expires_at: int


def open_for(tx: Tx, staff_id: str, person_id: str, purpose: Purpose, reference: str) -> Viewing:
    """State a purpose and the file it belongs to (a ticket, a letter); the citizen sees both.

    Raises Refusal `oversight.reference_needed`, or `oversight.own_record` for one's own.
    """
    check_reference(reference)
    if staff_id == person_id:
        raise Refusal("oversight.own_record", "nobody looks at their own record here; their account shows it")
    viewing = Viewing(identifier(), staff_id, person_id, purpose, reference, tx.now, tx.now + SECONDS)
    tx.execute(insert(viewings), _row(viewing))
    record(tx, staff_id, person_id, purpose, reference)
    return viewing


def check_reference(reference: str) -> None:
    """Raises Refusal("oversight.reference_needed") for what is no file reference."""
    if not _REFERENCE.fullmatch(reference):
        raise Refusal("oversight.reference_needed", "a file reference of up to 40 letters, digits and ./_- is needed")


def record(tx: Tx, staff_id: str, person_id: str, purpose: Purpose, reference: str) -> None:
    """Leave the trace that the person will see."""
    tx.record(Event(VIEWED, staff_id, person_id, {"purpose": purpose.value, "reference": reference}))


def get(connection: Connection, viewing_id: str, staff_id: str, now: int) -> Viewing:
    """One's own viewing that is not over. Raises Refusal("oversight.no_viewing")."""
    return _one(connection, viewings.c.id == viewing_id, staff_id, now)


def live(connection: Connection, staff_id: str, person_id: str, now: int) -> Viewing:
    """The licence to look at this person now. Raises Refusal("oversight.no_viewing")."""
    return _one(connection, viewings.c.person_id == person_id, staff_id, now)


def sweep(tx: Tx) -> int:
    """Drop licences that are over; returns how many."""
    return tx.execute(delete(viewings).where(viewings.c.expires_at < tx.now)).rowcount


def _one(connection: Connection, which: Any, staff_id: str, now: int) -> Viewing:
    mine = (which, viewings.c.staff_id == staff_id, viewings.c.expires_at > now)
    newest = select(viewings).where(*mine).order_by(viewings.c.expires_at.desc(), viewings.c.id).limit(1)
    row = connection.execute(newest).mappings().one_or_none()
    if row is None:
        raise Refusal("oversight.no_viewing", "no purpose was stated for this record, or its time is over")
    return _viewing(row)


def _row(viewing: Viewing) -> dict[str, object]:
    return {
        "id": viewing.id,
        "staff_id": viewing.staff_id,
        "person_id": viewing.person_id,
        "purpose": viewing.purpose.value,
        "reference": viewing.reference,
        "opened_at": viewing.opened_at,
        "expires_at": viewing.expires_at,
    }


def _viewing(row: Mapping[Any, Any]) -> Viewing:
    return Viewing(**{**row, "purpose": Purpose(row["purpose"])})
