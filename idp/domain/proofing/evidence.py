"""Pictures that a citizen uploads, sealed under the citizen's data key and pinned by SHA-256."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from idp.domain.proofing import cases
from idp.domain.proofing.cases import Case
from idp.domain.proofing.images import Picture
from idp.domain.proofing.tables import cases as case_rows
from idp.domain.proofing.tables import evidence
from idp.foundation.audit.event import Event
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault

TABLE = "proofing_evidence"
KINDS: Final = ("portrait", "document")
KEPT_SECONDS: Final = 30 * 24 * 3600
"""How long pictures outlive the decision, for questions and complaints."""
SWEPT_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """One uploaded picture, without its content; `sha256` hexadecimal, sizes in pixels."""

    id: str
    kind: str
    media_type: str
    width: int
    height: int
    sha256: str
    uploaded_at: int


def put(tx: Tx, vault: Vault, case: Case, kind: str, picture: Picture) -> None:
    """Keep a picture, replacing the one of its kind. Raises Refusal("proofing.changed") once the case is submitted."""
    cases.change(tx, case)
    tx.execute(delete(evidence).where(evidence.c.case_id == case.id, evidence.c.kind == kind))
    row = {
        "id": identifier(),
        "case_id": case.id,
        "person_id": case.person_id,
        "kind": kind,
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.sha256,
        "content": vault.seal_bytes(tx.connection, case.person_id, TABLE, kind, picture.content),
        "uploaded_at": tx.now,
    }
    tx.execute(insert(evidence), row)
    facts = {"case": case.id, "kind": kind, "sha256": picture.sha256}
    tx.record(Event("proofing.evidence.uploaded", case.person_id, case.person_id, facts))


def of(connection: Connection, case_id: str) -> tuple[Piece, ...]:
    """What a case holds, by kind."""
    columns = [column for column in evidence.c if column.name not in ("content", "case_id", "person_id")]
    statement = select(*columns).where(evidence.c.case_id == case_id).order_by(evidence.c.kind)
    return tuple(Piece(**row) for row in connection.execute(statement).mappings())


def content(connection: Connection, vault: Vault, case_id: str, evidence_id: str) -> bytes:
    """The picture itself, a clean JPEG.

    Raises Refusal("proofing.unknown_evidence"), or Refusal("proofing.evidence_changed") if it is not what was uploaded.
    """
    wanted = (evidence.c.id == evidence_id, evidence.c.case_id == case_id)
    row = connection.execute(select(evidence).where(*wanted)).mappings().one_or_none()
    if row is None:
        raise Refusal("proofing.unknown_evidence", "no such picture in this case")
    return _opened(connection, vault, row)


def manifest(pieces: tuple[Piece, ...]) -> str:
    """One digest for all pictures of a case: SHA-256, hexadecimal, over kinds and digests."""
    return hashlib.sha256("\n".join(f"{piece.kind} {piece.sha256}" for piece in pieces).encode()).hexdigest()


def check(connection: Connection, vault: Vault, case: Case) -> None:
    """Whether every picture still is what the citizen submitted. Raises Refusal("proofing.evidence_changed")."""
    for row in connection.execute(select(evidence).where(evidence.c.case_id == case.id)).mappings():
        _opened(connection, vault, row)
    if not hmac.compare_digest(manifest(of(connection, case.id)), case.manifest):
        raise Refusal("proofing.evidence_changed", "a picture was added, removed or replaced after submission")


def sweep(tx: Tx) -> int:
    """Delete pictures of cases decided long ago, with an audit event for each case; returns how many pictures."""
    old = (case_rows.c.decided_at < tx.now - KEPT_SECONDS, evidence.c.case_id == case_rows.c.id)
    statement = select(evidence.c.case_id, evidence.c.person_id).where(*old).distinct().limit(SWEPT_AT_ONCE)
    rows = tx.execute(statement).all()
    swept = tx.execute(delete(evidence).where(evidence.c.case_id.in_([row.case_id for row in rows]))).rowcount
    for row in rows:
        tx.record(Event("proofing.evidence.erased", "system", row.person_id, {"case": row.case_id}))
    return swept


def _opened(connection: Connection, vault: Vault, row: Mapping[Any, Any]) -> bytes:
    opened = vault.open_bytes(connection, row["person_id"], TABLE, row["kind"], row["content"])
    if not hmac.compare_digest(hashlib.sha256(opened).hexdigest(), row["sha256"]):
        raise Refusal("proofing.evidence_changed", "a picture is not the one that was uploaded")
    return opened
