"""Closing an account: asked for by its person, kept waiting, and then ended in one of three ways, once.

Cancelled by her, stopped by an operator, or finished by erasure: whichever spends the row first wins.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.people.tables import closing_links, closings, people
from idp.foundation.audit.event import Event
from idp.foundation.once import spend
from idp.foundation.randomness import identifier, token
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

REMIND_BEFORE: Final = 3 * 24 * 3600
"""How long before the end she is told again; half of the waiting period, if that is shorter."""
AT_ONCE: Final = 20
_LIVE: Final = closings.c.spent_at.is_(None)
_IS_CLOSING: Final = closings.c.person_id.in_(select(people.c.id).where(people.c.status == Status.CLOSING.value))
"""Of somebody who was locked, or has died, nothing is erased unasked."""


class Outcome(StrEnum):
    """How a closing ended."""

    CANCELLED = "cancelled"
    STOPPED = "stopped"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Closing:
    """An account that is being closed, or was about to be; times in Unix seconds."""

    id: str
    person_id: str
    outcome: Outcome | None
    requested_at: int
    due_at: int


def request(tx: Tx, person_id: str, waiting: int) -> Closing:
    """Begin to wait for `waiting` seconds; services get nothing from now on.

    Raises Refusal("people.not_active") for a record that is locked, closing already, or nobody's any more.
    """
    if not records.change_status(tx, person_id, Status.ACTIVE, Status.CLOSING, person_id, "asked_to_close"):
        raise Refusal("people.not_active", "only an active account can be closed")
    closing = Closing(identifier(), person_id, None, tx.now, tx.now + waiting)
    remind_at = closing.due_at - min(REMIND_BEFORE, waiting // 2)
    row = {"id": closing.id, "person_id": person_id, "requested_at": tx.now, "due_at": closing.due_at}
    tx.execute(insert(closings), row | {"remind_at": remind_at})
    tx.record(Event("people.closing.requested", person_id, person_id, {"due_at": closing.due_at}))
    return closing


def live(connection: Connection, person_id: str) -> Closing | None:
    """The closing that waits, or None."""
    row = connection.execute(select(closings).where(closings.c.person_id == person_id, _LIVE)).mappings().one_or_none()
    return None if row is None else _closing(row)


def of_person(connection: Connection, person_id: str) -> Sequence[Closing]:
    """Every time she asked, oldest first."""
    mine = select(closings).where(closings.c.person_id == person_id).order_by(closings.c.requested_at)
    return [_closing(row) for row in connection.execute(mine).mappings()]


def make_link(tx: Tx, closing: Closing) -> str:
    """The secret of a link that keeps the account, for a letter; only its digest is kept."""
    secret = token()
    tx.execute(insert(closing_links), {"digest": _digest(secret), "closing_id": closing.id, "created_at": tx.now})
    return secret


def behind(connection: Connection, secret: str) -> Closing:
    """What a link is about. Raises Refusal("people.closing_over") if there is nothing to keep by it any more."""
    joined = select(closings).join(closing_links, closing_links.c.closing_id == closings.c.id)
    row = connection.execute(joined.where(closing_links.c.digest == _digest(secret), _LIVE)).mappings().one_or_none()
    if row is None:
        raise _over()
    return _closing(row)


def cancel(tx: Tx, person_id: str) -> Closing:
    """She keeps her account. Raises Refusal("people.closing_over")."""
    closing = _end(tx, Outcome.CANCELLED, closings.c.person_id == person_id)
    if closing is None:
        raise _over()
    records.change_status(tx, closing.person_id, Status.CLOSING, Status.ACTIVE, person_id, "closing_cancelled")
    tx.record(Event("people.closing.cancelled", person_id, person_id))
    return closing


def cancel_by_link(tx: Tx, secret: str) -> Closing:
    """The same by a letter's link; it works once, because it goes when the waiting ends. Raises as `cancel`."""
    return cancel(tx, behind(tx.connection, secret).person_id)


def stop(tx: Tx, person_id: str, outcome: Outcome, actor: str) -> bool:
    """Somebody else ends the waiting, for another reason; the status is theirs to set. False if nothing waited."""
    closing = _end(tx, outcome, closings.c.person_id == person_id)
    if closing is not None:
        tx.record(Event("people.closing.ended", actor, person_id, {"outcome": outcome.value}))
    return closing is not None


def due(connection: Connection, now: int) -> Sequence[str]:
    """Identifiers of closings whose time has come, longest over first; a few at once."""
    return _some(connection, closings.c.due_at, now)


def to_remind(connection: Connection, now: int) -> Sequence[str]:
    """Identifiers of closings whose person is to be told again."""
    return _some(connection, closings.c.remind_at, now)


def whose(connection: Connection, closing_id: str) -> str:
    """The person of a closing that exists."""
    found: str = connection.execute(select(closings.c.person_id).where(closings.c.id == closing_id)).scalar_one()
    return found


def finish(tx: Tx, closing_id: str) -> Closing | None:
    """Take a closing that is due, for the one caller who then erases; None if another was first, or it was kept."""
    return _end(tx, Outcome.ERASED, closings.c.id == closing_id, closings.c.due_at <= tx.now, _IS_CLOSING)


def reminded(tx: Tx, closing_id: str) -> Closing | None:
    """Take the reminder, for the one caller who then writes it; None if it was written, or is not due."""
    wanted = (closings.c.id == closing_id, closings.c.remind_at <= tx.now, _LIVE)
    taken = update(closings).where(*wanted).values(remind_at=None).returning(*closings.c)
    row = tx.execute(taken).mappings().one_or_none()
    return None if row is None else _closing(row)


def postpone(tx: Tx, closing_id: str, seconds: int) -> None:
    """Try again later what could not be done now."""
    waiting = update(closings).where(closings.c.id == closing_id, _LIVE)
    for moment in (closings.c.due_at, closings.c.remind_at):
        tx.execute(waiting.where(moment <= tx.now).values({moment: tx.now + seconds}))


def _end(tx: Tx, outcome: Outcome, *where: ColumnElement[bool]) -> Closing | None:
    row = spend(tx, closings, *where, outcome=outcome.value)
    if row is None:
        return None
    tx.execute(delete(closing_links).where(closing_links.c.closing_id == row["id"]))
    return _closing(row)


def _some(connection: Connection, moment: ColumnElement[int], now: int) -> Sequence[str]:
    statement = select(closings.c.id).where(moment <= now, _LIVE, _IS_CLOSING).order_by(moment).limit(AT_ONCE)
    return connection.execute(statement).scalars().all()


def _over() -> Refusal:
    return Refusal("people.closing_over", "nothing waits to be closed: it was kept, closed, or the link was used")


def _closing(row: Mapping[Any, Any]) -> Closing:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return Closing(row["id"], row["person_id"], outcome, row["requested_at"], row["due_at"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
