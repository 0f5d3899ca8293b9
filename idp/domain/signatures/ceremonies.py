"""One document, one service that asks, one citizen who signs or declines: a ceremony and its states.

awaiting → viewed → signed | declined; awaiting or viewed → expired | cancelled. Every change is one conditional UPDATE.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.domain.signatures.tables import ceremonies
from idp.foundation.audit.event import Event
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.box import Box


class Status(StrEnum):
    """Where a ceremony stands."""

    AWAITING = "awaiting"
    VIEWED = "viewed"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN: Final = (Status.AWAITING, Status.VIEWED)
DECLINE_REASONS: Final = ("incorrect", "unexpected", "unclear", "unwilling", "other")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service asks: `sub` names the only person who may sign, if any; `expires_in` is in seconds."""

    title: str
    reason: str
    return_uri: str
    sub: str | None
    expires_in: int


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One ceremony. `status` is as of the reading: one whose time is over reads as expired."""

    id: str
    client_id: str
    person_id: str | None
    sub: str | None
    title: str
    reason: str
    return_uri: str
    status: Status
    document_sha256: str
    signed_sha256: str | None
    decline_reason: str
    decline_comment: str
    created_at: int
    expires_at: int
    signing_at: int | None
    ended_at: int | None

    @property
    def open(self) -> bool:
        """Whether it can still be signed or declined."""
        return self.status in OPEN

    @property
    def code(self) -> str:
        """Four digits that the service and we both show, so that a person can see that they mean the same document."""
        digest = hashlib.sha256(f"{self.id}|{self.document_sha256}".encode()).digest()
        return f"{int.from_bytes(digest[-2:]) % 10_000:04d}"


def begin(
    tx: Tx, box: Box, client_id: str, terms: Terms, document_sha256: str, idempotency_key: str | None = None
) -> Ceremony:
    """Open a ceremony, or find the one that the same request with the same key opened before.

    Raises Refusal("signatures.idempotency_key_reused") if the key came with another request.
    """
    ceremony_id = identifier()
    row = {
        "id": ceremony_id,
        "client_id": client_id,
        "sub": terms.sub,
        "terms": box.seal(_context(ceremony_id), json.dumps([terms.title, terms.reason]).encode()),
        "return_uri": terms.return_uri,
        "status": Status.AWAITING,
        "document_sha256": document_sha256,
        "idempotency_digest": None if idempotency_key is None else _digest(idempotency_key),
        "request_digest": _request_digest(terms, document_sha256),
        "created_at": tx.now,
        "expires_at": tx.now + terms.expires_in,
    }
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    added = tx.execute(insert(ceremonies).values(row).on_conflict_do_nothing().returning(ceremonies.c.id)).one_or_none()
    if added is None:
        return _begun_before(tx, box, row)
    tx.record(Event("signatures.ceremony.begun", client_id, client_id, _facts(ceremony_id, document_sha256)))
    return get(tx.connection, box, ceremony_id, tx.now)


def get(connection: Connection, box: Box, ceremony_id: str, now: int) -> Ceremony:
    """The ceremony. Raises Refusal("signatures.unknown")."""
    row = connection.execute(select(ceremonies).where(ceremonies.c.id == ceremony_id)).mappings().one_or_none()
    if row is None:
        raise Refusal("signatures.unknown", "there is no such signing request")
    return _ceremony(box, row, now)


def of_person(connection: Connection, box: Box, person_id: str, now: int) -> tuple[Ceremony, ...]:
    """Everything a person was asked to sign and opened, oldest first."""
    mine = select(ceremonies).where(ceremonies.c.person_id == person_id)
    rows = connection.execute(mine.order_by(ceremonies.c.created_at, ceremonies.c.id)).mappings()
    return tuple(_ceremony(box, row, now) for row in rows)


def count_signed(connection: Connection, person_id: str) -> int:
    """How many documents a person has signed."""
    signed = (ceremonies.c.person_id == person_id, ceremonies.c.status == Status.SIGNED)
    return connection.execute(select(func.count()).where(*signed)).scalar_one()


def lock_to(tx: Tx, ceremony_id: str, person_id: str) -> None:
    """The first citizen who opens it is the one who may sign it. Raises Refusal("signatures.not_yours")."""
    free = (ceremonies.c.status == Status.AWAITING, ceremonies.c.person_id.is_(None))
    if _change(tx, ceremony_id, *free, status=Status.VIEWED, person_id=person_id, viewed_at=tx.now):
        tx.record(Event("signatures.ceremony.viewed", person_id, person_id, {"ceremony": ceremony_id}))
        return
    holder = tx.execute(select(ceremonies.c.person_id).where(ceremonies.c.id == ceremony_id)).scalar_one_or_none()
    if holder != person_id:
        raise Refusal("signatures.not_yours", "somebody else opened this signing request, or it is over")


def begin_signing(tx: Tx, ceremony_id: str, person_id: str) -> None:
    """Say that a signature is about to be made, before it is. Raises Refusal("signatures.over")."""
    _require(_change(tx, ceremony_id, *_viewed_by(person_id), signing_at=tx.now))


def complete(tx: Tx, ceremony: Ceremony, person_id: str, signed_sha256: str) -> None:
    """The signature was made and checked. Raises Refusal("signatures.over") if something else ended it meanwhile."""
    ended = {"status": Status.SIGNED, "signed_sha256": signed_sha256, "ended_at": tx.now}
    _require(_change(tx, ceremony.id, *_viewed_by(person_id), **ended))
    facts = _facts(ceremony.id, ceremony.document_sha256)
    told = {**facts, "client": ceremony.client_id, "signed_sha256": signed_sha256}
    tx.record(Event("signatures.document.signed", person_id, person_id, told))


def decline(tx: Tx, box: Box, ceremony: Ceremony, person_id: str, reason: str, comment: str) -> None:
    """The citizen does not sign. `reason` is one of DECLINE_REASONS. Raises Refusal("signatures.over")."""
    sealed = box.seal(_context(ceremony.id), json.dumps([reason, comment]).encode())
    ended = {"status": Status.DECLINED, "decline": sealed, "ended_at": tx.now}
    _require(_change(tx, ceremony.id, *_viewed_by(person_id), **ended))
    told = {**_facts(ceremony.id, ceremony.document_sha256), "client": ceremony.client_id, "reason": reason}
    tx.record(Event("signatures.document.declined", person_id, person_id, told))


def cancel(tx: Tx, ceremony: Ceremony) -> None:
    """The service takes its request back. Raises Refusal("signatures.over")."""
    is_open = ceremonies.c.status.in_(OPEN)
    _require(_change(tx, ceremony.id, is_open, status=Status.CANCELLED, ended_at=tx.now))
    facts = _facts(ceremony.id, ceremony.document_sha256)
    tx.record(Event("signatures.ceremony.cancelled", ceremony.client_id, ceremony.client_id, facts))


def sweep(tx: Tx) -> int:
    """Write down which ceremonies expired; returns how many."""
    over = (ceremonies.c.status.in_(OPEN), ceremonies.c.expires_at <= tx.now)
    ended = update(ceremonies).where(*over).values(status=Status.EXPIRED, ended_at=ceremonies.c.expires_at)
    return tx.execute(ended).rowcount


def _change(tx: Tx, ceremony_id: str, *where: ColumnElement[bool], **values: Any) -> bool:
    mine = (ceremonies.c.id == ceremony_id, ceremonies.c.expires_at > tx.now)
    return tx.execute(update(ceremonies).where(*mine, *where).values(**values)).rowcount == 1


def _viewed_by(person_id: str) -> tuple[ColumnElement[bool], ...]:
    return (ceremonies.c.status == Status.VIEWED, ceremonies.c.person_id == person_id)


def _require(changed: bool) -> None:  # noqa: FBT001 (the outcome of the change)
    if not changed:
        raise Refusal("signatures.over", "this signing request was signed, declined or cancelled, or has expired")


def _begun_before(tx: Tx, box: Box, wanted: Mapping[str, Any]) -> Ceremony:
    names = ("client_id", "idempotency_digest")
    same = select(ceremonies).where(*(ceremonies.c[name] == wanted[name] for name in names))
    row = tx.execute(same).mappings().one()
    if not hmac.compare_digest(row["request_digest"], wanted["request_digest"]):
        raise Refusal("signatures.idempotency_key_reused", "this Idempotency-Key came with another request before")
    return _ceremony(box, row, tx.now)


def _request_digest(terms: Terms, document_sha256: str) -> str:
    told = [terms.title, terms.reason, terms.return_uri, terms.sub, terms.expires_in, document_sha256]
    return _digest(json.dumps(told))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(ceremony_id: str, document_sha256: str) -> dict[str, str]:
    return {"ceremony": ceremony_id, "sha256": document_sha256}


def _context(ceremony_id: str) -> str:
    return f"signature_ceremonies|{ceremony_id}"


def _ceremony(box: Box, row: Mapping[Any, Any], now: int) -> Ceremony:
    status = Status(row["status"])
    if status in OPEN and row["expires_at"] <= now:
        status = Status.EXPIRED
    title, reason = json.loads(box.open(_context(row["id"]), row["terms"]))
    declined = ("", "") if row["decline"] is None else json.loads(box.open(_context(row["id"]), row["decline"]))
    same = ("id", "client_id", "person_id", "sub", "return_uri", "document_sha256", "signed_sha256")
    times = ("created_at", "expires_at", "signing_at", "ended_at")
    return Ceremony(
        title=title,
        reason=reason,
        status=status,
        decline_reason=declined[0],
        decline_comment=declined[1],
        **{name: row[name] for name in (*same, *times)},
    )
