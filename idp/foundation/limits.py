"""Counters in fixed windows, kept in the database: they survive a restart and are shared by every node."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Table, Text, delete
from sqlalchemy.dialects import postgresql, sqlite

from idp.foundation.refusal import Refusal
from idp.foundation.tables import instant, metadata
from idp.foundation.transaction import Tx

counters = Table(
    "counters",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("window", BigInteger, primary_key=True),
    Column("count", BigInteger, nullable=False),
    instant("expires_at"),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of one `kind` for one key in each window of `seconds`."""

    kind: str
    most: int
    seconds: int


def take(tx: Tx, limit: Limit, key: str) -> None:
    """Count one try *before* it is evaluated, so that parallel tries cannot outrun the counter.

    Raises Refusal("too_many_attempts", retry_after=seconds) when the window is full.
    """
    if count(tx, limit, key) > limit.most:
        reason = f"more than {limit.most} {limit.kind} in {limit.seconds} s"
        raise Refusal("too_many_attempts", reason, retry_after=limit.seconds - tx.now % limit.seconds)


def count(tx: Tx, limit: Limit, key: str) -> int:
    """Add one to the window's counter and return it."""
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    window = tx.now // limit.seconds
    statement = insert(counters).values(
        kind=limit.kind, key=key, window=window, count=1, expires_at=(window + 1) * limit.seconds
    )
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "key", "window"], set_={"count": counters.c.count + 1}
    )
    return int(tx.execute(statement.returning(counters.c.count)).scalar_one())


def forget(tx: Tx, limit: Limit, key: str) -> None:
    """Clear a key's counters after a success."""
    tx.execute(delete(counters).where(counters.c.kind == limit.kind, counters.c.key == key))


def sweep(tx: Tx) -> int:
    """Drop windows that are over; returns how many."""
    return tx.execute(delete(counters).where(counters.c.expires_at < tx.now)).rowcount
