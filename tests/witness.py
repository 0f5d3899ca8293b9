"""Who watches what a request costs: every statement that reaches the driver, and every hash that Argon2 makes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

import psycopg

from idp.foundation.line import Line
from idp.journeys.provider import Provider

LITERALS = re.compile(r"X'[0-9A-F]*'|'(?:[^']|'')*'|\b\d+\b")


@dataclass
class Witness:
    """`statements` without their values, in order; `hashes` as verify or hash."""

    statements: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)

    def saw(self, statement: Any) -> None:
        """Remember one statement, whatever its values."""
        self.statements.append(LITERALS.sub("?", str(statement)))


class _Counting:
    """The real hasher, and a list of what it was asked for."""

    def __init__(self, real: Any, asked: list[str]) -> None:
        self._real, self._asked = real, asked

    def __getattr__(self, name: str) -> Any:
        if name in ("verify", "hash"):
            self._asked.append(name)
        return getattr(self._real, name)


@contextmanager
def watching(provider: Provider) -> Iterator[Witness]:
    """Watch what this thread does, also statements that go around SQLAlchemy."""
    witness, store, hasher = Witness(), provider.store, provider.hasher
    real = hasher._argon2  # noqa: SLF001 (what the real work is done by)
    hasher._argon2 = _Counting(real, witness.hashes)  # type: ignore[assignment]  # noqa: SLF001
    try:
        with _sqlite(store, witness) if store.is_sqlite else _postgresql(witness):
            yield witness
    finally:
        hasher._argon2 = real  # noqa: SLF001


@contextmanager
def _sqlite(store: Any, witness: Witness) -> Iterator[None]:
    with store.transaction() as tx, store.reading() as connection:
        drivers = [one.connection.driver_connection for one in (tx.connection, connection)]
    for driver in drivers:
        driver.set_trace_callback(witness.saw)
    yield
    for driver in drivers:
        driver.set_trace_callback(None)


@contextmanager
def _postgresql(witness: Witness) -> Iterator[None]:
    execute, travel = psycopg.Cursor.execute, Line._travel  # noqa: SLF001 (the other way, which passes by the cursor)
    thread = get_ident()

    def watched_execute(self: Any, query: Any, *more: Any, **options: Any) -> Any:
        if get_ident() == thread:
            witness.saw(query)
        return execute(self, query, *more, **options)

    def watched_travel(self: Any, last: Any) -> Any:
        if get_ident() == thread:
            for sent in (*self._waiting, *([last] if last else [])):
                witness.saw(sent.statement.sql.decode())
        return travel(self, last)

    psycopg.Cursor.execute, Line._travel = watched_execute, watched_travel  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield
    finally:
        psycopg.Cursor.execute, Line._travel = execute, travel  # type: ignore[method-assign]  # noqa: SLF001
