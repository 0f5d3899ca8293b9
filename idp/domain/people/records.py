"""The record itself: made, looked up, its status and its assurance."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.domain.people import verifications
from idp.domain.people.tables import people
from idp.foundation.audit.event import Event
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import Verification

# Built once, because nearly every request runs it.
_BY_ID = Prepared(select(people).where(people.c.id == bindparam("person")))


class Status(StrEnum):
    """Only ACTIVE people sign in and receive tokens."""

    ACTIVE = "active"
    LOCKED = "locked"
    """By an operator: only an operator lets it work again."""
    REPORTED = "reported"
    """By the person herself, who said that somebody else had been there: until she has taken it back."""
    CLOSING = "closing"
    """By the person herself: until the waiting period is over she can still keep it."""
    DECEASED = "deceased"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """An identity record without anything personal in it."""

    id: str
    status: Status
    assurance: Level
    locale: str
    created_at: int


def reserve() -> str:
    """An identifier for a record about to be made, for what must name the person before (a passkey's user handle)."""
    return identifier()


def create(
    tx: Tx, vault: Vault, *, locale: str = "en", assurance: Level = Level.LOW, person_id: str | None = None
) -> Person:
    """A new, active record with its own data key."""
    person = Person(person_id or identifier(), Status.ACTIVE, assurance, locale, tx.now)
    row = {"id": person.id, "status": "active", "assurance": assurance.word, "locale": locale, "created_at": tx.now}
    tx.execute(insert(people), row)
    vault.admit(tx, person.id)
    tx.record(Event("people.record.created", person.id, person.id, {"assurance": assurance.word}))
    return person


def find(connection: Connection, person_id: str) -> Person | None:
    """The record, or None."""
    row = _BY_ID.one(connection, {"person": person_id})
    return None if row is None else _person(row)


def get(connection: Connection, person_id: str) -> Person:
    """The record. Raises Refusal("people.unknown")."""
    person = find(connection, person_id)
    if person is None:
        raise Refusal("people.unknown", "no such person")
    return person


def hold(tx: Tx, person_id: str) -> Person:
    """As `get`, and whoever else holds the record waits for the end of this transaction."""
    tx.execute(select(people.c.id).where(people.c.id == person_id).with_for_update())
    return get(tx.connection, person_id)


def set_locale(tx: Tx, person_id: str, locale: str) -> None:
    """The language of letters and messages."""
    tx.execute(update(people).where(people.c.id == person_id).values(locale=locale))


def set_status(tx: Tx, person_id: str, status: Status, actor: str, reason: str) -> None:
    """Lock, unlock, mark deceased or close; takes effect at every grant from the commit on."""
    tx.execute(update(people).where(people.c.id == person_id).values(status=status.value))
    tx.record(Event("people.status.changed", actor, person_id, {"status": status.value, "reason": reason}))


def change_status(tx: Tx, person_id: str, before: Status, after: Status, actor: str, reason: str) -> bool:
    """As `set_status`, if the status is `before` at this very moment; False if it is another one."""
    mine = (people.c.id == person_id, people.c.status == before.value)
    if tx.execute(update(people).where(*mine).values(status=after.value)).rowcount != 1:
        return False
    tx.record(Event("people.status.changed", actor, person_id, {"status": after.value, "reason": reason}))
    return True


def set_assurance(tx: Tx, vault: Vault, person_id: str, level: Level, verification: Verification, actor: str) -> None:
    """Raise (or lower) how well the person is known, keeping how that was found out."""
    verifications.keep(tx, vault, person_id, level, verification)
    tx.execute(update(people).where(people.c.id == person_id).values(assurance=level.word))
    tx.record(Event("people.assurance.changed", actor, person_id, {"level": level.word}))


def _person(row: Mapping[Any, Any]) -> Person:
    level = Level.of(row["assurance"]) or Level.LOW
    return Person(row["id"], Status(row["status"]), level, row["locale"], row["created_at"])
