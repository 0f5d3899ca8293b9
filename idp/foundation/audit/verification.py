"""Checks the whole log offline, with nothing but the database and the public audit keys, and names the first fault."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, RowMapping, func, or_, select

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
    """Recompute every hash, root and signature. `copy` is the text of a checkpoint file kept by a second owner.

    The log may grow meanwhile: what is judged is what the newest checkpoint covered when this began.
    """
    marks = connection.execute(select(checkpoints).order_by(checkpoints.c.size)).mappings().all()
    fault = None
    try:
        _walk(connection, origin, keys, marks)
        _check_end(connection)
        _compare(marks, copy)
    except _Fault as found:
        fault = str(found)
    pending = connection.execute(select(func.count()).where(leaves.c.position.is_(None))).scalar_one()
    return Verdict(marks[-1]["size"] if marks else 0, len(marks), pending, fault)


def _walk(
    connection: Connection, origin: str, keys: Mapping[str, Ed25519PublicKey], marks: Sequence[RowMapping]
) -> None:
    rows = _leaves(connection)
    frontier: tree.Frontier = ()
    for mark in marks:
        for position in range(tree.size(frontier), mark["size"]):
            row = next(rows, None)
            if row is None:
                raise _Fault(f"leaf {position} is missing: a checkpoint was signed over {mark['size']} leaves")
            _check_leaf(row, position)
            frontier = tree.grow(frontier, [tree.leaf_hash(row["body"])])
        _check_mark(mark, origin, keys, frontier)


def _leaves(connection: Connection) -> Iterator[RowMapping]:
    last = -1
    while True:
        page = select(leaves).where(leaves.c.position > last).order_by(leaves.c.position).limit(PAGE)
        rows = connection.execute(page).mappings().all()
        if not rows:
            return
        yield from rows
        last = rows[-1]["position"]


def _check_end(connection: Connection) -> None:
    """One statement, so that a checkpoint signed meanwhile is seen with its leaves or not at all."""
    covered = select(func.coalesce(func.max(checkpoints.c.size), 0)).scalar_subquery()
    beyond = select(func.min(leaves.c.position)).where(or_(leaves.c.position >= covered, leaves.c.position < 0))
    position = connection.execute(beyond).scalar()
    if position is not None:
        raise _Fault(f"leaf {position} has a position but no checkpoint covers it")


def _check_leaf(row: RowMapping, position: int) -> None:
    if row["position"] != position:
        raise _Fault(f"leaf {position} is missing: the next one present is {row['position']}")
    try:
        body = json.loads(row["body"])
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _Fault(f"leaf {position} is not readable")
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
        size, root = [*line.split(), "", ""][:2]
        if not size.isdecimal() or known.get(int(size)) != root:
            where = f"checkpoint {size} of the kept copy (line {number})"
            raise _Fault(f"{where} is missing here or differs: the database was rolled back or forked")
