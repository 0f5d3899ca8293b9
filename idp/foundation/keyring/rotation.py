"""Making the keys of the inventory, and moving them on: next, active, retiring, retired."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from idp.foundation.audit.event import Event
from idp.foundation.keyring.inventory import Entry
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.keyring.port import Key, KeyStore
from idp.foundation.keyring.tables import keys
from idp.foundation.randomness import identifier
from idp.foundation.transaction import Store, Tx

JWKS_CACHE_SECONDS = 24 * 3600
"""How long a relying party may keep a JWKS (peers were seen to keep it half a day): a key is not used sooner."""
RETIRE_SECONDS = 7 * 24 * 3600
"""How long a key stays published after it stopped signing: longer than anything it signed is valid."""


@dataclass(frozen=True, slots=True)
class Step:
    """What rotation did, or why it waits, for one line of the inventory."""

    purpose: str
    algorithm: str
    rotated: bool
    active_kid: str
    next_kid: str
    usable_at: int


@dataclass(frozen=True, slots=True)
class Known:
    """A key as the database knows it, without the key. Times are Unix seconds; `published_at` 0: from the beginning."""

    kid: str
    purpose: str
    algorithm: str
    state: str
    published_at: int
    changed_at: int


def listing(store: Store) -> list[Known]:
    """Every key there ever was, by purpose, newest change first."""
    statement = select(*(keys.c[name] for name in Known.__slots__))
    with store.reading() as connection:
        rows = connection.execute(statement.order_by(keys.c.purpose, keys.c.changed_at.desc(), keys.c.kid)).mappings()
        return [Known(**row) for row in rows]


def prepare(store: Store, keyring: Keyring) -> list[str]:
    """Make whatever the inventory lists and the database does not know; returns the new identifiers. Idempotent."""
    with store.transaction() as tx:
        _one_at_a_time(tx)
        made = [kid for entry in keyring.inventory for kid in _complete(tx, keyring.key_store, entry)]
    keyring.forget_snapshot()
    return made


def rotate(store: Store, keyring: Keyring, *, emergency: bool = False, actor: str = "operator") -> list[Step]:
    """Move each rotating key on, unless a relying party's cache may still lack the next one.

    In an `emergency` nothing is waited for and no key there was is trusted any more, the next one included: whoever
    read one file of the key store may have read them all.
    """
    turning = [entry for entry in keyring.inventory if entry.rotates]
    move = _replace if emergency else _move_on
    with store.transaction() as tx:
        _one_at_a_time(tx)
        _retire(tx, keyring.key_store)
        steps = [move(tx, keyring.key_store, entry, actor) for entry in turning]
    keyring.forget_snapshot()
    return steps


def _one_at_a_time(tx: Tx) -> None:
    if tx.dialect == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(0x7E55E7B)))


def _complete(tx: Tx, key_store: KeyStore, entry: Entry) -> list[str]:
    states = {row["state"] for row in _rows(tx, entry)}
    first = not states
    wanted = ["active", "next"] if entry.rotates else ["active"]
    return [_add(tx, key_store, entry, state, first=first) for state in wanted if state not in states]


def _rows(tx: Tx, entry: Entry) -> list[Mapping[str, Any]]:
    matching = select(keys).where(keys.c.purpose == entry.purpose, keys.c.algorithm == entry.algorithm)
    return [dict(row) for row in tx.execute(matching).mappings()]


def _add(tx: Tx, key_store: KeyStore, entry: Entry, state: str, *, first: bool) -> str:
    kid = f"{entry.purpose}-{entry.algorithm.lower()}-{identifier()[:10]}"
    key = key_store.generate(kid, entry.algorithm)
    row = {
        "kid": kid,
        "purpose": entry.purpose,
        "algorithm": entry.algorithm,
        "state": state,
        "public_jwk": json.dumps(_public(key, kid, entry)),
        "published_at": 0 if first else tx.now,
        "changed_at": tx.now,
    }
    tx.execute(insert(keys), row)
    tx.record(Event("keyring.key.made", "system", kid, {"state": state, "algorithm": entry.algorithm}))
    return kid


def _public(key: Key, kid: str, entry: Entry) -> Mapping[str, object]:
    if key.key_type == "oct":
        return {}
    return key.as_dict(private=False) | {"kid": kid, "alg": entry.algorithm, "use": "sig"}


def _replace(tx: Tx, key_store: KeyStore, entry: Entry, actor: str) -> Step:
    for row in _rows(tx, entry):
        if row["state"] != "retired":
            _become(tx, row["kid"], "retired", actor)
            key_store.destroy(row["kid"])
    fresh, following = (_add(tx, key_store, entry, state, first=False) for state in ("active", "next"))
    return Step(entry.purpose, entry.algorithm, True, fresh, following, tx.now + JWKS_CACHE_SECONDS)


def _move_on(tx: Tx, key_store: KeyStore, entry: Entry, actor: str) -> Step:
    by_state = {row["state"]: row for row in _rows(tx, entry) if row["state"] in ("active", "next")}
    active, coming = by_state["active"], by_state["next"]
    usable_at = coming["published_at"] + JWKS_CACHE_SECONDS if coming["published_at"] else 0
    if usable_at > tx.now:
        return Step(entry.purpose, entry.algorithm, False, active["kid"], coming["kid"], usable_at)
    _become(tx, active["kid"], "retiring", actor)
    _become(tx, coming["kid"], "active", actor)
    following = _add(tx, key_store, entry, "next", first=False)
    return Step(entry.purpose, entry.algorithm, True, coming["kid"], following, tx.now + JWKS_CACHE_SECONDS)


def _become(tx: Tx, kid: str, state: str, actor: str) -> None:
    tx.execute(update(keys).where(keys.c.kid == kid).values(state=state, changed_at=tx.now))
    tx.record(Event(f"keyring.key.{state}", actor, kid))


def _retire(tx: Tx, key_store: KeyStore) -> None:
    over = select(keys.c.kid).where(keys.c.state == "retiring", keys.c.changed_at < tx.now - RETIRE_SECONDS)
    for kid in tx.execute(over).scalars().all():
        _become(tx, kid, "retired", "system")
        key_store.destroy(kid)
