"""Checks the whole log offline, with nothing but the database and the public audit keys, and names the first fault."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, RowMapping, func, select

from idp.foundation.audit import tree
from idp.foundation.audit.checkpoint import Checkpoint
from idp.foundation.audit.tables import checkpoints, leaves

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fault` is None when everything agrees; `pending` leaves are recorded but not yet under a signed checkpoint."""

    leaves: int
    checkpoints: int
    pending: int
    fault: str | None


class _Fault(Exception):
    pass


def verify(connection: Connection, origin: str, keys: Mapping[str, Ed25519PublicKey], copy: str = "") -> Verdict:
    """Recompute every hash, root and signature. `copy` is the text of a checkpoint file kept by a second owner."""
    marks = _checkpoints(connection)
    fault = None
    placed = 0
    try:
        placed = _walk(connection, origin, keys, marks)
        _compare(marks, copy)
    except _Fault as found:
        fault = str(found)
    pending = connection.execute(select(func.count()).where(leaves.c.position.is_(None))).scalar_one()
    return Verdict(placed, len(marks), pending, fault)


def _checkpoints(connection: Connection) -> Sequence[RowMapping]:
    return connection.execute(select(checkpoints).order_by(checkpoints.c.size)).mappings().all()


def _walk(
    connection: Connection, origin: str, keys: Mapping[str, Ed25519PublicKey], marks: Sequence[RowMapping]
) -> int:
    waiting = iter(marks)
    mark = next(waiting, None)
    frontier: tree.Frontier = ()
    position = 0
    for row in _leaves(connection):
        _check_leaf(row, position)
        frontier = tree.grow(frontier, [tree.leaf_hash(row["body"])])
        position += 1
        if mark is not None and mark["size"] == position:
            _check_mark(mark, origin, keys, frontier)
            mark = next(waiting, None)
    if mark is not None:
        raise _Fault(f"leaf {position} is missing: a checkpoint was signed over {mark['size']} leaves")
    if position and (not marks or marks[-1]["size"] != position):
        raise _Fault(f"leaf {position - 1} has a position but no checkpoint covers it")
    return position


def _leaves(connection: Connection) -> Iterator[RowMapping]:
    last = -1
    while True:
        page = select(leaves).where(leaves.c.position > last).order_by(leaves.c.position).limit(PAGE)
        rows = connection.execute(page).mappings().all()
        if not rows:
            return
        yield from rows
        last = rows[-1]["position"]


def _check_leaf(row: RowMapping, position: int) -> None:
    if row["position"] != position:
        raise _Fault(f"leaf {position} is missing: the next one present is {row['position']}")
    try:
        body = json.loads(row["body"])
    except ValueError:
        raise _Fault(f"leaf {position} is not readable") from None
    for name in ("name", "actor", "subject", "at"):
        if body.get(name) != row[name]:
            raise _Fault(f"leaf {position}: column {name} differs from what was recorded")


def _check_mark(mark: RowMapping, origin: str, keys: Mapping[str, Ed25519PublicKey], frontier: tree.Frontier) -> None:
    size = mark["size"]
    root = tree.root(frontier)
    if mark["root"] != root.hex():
        raise _Fault(
            f"checkpoint {size}: a leaf before position {size} was changed, inserted or reordered (root differs)"
        )
    key = keys.get(mark["key_id"])
    if key is None:
        raise _Fault(f"checkpoint {size}: signed by unknown key {mark['key_id']}")
    note = Checkpoint(origin, size, root, mark["at"]).note()
    try:
        key.verify(base64.b64decode(mark["signature"]), note)
    except (InvalidSignature, ValueError):
        raise _Fault(f"checkpoint {size}: signature does not verify") from None


def _compare(marks: Sequence[RowMapping], copy: str) -> None:
    known = {mark["size"]: mark["root"] for mark in marks}
    for number, line in enumerate(copy.splitlines(), start=1):
        size, root = line.split()[:2]
        if known.get(int(size)) != root:
            where = f"checkpoint {size} of the kept copy (line {number})"
            raise _Fault(f"{where} is missing here or differs: the database was rolled back or forked")
