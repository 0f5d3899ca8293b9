"""One link for each announcement: whoever holds the letter can stop everything with it, once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from idp.domain.recovery.tables import alarms
from idp.foundation.once import spend
from idp.foundation.randomness import token
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

LIFETIME = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was announced: `about` is the letter's name, `authenticator_id` what was bound, if anything was."""

    person_id: str
    about: str
    device: str
    authenticator_id: str | None
    created_at: int


def prepare(tx: Tx, person_id: str, about: str, device: str = "", authenticator_id: str | None = None) -> str:
    """The secret of a new link; it is not kept."""
    secret = token()
    row = {"person_id": person_id, "about": about, "device": device, "authenticator_id": authenticator_id}
    times = {"created_at": tx.now, "expires_at": tx.now + LIFETIME, "spent_at": None}
    tx.execute(insert(alarms), row | times | {"digest": _digest(secret)})
    return secret


def look_at(connection: Connection, secret: str, now: int) -> Alarm:
    """What the link is about. Raises Refusal("recovery.alarm_over") if it is unknown, too old, or was used."""
    live = (alarms.c.digest == _digest(secret), alarms.c.spent_at.is_(None), alarms.c.expires_at > now)
    row = connection.execute(select(alarms).where(*live)).mappings().one_or_none()
    return _alarm(row)


def raise_alarm(tx: Tx, secret: str) -> Alarm:
    """Spend the link. Raises as `look_at`."""
    return _alarm(spend(tx, alarms, alarms.c.digest == _digest(secret), alarms.c.expires_at > tx.now))


def was_raised(connection: Connection, person_id: str, since: int) -> bool:
    """Whether the person said from `since` on that something was not she."""
    statement = select(alarms.c.digest).where(alarms.c.person_id == person_id, alarms.c.spent_at >= since)
    return connection.execute(statement.limit(1)).first() is not None


def announced(connection: Connection, person_id: str, since: int) -> frozenset[str]:
    """What the person was told from `since` on, by the letters' names."""
    statement = select(alarms.c.about).where(alarms.c.person_id == person_id, alarms.c.created_at >= since)
    return frozenset(connection.execute(statement.distinct()).scalars())


def forget(tx: Tx, person_id: str) -> None:
    """Take away a person's links, and the devices that they name."""
    tx.execute(delete(alarms).where(alarms.c.person_id == person_id))


def sweep(tx: Tx) -> None:
    """Drop links whose time is over."""
    tx.execute(delete(alarms).where(alarms.c.expires_at < tx.now))


def _alarm(row: Mapping[Any, Any] | None) -> Alarm:
    if row is None:
        raise Refusal("recovery.alarm_over", "the link is unknown, too old, or was used before")
    return Alarm(row["person_id"], row["about"], row["device"], row["authenticator_id"], row["created_at"])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
