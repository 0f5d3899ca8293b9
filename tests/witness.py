"""Who watches what a request costs: every statement that reaches the driver, and every hash that Argon2 makes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event

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
        with _sqlite(store, witness) if store.is_sqlite else _postgresql(store, witness):
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
def _postgresql(store: Any, witness: Witness) -> Iterator[None]:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *more: Any, **options: Any) -> Any:
            witness.saw(query)
            return super().execute(query, *more, **options)

    def lent(driver: Any, *_: Any) -> None:
        driver.cursor_factory = Cursor

    def returned(driver: Any, *_: Any) -> None:
        driver.cursor_factory = psycopg.Cursor

    engines = (store.engine, store._reader)  # noqa: SLF001 (reads go there)
    for engine in engines:
        event.listen(engine, "checkout", lent)
        event.listen(engine, "checkin", returned)
    yield
    for engine in engines:
        event.remove(engine, "checkout", lent)
        event.remove(engine, "checkin", returned)
