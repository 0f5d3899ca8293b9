"""Statements of the hottest requests, compiled once for each database and run by the driver itself.

SQLAlchemy Core still writes the SQL; only its per-execution work (cache keys, contexts, result proxies) is left out,
which costs more than SQLite's whole answer. For single-table statements whose columns the driver returns as they are:
text, integers, booleans, octets. On PostgreSQL what has no answer does not go out by itself (see `line`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Protocol

from sqlalchemy import Boolean, Connection, Dialect, Executable, LargeBinary
from sqlalchemy.sql.compiler import SQLCompiler

from idp.foundation.line import Statement, line_of

Row = dict[str, Any]
_READERS: Mapping[type, Callable[[Any], Any]] = {
    Boolean: lambda value: None if value is None else bool(value),
    LargeBinary: lambda value: None if value is None else bytes(value),
}
_NUMBERS = count(1)


class Prepared:
    """A statement whose values are named with bindparam, or an INSERT of whole rows."""

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement
        self._compiled: dict[str, _Compiled] = {}

    def one(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row by column name, or None."""
        compiled = self._for(connection)
        for row in compiled.rows(connection, values):
            return compiled.shape.row(row)
        return None

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Every row by column name."""
        compiled = self._for(connection)
        return [compiled.shape.row(row) for row in compiled.rows(connection, values)]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Execute for its effect: before whatever follows, and before the commit at the latest."""
        self._for(connection).run(connection, values)

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        found = self._compiled.get(name)
        if found is None:
            made = _ForSQLite if name == "sqlite" else _ForPostgreSQL
            found = self._compiled[name] = made(self._statement, connection.dialect)
        return found


class _Shape:
    """The order of a statement's parameters, and how to read its columns."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self._order: Sequence[str] = compiled.positiontup or ()
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        columns = list(compiled._result_columns)  # noqa: SLF001 (names and types as SQLAlchemy reads them)
        self._names = [column.keyname for column in columns]
        self._readers = [(i, _READERS[type(one.type)]) for i, one in enumerate(columns) if type(one.type) in _READERS]

    def ordered(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the order in which the statement has them."""
        merged = {**self._constants, **values} if self._constants else values
        return [merged[name] for name in self._order]

    def row(self, values: Sequence[Any]) -> Row:
        """A row by column name."""
        row = dict(zip(self._names, values, strict=True))
        for index, read in self._readers:
            row[self._names[index]] = read(values[index])
        return row


class _Compiled(Protocol):
    """One database's way with a statement."""

    shape: _Shape

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
        """What it answers."""
        ...

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Execute it for its effect."""
        ...


class _ForSQLite:
    """By the driver's cursor."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect)
        self.shape = _Shape(compiled)
        self._sql = compiled.string

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
        found: list[Sequence[Any]] = self._execute(connection, values).fetchall()
        return found

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        self._execute(connection, values)

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        driver: Any = connection.connection.driver_connection
        return driver.execute(self._sql, self.shape.ordered(values))


class _ForPostgreSQL:
    """By the connection's line, with numbered parameters as the server knows them."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        same: Any = type(dialect)
        numbered = same(paramstyle="numeric_dollar")
        compiled: SQLCompiler = statement.compile(dialect=numbered)
        self.shape = _Shape(compiled)
        self._statement = Statement(f"tessera_{next(_NUMBERS)}".encode(), compiled.string.encode())

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
        return line_of(connection).rows(self._statement, self.shape.ordered(values))

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        line_of(connection).run(self._statement, self.shape.ordered(values))
