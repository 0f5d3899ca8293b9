"""A person signed in at one browser."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.domain.sessions.tables import participants, sessions
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier, token
from idp.foundation.transaction import Tx
from idp.protocol.assurance import Strength

TOUCH_SECONDS = 60
"""How stale `last_seen_at` may grow: a session in use is not written at every click."""
TOUCH_SHARE = 10
"""It may grow as stale as so many parts of the time that a session may rest, where that is short."""
LONGEST_DEVICE = 80
KEPT_SECONDS = 90 * 24 * 3600
"""How long an ended session stays on record: its person finds the device of each sign-in in her activity."""


# Built once, because every sign-in runs them, and the first every authorization.
_FIND = Prepared(
    select(sessions).where(
        sessions.c.digest == bindparam("the_digest"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("now"),
        sessions.c.last_seen_at > bindparam("since"),
    )
)
_INSERT = Prepared(insert(sessions).inline())
_DEVICES = Prepared(select(sessions.c.device).distinct().where(sessions.c.person_id == bindparam("person")))


@dataclass(frozen=True, slots=True)
class Session:
    """One browser session. `auth_time` is the last time the person proved to be there; `strength` what that proved.

    `handed_over` says that she proved it at another device, and nothing at this one; `remembered` names what its
    browser remembers of the person (`remembered.Remembered.id`).
    """

    id: str
    person_id: str
    amr: tuple[str, ...]
    strength: Strength
    device: str
    auth_time: int
    created_at: int
    last_seen_at: int
    expires_at: int
    handed_over: bool = False
    remembered: str | None = None


@dataclass(frozen=True, slots=True)
class Authenticated:
    """What a sign-in proved, here or (`handed_over`) at another device: the only thing a session is made from.

    `remembered` as in `Session`.
    """

    person_id: str
    amr: tuple[str, ...]
    strength: Strength
    auth_time: int
    handed_over: bool = False
    remembered: str | None = None


def start(tx: Tx, proved: Authenticated, device: str, absolute: int) -> tuple[Session, str]:
    """A new session and the secret for its cookie; the secret itself is not kept."""
    secret = token()
    session = Session(
        identifier(),
        proved.person_id,
        proved.amr,
        proved.strength,
        device[:LONGEST_DEVICE],
        proved.auth_time,
        tx.now,
        tx.now,
        tx.now + absolute,
        proved.handed_over,
        proved.remembered,
    )
    _INSERT.run(tx.connection, _row(session) | {"digest": _digest(secret), "ended_at": None})
    return session, secret


def renew(tx: Tx, session: Session, proved: Authenticated) -> tuple[Session, str] | None:
    """The same session after another authentication, under a new secret: the old cookie is dead (fixation).

    None if it ended meanwhile: what has ended is never revived.
    """
    secret = token()
    values = {
        "digest": _digest(secret),
        "amr": " ".join(proved.amr),
        "level": proved.strength.word,
        "handed_over": proved.handed_over,
        "auth_time": proved.auth_time,
        "last_seen_at": tx.now,
        "remembered_id": proved.remembered,
    }
    row = tx.execute(_of(session.id).values(**values).returning(*sessions.c)).mappings().one_or_none()
    return None if row is None else (_session(row), secret)


def find(connection: Connection, secret: str, now: int, idle: int) -> Session | None:
    """The session of a cookie if it lives: not ended, not past its absolute end, not idle for longer than `idle`."""
    values = {"the_digest": _digest(secret), "now": now, "since": now - idle}
    row = _FIND.one(connection, values)
    return None if row is None else _session(row)


def touch(tx: Tx, session: Session) -> None:
    """Remember that the session was used."""
    tx.execute(_of(session.id).values(last_seen_at=tx.now))


def needs_touch(session: Session, now: int, idle: int) -> bool:
    """Whether the last use is old enough to be written."""
    return now - session.last_seen_at >= min(TOUCH_SECONDS, idle // TOUCH_SHARE)


def of_person(connection: Connection, person_id: str, now: int, idle: int) -> Sequence[Session]:
    """The person's living sessions, last used first."""
    live = (sessions.c.ended_at.is_(None), sessions.c.expires_at > now, sessions.c.last_seen_at > now - idle)
    statement = select(sessions).where(sessions.c.person_id == person_id, *live)
    rows = connection.execute(statement.order_by(sessions.c.last_seen_at.desc())).mappings()
    return [_session(row) for row in rows]


def devices(connection: Connection, person_id: str) -> frozenset[str]:
    """What the person signed in with lately, by the devices' names; ended sessions count too."""
    return frozenset(row["device"] for row in _DEVICES.all(connection, {"person": person_id}))


def end(tx: Tx, session_id: str) -> bool:
    """End a session; False if it had ended."""
    return tx.execute(_of(session_id).values(ended_at=tx.now)).rowcount == 1


def forget(tx: Tx, person_id: str) -> None:
    """Take away what is on record of a person's sessions, which have ended: devices and times too."""
    theirs = select(sessions.c.id).where(sessions.c.person_id == person_id)
    tx.execute(delete(participants).where(participants.c.session_id.in_(theirs)))
    tx.execute(delete(sessions).where(sessions.c.person_id == person_id))


def has_ended(connection: Connection, session_id: str) -> bool:
    """Whether somebody ended it; also true of one that is not known (any more)."""
    living = select(sessions.c.id).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
    return connection.execute(living).scalar_one_or_none() is None


def sweep(tx: Tx) -> None:
    """Drop sessions that expired KEPT_SECONDS ago."""
    over = tx.now - KEPT_SECONDS
    gone = select(sessions.c.id).where(sessions.c.expires_at < over)
    tx.execute(delete(participants).where(participants.c.session_id.in_(gone)))
    tx.execute(delete(sessions).where(sessions.c.expires_at < over))


def _of(session_id: str) -> Any:
    return update(sessions).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(session: Session) -> dict[str, object]:
    return {
        "id": session.id,
        "person_id": session.person_id,
        "amr": " ".join(session.amr),
        "level": session.strength.word,
        "handed_over": session.handed_over,
        "device": session.device,
        "auth_time": session.auth_time,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.expires_at,
        "remembered_id": session.remembered,
    }


def _session(row: Mapping[Any, Any]) -> Session:
    return Session(
        row["id"],
        row["person_id"],
        tuple(row["amr"].split()),
        Strength.of(row["level"]) or Strength.ONE_FACTOR,
        row["device"],
        row["auth_time"],
        row["created_at"],
        row["last_seen_at"],
        row["expires_at"],
        bool(row["handed_over"]),
        row["remembered_id"],
    )
