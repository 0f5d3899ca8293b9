"""A sign-in in progress: which request it answers, which browser it belongs to, and what was established so far."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.domain.sessions.tables import logins
from idp.foundation.once import spend_by, spending
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

# Built once, because every page of every sign-in runs them.
_MINE = (logins.c.id == bindparam("login"), logins.c.browser_digest == bindparam("browser"))
_LIVING = select(logins).where(*_MINE, logins.c.expires_at > bindparam("now"), logins.c.spent_at.is_(None))
_BEGIN = Prepared(insert(logins).inline())
_GET = Prepared(_LIVING)
_LOCK = Prepared(_LIVING.with_for_update())  # SQLite has one writer and needs none.
_ESTABLISH = Prepared(update(logins).where(logins.c.id == bindparam("login")).values(facts=bindparam("all_facts")))
_FINISH = spending(logins, *_MINE)


@dataclass(frozen=True, slots=True)
class Login:
    """One sign-in. Either `request` (of a service) or `return_to` (a page of ours) says where it leads."""

    id: str
    request: str | None
    return_to: str | None
    facts: Mapping[str, Any]
    created_at: int


def begin(
    tx: Tx, browser: str, request: str | None, return_to: str | None, facts: Mapping[str, Any], lifetime: int
) -> str:
    """Open a sign-in for the browser that holds the secret `browser`; returns its id."""
    login_id = identifier()
    row = {
        "id": login_id,
        "browser_digest": _digest(browser),
        "request": request,
        "return_to": return_to,
        "facts": json.dumps(dict(facts)),
        "created_at": tx.now,
        "expires_at": tx.now + lifetime,
        "spent_at": None,
    }
    _BEGIN.run(tx.connection, row)
    return login_id


def get(connection: Connection, login_id: str, browser: str, now: int, *, lock: bool = False) -> Login:
    """The sign-in, for its own browser only. Raises Refusal("signin.gone") if there is none, or it is over."""
    mine = {"login": login_id, "browser": _digest(browser), "now": now}
    row = (_LOCK if lock else _GET).one(connection, mine)
    if row is None:
        raise Refusal("signin.gone", "this sign-in is unknown, finished, expired, or another browser's")
    return _login(row)


def elsewhere(connection: Connection, login_id: str, now: int) -> Login:
    """The sign-in of another browser, which handed it to this one. Raises Refusal("signin.gone") if it is over."""
    alive = (logins.c.id == login_id, logins.c.expires_at > now, logins.c.spent_at.is_(None))
    row = connection.execute(select(logins).where(*alive)).mappings().one_or_none()
    if row is None:
        raise Refusal("signin.gone", "the sign-in is unknown, finished or expired")
    return _login(row)


def establish(tx: Tx, login_id: str, browser: str, **facts: Any) -> Login:
    """Add facts; a fact of None is taken back. Raises Refusal("signin.gone")."""
    return add(tx, get(tx.connection, login_id, browser, tx.now, lock=True), **facts)


def add(tx: Tx, login: Login, **facts: Any) -> Login:
    """As `establish`, to a sign-in that this transaction has locked with `get`."""
    together = {name: value for name, value in (dict(login.facts) | facts).items() if value is not None}
    _ESTABLISH.run(tx.connection, {"login": login.id, "all_facts": json.dumps(together)})
    return Login(login.id, login.request, login.return_to, together, login.created_at)


def finish(tx: Tx, login_id: str, browser: str) -> Login:
    """Spend the sign-in and return it: it leads somewhere once. Raises Refusal("signin.gone")."""
    row = spend_by(tx, _FINISH, login=login_id, browser=_digest(browser))
    if row is None or row["expires_at"] <= tx.now:
        raise Refusal("signin.gone", "this sign-in is unknown, expired, or was finished before")
    return _login(row)


def sweep(tx: Tx) -> None:
    """Drop what expired an hour ago."""
    tx.execute(delete(logins).where(logins.c.expires_at < tx.now - 3600))


def _login(row: Mapping[Any, Any]) -> Login:
    return Login(row["id"], row["request"], row["return_to"], json.loads(row["facts"]), row["created_at"])


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
