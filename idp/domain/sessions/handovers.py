"""A sign-in handed to another device: opened there by one browser, approved or refused once, and taken back once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from idp.domain.sessions.tables import handovers
from idp.foundation.once import spend
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

LIFETIME = 300
"""Seconds from the first picture to the end, whatever happened in between."""
MOST_TRIES = 3
"""Matching codes that are looked at."""


class State(StrEnum):
    """Where it stands. `EXPIRED` is no stored one: time brings it."""

    WAITING = "waiting"
    OPENED = "opened"
    APPROVED = "approved"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


RUNNING = (State.WAITING, State.OPENED, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover at a moment. `device` began it, `opener_device` opened it; `proof` is the JSON of an approval."""

    login_id: str
    sealed: bytes
    device: str
    state: State
    tries: int
    opener_device: str
    person_id: str
    proof: str
    created_at: int
    opened_at: int


@dataclass(frozen=True, slots=True)
class Opener:
    """The browser on the other device: what the handover is called there, and the secret it is bound to."""

    handle: str
    browser: str


def begin(tx: Tx, login_id: str, handle: str, code: str, sealed: bytes, device: str) -> None:
    """Hand the sign-in over under a new handle and a new code to type; whatever went before is over."""
    tx.execute(delete(handovers).where(handovers.c.login_id == login_id))
    row = {
        "login_id": login_id,
        "handle_digest": _digest(handle),
        "code_digest": _digest(code),
        "sealed": sealed,
        "device": device,
        "state": State.WAITING.value,
        "tries": 0,
        "created_at": tx.now,
        "expires_at": tx.now + LIFETIME,
    }
    tx.execute(insert(handovers), row)


def of_login(connection: Connection, login_id: str, now: int) -> Handover | None:
    """That of a sign-in, which its own browser may ask for."""
    return _found(connection, now, handovers.c.login_id == login_id)


def waiting(connection: Connection, *, handle: str = "", code: str = "", now: int) -> Handover | None:
    """The one with this handle or this code, if nobody has opened it yet."""
    named = handovers.c.handle_digest == _digest(handle) if handle else handovers.c.code_digest == _digest(code)
    found = _found(connection, now, named)
    return found if found is not None and found.state is State.WAITING else None


def opened_by(connection: Connection, opener: Opener, now: int) -> Handover:
    """The one that this browser opened, whatever became of it. Raises Refusal("handover.gone")."""
    found = _found(connection, now, *_of(opener))
    if found is None:
        raise _gone()
    return found


def open_at(tx: Tx, login_id: str, opener: Opener, device: str) -> None:
    """Bind it to the browser that opens it, which is one. Raises Refusal("handover.gone")."""
    here = {"opener_digest": _digest(opener.browser), "opener_device": device, "opened_at": tx.now}
    named = (handovers.c.login_id == login_id, handovers.c.handle_digest == _digest(opener.handle))
    if not _move(tx, State.WAITING, State.OPENED, *named, **here):
        raise _gone()


def count_try(tx: Tx, opener: Opener) -> None:
    """Count a matching code before it is looked at. Raises Refusal("handover.gone")."""
    more = {"tries": handovers.c.tries + 1}
    if not _move(tx, State.OPENED, State.OPENED, *_of(opener), handovers.c.tries < MOST_TRIES, **more):
        raise _gone()


def fail_if_used_up(tx: Tx, opener: Opener) -> bool:
    """End it after the last wrong matching code; whether that was it."""
    return _move(tx, State.OPENED, State.FAILED, *_of(opener), handovers.c.tries >= MOST_TRIES)


def approve(tx: Tx, opener: Opener, person_id: str, proof: str) -> None:
    """Record whose sign-in it is now, once. Raises Refusal("handover.gone")."""
    if not _move(tx, State.OPENED, State.APPROVED, *_of(opener), person_id=person_id, proof=proof):
        raise _gone()


def refuse(tx: Tx, opener: Opener) -> bool:
    """The other device wants none of it; False if it was too late."""
    return _move(tx, State.OPENED, State.REFUSED, *_of(opener))


def cancel(tx: Tx, login_id: str) -> None:
    """Its own browser wants it no more; also what was approved, if it was not taken."""
    still = handovers.c.state.in_(RUNNING)
    statement = update(handovers).where(handovers.c.login_id == login_id, still, handovers.c.spent_at.is_(None))
    tx.execute(statement.values(state=State.CANCELLED.value))


def take(tx: Tx, login_id: str) -> Handover:
    """Spend the approval. Raises Refusal("handover.not_approved") if there is none, or it was spent."""
    approved = (handovers.c.login_id == login_id, handovers.c.state == State.APPROVED, handovers.c.expires_at > tx.now)
    row = spend(tx, handovers, *approved)
    if row is None:
        raise Refusal("handover.not_approved", "nobody has approved it, or it was used, or it is too old")
    return _handover(row, tx.now)


def sweep(tx: Tx) -> None:
    """Drop what ended an hour ago."""
    tx.execute(delete(handovers).where(handovers.c.expires_at < tx.now - 3600))


def _move(tx: Tx, before: State, after: State, *where: ColumnElement[bool], **marks: Any) -> bool:
    """One conditional UPDATE: of any number of parallel callers, one finds the state that it needs."""
    alive = (handovers.c.state == before.value, handovers.c.expires_at > tx.now, *where)
    return tx.execute(update(handovers).where(*alive).values(state=after.value, **marks)).rowcount == 1


def _of(opener: Opener) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        handovers.c.handle_digest == _digest(opener.handle),
        handovers.c.opener_digest == _digest(opener.browser),
    )


def _found(connection: Connection, now: int, *where: ColumnElement[bool]) -> Handover | None:
    row = connection.execute(select(handovers).where(*where)).mappings().one_or_none()
    return None if row is None else _handover(row, now)


def _handover(row: Mapping[Any, Any], now: int) -> Handover:
    state = State(row["state"])
    if row["expires_at"] <= now and state in RUNNING and row["spent_at"] is None:
        state = State.EXPIRED
    return Handover(
        row["login_id"],
        row["sealed"],
        row["device"],
        state,
        row["tries"],
        row["opener_device"] or "",
        row["person_id"] or "",
        row["proof"] or "",
        row["created_at"],
        row["opened_at"] or 0,
    )


def _gone() -> Refusal:
    return Refusal("handover.gone", "unknown, over, or another browser's")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
