"""Counters in fixed windows, kept in the database: they survive a restart and are shared by every node."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Table, Text, bindparam, delete
from sqlalchemy.dialects import postgresql, sqlite

from idp.foundation.prepared import Prepared
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

SHARED_BITS = 64

# Built once, because every try of a password runs them four times.
_ONE_MORE: Final[Mapping[str, Any]] = {
    "index_elements": ["kind", "key", "window"],
    "set_": {"count": counters.c.count + 1},
}
_COUNT = {
    "postgresql": Prepared(postgresql.insert(counters).on_conflict_do_update(**_ONE_MORE).returning(counters.c.count)),
    "sqlite": Prepared(sqlite.insert(counters).on_conflict_do_update(**_ONE_MORE).returning(counters.c.count)),
}
_FORGET = Prepared(delete(counters).where(counters.c.kind == bindparam("a_kind"), counters.c.key == bindparam("a_key")))


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


def network_of(address: str) -> str:
    """What a network address counts as: an IPv4 address as itself, an IPv6 address as its /64.

    Whoever has one address of IPv6 has 2^64 of them: what follows the first 64 bits is his own to choose (RFC 4291
    section 2.5.1). What is no address counts as it stands.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, SHARED_BITS), strict=False))


def count(tx: Tx, limit: Limit, key: str) -> int:
    """Add one to the window's counter and return it."""
    window = tx.now // limit.seconds
    row = {"kind": limit.kind, "key": key, "window": window, "count": 1, "expires_at": (window + 1) * limit.seconds}
    (counted,) = _COUNT[tx.dialect].all(tx.connection, row)
    return int(counted["count"])


def forget(tx: Tx, limit: Limit, key: str) -> None:
    """Clear a key's counters after a success."""
    _FORGET.run(tx.connection, {"a_kind": limit.kind, "a_key": key})


def sweep(tx: Tx) -> int:
    """Drop windows that are over; returns how many."""
    return tx.execute(delete(counters).where(counters.c.expires_at < tx.now)).rowcount
