"""Accounts that somebody who proved her identity anew is about to have back: for some days their owner can object.

Taken or stopped: whichever spends the row first wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from idp.domain.recovery.tables import reclaims
from idp.foundation.audit.event import Event
from idp.foundation.once import spend
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

AT_ONCE: Final = 20
_LIVE: Final = reclaims.c.spent_at.is_(None)
# Built once, because every sign-in runs it.
_OF_OWNER = Prepared(select(reclaims).where(reclaims.c.person_id == bindparam("owner"), _LIVE))


class Outcome(StrEnum):
    """How a reclaim ended."""

    TAKEN = "taken"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Reclaim:
    """The account `person_id`, which `claimant_id`, her new account, can have from `ripe_at` on (Unix seconds)."""

    id: str
    person_id: str
    claimant_id: str
    reference: str
    requested_at: int
    ripe_at: int


def begin(tx: Tx, person_id: str, claimant_id: str, reference: str, waiting: int, actor: str) -> Reclaim:
    """Begin to wait for `waiting` seconds. Raises Refusal("recovery.reclaim_waits") if somebody's waits already."""
    made = Reclaim(identifier(), person_id, claimant_id, reference, tx.now, tx.now + waiting)
    row = {name: getattr(made, name) for name in Reclaim.__slots__} | {"remind_at": tx.now + waiting // 2}
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(reclaims), row)
    except IntegrityError:
        raise Refusal("recovery.reclaim_waits", "somebody is about to have this account back") from None
    tx.record(Event("recovery.reclaim.begun", actor, person_id, {"reference": reference, "ripe_at": made.ripe_at}))
    return made


def of_owner(connection: Connection, person_id: str) -> Reclaim | None:
    """What waits to take this account, or None."""
    row = _OF_OWNER.one(connection, {"owner": person_id})
    return None if row is None else _reclaim(row)


def of_claimant(connection: Connection, claimant_id: str) -> Reclaim | None:
    """What this account waits for, or None."""
    return _one(connection, reclaims.c.claimant_id == claimant_id)


def is_live(connection: Connection, reclaim_id: str) -> bool:
    """Whether nobody has taken or stopped it."""
    return _one(connection, reclaims.c.id == reclaim_id) is not None


def take(tx: Tx, reclaim_id: str) -> Reclaim:
    """For the one caller who then binds new ways to sign in. Raises Refusal("recovery.reclaim_over")."""
    row = spend(tx, reclaims, reclaims.c.id == reclaim_id, reclaims.c.ripe_at <= tx.now, outcome=Outcome.TAKEN.value)
    if row is None:
        raise Refusal("recovery.reclaim_over", "it was stopped, taken before, or is not ripe")
    tx.record(Event("recovery.reclaim.taken", row["claimant_id"], row["person_id"], {"reference": row["reference"]}))
    return _reclaim(row)


def stop(tx: Tx, person_id: str, actor: str) -> Sequence[Reclaim]:
    """Nobody takes this account, nor does this account take another; what was stopped."""
    mine = (reclaims.c.person_id == person_id, reclaims.c.claimant_id == person_id)
    rows = [row for side in mine if (row := spend(tx, reclaims, side, outcome=Outcome.STOPPED.value)) is not None]
    for row in rows:
        tx.record(Event("recovery.reclaim.stopped", actor, row["person_id"], {"reference": row["reference"]}))
    return [_reclaim(row) for row in rows]


def to_remind(connection: Connection, now: int) -> Sequence[str]:
    """Identifiers of reclaims of which both sides are to be told again, a few at once."""
    due = select(reclaims.c.id).where(reclaims.c.remind_at <= now, _LIVE).order_by(reclaims.c.remind_at)
    return connection.execute(due.limit(AT_ONCE)).scalars().all()


def reminded(tx: Tx, reclaim_id: str) -> Reclaim | None:
    """Take the reminder, for the one caller who then writes it: half-way, and once more when it is ripe."""
    due = (reclaims.c.id == reclaim_id, reclaims.c.remind_at <= tx.now, _LIVE)
    taking = update(reclaims).where(*due).values(remind_at=None).returning(*reclaims.c)
    taken = tx.execute(taking).mappings().one_or_none()
    if taken is None:
        return None
    if taken["ripe_at"] > tx.now:
        tx.execute(update(reclaims).where(reclaims.c.id == reclaim_id).values(remind_at=taken["ripe_at"]))
    return _reclaim(taken)


def _one(connection: Connection, *where: ColumnElement[bool]) -> Reclaim | None:
    row = connection.execute(select(reclaims).where(*where, _LIVE)).mappings().one_or_none()
    return None if row is None else _reclaim(row)


def _reclaim(row: Mapping[Any, Any]) -> Reclaim:
    return Reclaim(**{name: row[name] for name in Reclaim.__slots__})
