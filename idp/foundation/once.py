"""The only way to spend a single-use thing: one conditional UPDATE.

A caller never selects and then updates; of any number of parallel callers, on any number of nodes, one gets the row.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, Table, Text, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.foundation.prepared import Prepared, Row
from idp.foundation.tables import instant, metadata
from idp.foundation.transaction import Tx

spent = Table(
    "spent",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    instant("expires_at"),
)
"""Values made by others that may be seen once (`jti`s of assertions and DPoP proofs, TOTP steps, idempotency keys)."""

_SEE_FIRST = {
    "postgresql": Prepared(postgresql.insert(spent).on_conflict_do_nothing().returning(spent.c.kind)),
    "sqlite": Prepared(sqlite.insert(spent).on_conflict_do_nothing().returning(spent.c.kind)),
}
_SEEN = Prepared(select(spent.c.kind).where(spent.c.kind == bindparam("a_kind"), spent.c.value == bindparam("a_value")))


def spend(tx: Tx, table: Table, *where: ColumnElement[bool], **marks: Any) -> RowMapping | None:
    """Mark the unspent row of `table` that matches `where` and return it; None if there is none or it was spent.

    The table has a nullable `spent_at`; `marks` are further columns to set in the same statement.
    """
    statement = (
        update(table).where(table.c.spent_at.is_(None), *where).values(spent_at=tx.now, **marks).returning(*table.c)
    )
    return tx.execute(statement).mappings().one_or_none()


def spending(table: Table, *where: ColumnElement[bool]) -> Prepared:
    """The statement of `spend`, built once for a place that runs it in every request; run it with `spend_by`.

    `where` names its values with bindparam.
    """
    unspent = update(table).where(table.c.spent_at.is_(None), *where)
    return Prepared(unspent.values(spent_at=bindparam("spent_now")).returning(*table.c))


def spend_by(tx: Tx, statement: Prepared, **values: Any) -> Row | None:
    """As `spend`, by a statement of `spending`."""
    return statement.one(tx.connection, {"spent_now": tx.now, **values})


def first_sight(tx: Tx, kind: str, value: str, expires_at: int) -> bool:
    """Record that `value` was seen; False if it was seen before. Kept until `expires_at`, then swept."""
    row = {"kind": kind, "value": value, "expires_at": expires_at}
    return _SEE_FIRST[tx.dialect].one(tx.connection, row) is not None


def was_seen(connection: Connection, kind: str, value: str) -> bool:
    """Whether `value` was recorded and is not forgotten: for who only asks, and decides nothing by it for others."""
    return _SEEN.one(connection, {"a_kind": kind, "a_value": value}) is not None


def sweep(tx: Tx) -> int:
    """Forget values whose time is over; returns how many."""
    return tx.execute(delete(spent).where(spent.c.expires_at < tx.now)).rowcount
