"""Browsers that were told to remember somebody: for a while, her password is enough there.

Each holds a secret of its own that changes at every use. One that comes with an earlier secret may be a copy, and is
forgotten: https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2 says so of refresh tokens, for the same reason.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from idp.domain.sessions.browser import LONGEST_DEVICE
from idp.domain.sessions.tables import remembered, sessions
from idp.foundation.audit.event import Event
from idp.foundation.randomness import identifier, token
from idp.foundation.transaction import Tx

MOST = 5
"""People whom one browser remembers; the one who was here longest ago gives way."""
GRACE = 60
"""Seconds in which a window that was open beside another may still come with the secret before."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One browser that remembers a person, until `expires_at`."""

    id: str
    person_id: str
    device: str
    created_at: int
    last_used_at: int
    expires_at: int


def remember(tx: Tx, person_id: str, device: str, lifetime: int, cookie: str) -> tuple[Remembered, str]:
    """From now on, for `lifetime` seconds; and what the browser's cookie holds from then on, `cookie` being the old."""
    others = [one for one in _entries(cookie) if not forget(tx, person_id, one[0], person_id)]
    entry = Remembered(identifier(), person_id, device[:LONGEST_DEVICE], tx.now, tx.now, tx.now + lifetime)
    secret = token()
    row = {name: getattr(entry, name) for name in Remembered.__slots__}
    tx.execute(insert(remembered), row | {"digest": _digest(secret), "digest_before": None})
    tx.record(Event("sessions.browser.remembered", person_id, person_id))
    return entry, _joined([(entry.id, secret), *others])


def recognise(tx: Tx, cookie: str, person_id: str) -> str | None:
    """The identifier of what the browser's cookie says about the person, if it still holds; a copy is forgotten."""
    for known, secret in _entries(cookie):
        row = _living(tx, known, person_id)
        if row is None:
            continue
        if _is_current(row, secret) or _was_current(row, secret, tx.now):
            return known
        _forget(tx, remembered.c.id == known)
        tx.record(Event("sessions.browser.copied", person_id, person_id))
    return None


def use(tx: Tx, cookie: str, person_id: str, known: str) -> str | None:
    """What the browser's cookie holds from now on, its secret having been used; None if it does not hold any more.

    Of two windows that come at once the second keeps what the first was given.
    """
    secret, new = dict(_entries(cookie)).get(known, ""), token()
    mine = (remembered.c.id == known, remembered.c.person_id == person_id, remembered.c.expires_at > tx.now)
    spent = update(remembered).where(*mine, remembered.c.digest == _digest(secret))
    values = {"digest": _digest(new), "digest_before": _digest(secret), "last_used_at": tx.now}
    if tx.execute(spent.values(**values)).rowcount == 1:
        return _joined([(known, new), *(one for one in _entries(cookie) if one[0] != known)])
    row = _living(tx, known, person_id)
    return cookie if row is not None and _was_current(row, secret, tx.now) else None


def of_person(connection: Connection, person_id: str, now: int) -> Sequence[Remembered]:
    """Every browser that remembers the person now, last used first."""
    statement = select(remembered).where(remembered.c.person_id == person_id, remembered.c.expires_at > now)
    rows = connection.execute(statement.order_by(remembered.c.last_used_at.desc(), remembered.c.id)).mappings()
    return [Remembered(**{name: row[name] for name in Remembered.__slots__}) for row in rows]


def forget(tx: Tx, person_id: str, known: str, actor: str) -> bool:
    """Ask for everything at that browser again, in sessions that live there too; False if it did not remember her."""
    gone = _forget(tx, remembered.c.id == known, remembered.c.person_id == person_id)
    if gone:
        tx.record(Event("sessions.browser.forgotten", actor, person_id, {"browsers": gone}))
    return gone > 0


def forget_all(tx: Tx, person_id: str, actor: str, but: str | None = None) -> None:
    """As `forget`, of every browser but one."""
    gone = _forget(tx, remembered.c.person_id == person_id, remembered.c.id != (but or ""))
    if gone:
        tx.record(Event("sessions.browser.forgotten", actor, person_id, {"browsers": gone}))


def sweep(tx: Tx) -> None:
    """Drop those whose time is over."""
    tx.execute(delete(remembered).where(remembered.c.expires_at <= tx.now))


def _forget(tx: Tx, *which: Any) -> int:
    ids = tx.execute(delete(remembered).where(*which).returning(remembered.c.id)).scalars().all()
    tx.execute(update(sessions).where(sessions.c.remembered_id.in_(ids)).values(remembered_id=None))
    return len(ids)


def _living(tx: Tx, known: str, person_id: str) -> Mapping[Any, Any] | None:
    mine = (remembered.c.id == known, remembered.c.person_id == person_id, remembered.c.expires_at > tx.now)
    return tx.execute(select(remembered).where(*mine)).mappings().one_or_none()


def _is_current(row: Mapping[Any, Any], secret: str) -> bool:
    return hmac.compare_digest(row["digest"], _digest(secret))


def _was_current(row: Mapping[Any, Any], secret: str, now: int) -> bool:
    before = hmac.compare_digest(row["digest_before"] or "", _digest(secret))
    return before and now - row["last_used_at"] <= GRACE


def _entries(cookie: str) -> list[tuple[str, str]]:
    """(identifier, secret) of everybody whom the browser remembers, the one who was here last first."""
    pairs = [one.partition(".") for one in cookie.split("~")[:MOST]]
    return [(known, secret) for known, _, secret in pairs if known and secret]


def _joined(entries: Sequence[tuple[str, str]]) -> str:
    return "~".join(f"{known}.{secret}" for known, secret in entries[:MOST])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
