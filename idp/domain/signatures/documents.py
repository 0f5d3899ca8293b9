"""The frozen bytes: kept under their SHA-256, sealed, and hashed again whenever they are read."""

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.domain.signatures.tables import ceremonies, documents
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.box import Box

KEPT_SECONDS = 30 * 24 * 3600
"""How long bytes stay after their ceremony ended, for the service to fetch."""
SETTLED_SECONDS = 3600
"""Bytes frozen less long ago may belong to a ceremony that another transaction is opening."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A stored document without its bytes. `size` is in octets."""

    sha256: str
    pages: int
    size: int


def sha256_of(content: bytes) -> str:
    """The name of a document: SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def freeze(tx: Tx, box: Box, content: bytes, pages: int) -> Frozen:
    """Keep the bytes. The same bytes again are the same document."""
    frozen = Frozen(sha256_of(content), pages, len(content))
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    sealed = box.seal(_context(frozen.sha256), content)
    row = {"sha256": frozen.sha256, "sealed": sealed, "pages": pages, "size": frozen.size, "frozen_at": tx.now}
    again = {"frozen_at": tx.now}
    tx.execute(insert(documents).values(row).on_conflict_do_update(index_elements=["sha256"], set_=again))
    return frozen


def describe(connection: Connection, sha256: str) -> Frozen:
    """Pages and size. Raises Refusal("signatures.document_gone") when its time to be kept is over."""
    known = select(documents.c.sha256, documents.c.pages, documents.c.size).where(documents.c.sha256 == sha256)
    row = connection.execute(known).one_or_none()
    if row is None:
        raise _gone()
    return Frozen(row.sha256, row.pages, row.size)


def read(connection: Connection, box: Box, sha256: str) -> bytes:
    """The very bytes of that name.

    Raises Refusal("signatures.document_gone"), or ("signatures.document_changed") if the store holds anything else.
    """
    sealed = connection.execute(select(documents.c.sealed).where(documents.c.sha256 == sha256)).scalar_one_or_none()
    if sealed is None:
        raise _gone()
    try:
        content = box.open(_context(sha256), sealed)
    except Refusal as unreadable:
        raise _changed() from unreadable
    if not hmac.compare_digest(sha256_of(content), sha256):
        raise _changed()
    return content


def sweep(tx: Tx) -> int:
    """Delete bytes that no living or recently ended ceremony needs; returns how many documents."""
    needed = ceremonies.c.ended_at.is_(None) | (ceremonies.c.ended_at > tx.now - KEPT_SECONDS)
    names = (ceremonies.c.document_sha256, ceremonies.c.signed_sha256)
    kept = [select(name).where(needed, name.is_not(None), name == documents.c.sha256).exists() for name in names]
    settled = documents.c.frozen_at < tx.now - SETTLED_SECONDS
    return tx.execute(delete(documents).where(settled, ~kept[0], ~kept[1])).rowcount


def _context(sha256: str) -> str:
    return f"signature_documents|{sha256}"


def _gone() -> Refusal:
    return Refusal("signatures.document_gone", "the document is not kept any more")


def _changed() -> Refusal:
    return Refusal("signatures.document_changed", "the stored bytes are not the document that was shown")
