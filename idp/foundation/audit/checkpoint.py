"""Places new leaves in the tree and signs its root: a note of origin, size, root and time, signed with Ed25519."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, insert, select, update

from idp.foundation.audit import tree
from idp.foundation.audit.tables import checkpoints, leaves
from idp.foundation.transaction import Store, Tx

BATCH = 5000
KEPT_COPY = "audit-checkpoints.log"
"""The file in the data folder that each checkpoint is also written to, for a second owner to keep elsewhere."""


class NoteSigner(Protocol):
    """Signs a checkpoint's text; the keyring's audit key does."""

    def sign_note(self, note: bytes) -> tuple[str, bytes]:
        """(key identifier, Ed25519 signature)."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of the log at one moment, as anybody may keep it."""

    origin: str
    size: int
    root: bytes
    at: int

    def note(self) -> bytes:
        """The signed text: origin, size, root, time; one a line."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{self.at}\n".encode()


def advance(store: Store, signer: NoteSigner, origin: str, copy: Path | None = None) -> int:
    """Sign a checkpoint over everything recorded so far; returns how many leaves it added (0: nothing new).

    `copy` is a file kept by a second owner, which a database rolled back to yesterday does not agree with.
    """
    with store.reading() as connection:
        if connection.execute(select(leaves.c.id).where(leaves.c.position.is_(None)).limit(1)).first() is None:
            return 0
    with store.transaction() as tx:
        frontier = _frontier(tx)
        placed = _place(tx, tree.size(frontier))
        if not placed:
            return 0
        grown = tree.grow(frontier, (tree.leaf_hash(body) for body in placed))
        line = _sign(tx, signer, origin, grown)
    if copy is not None:
        with copy.open("a") as file:
            file.write(line)
    return len(placed)


def _frontier(tx: Tx) -> tree.Frontier:
    if tx.dialect == "postgresql":  # One writer at a time; the transaction's end lets go.
        tx.execute(select(func.pg_advisory_xact_lock(0x7E55E7A)))
    latest = select(checkpoints.c.frontier).order_by(checkpoints.c.size.desc()).limit(1)
    return tree.from_text(tx.execute(latest).scalar() or "")


def _place(tx: Tx, start: int) -> list[str]:
    """Give pending leaves their positions in one statement, so that a leaf committed meanwhile waits for the next."""
    pending = select(leaves.c.id).where(leaves.c.position.is_(None)).order_by(leaves.c.id).limit(BATCH).subquery()
    row_number = func.row_number().over(order_by=pending.c.id)
    order = select(pending.c.id.label("leaf"), (row_number + (start - 1)).label("place")).subquery()
    place = update(leaves).where(leaves.c.id == order.c.leaf).values(position=order.c.place)
    rows = tx.execute(place.returning(leaves.c.position, leaves.c.body)).all()
    return [body for _, body in sorted(tuple(row) for row in rows)]


def _sign(tx: Tx, signer: NoteSigner, origin: str, frontier: tree.Frontier) -> str:
    checkpoint = Checkpoint(origin, tree.size(frontier), tree.root(frontier), tx.now)
    key_id, signature = signer.sign_note(checkpoint.note())
    row = {
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "frontier": tree.to_text(frontier),
        "key_id": key_id,
        "signature": base64.b64encode(signature).decode(),
        "at": tx.now,
    }
    tx.execute(insert(checkpoints), row)
    return f"{row['size']} {row['root']} {row['at']} {key_id} {row['signature']}\n"
