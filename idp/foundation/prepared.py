"""Statements of the hottest requests, compiled once for each database and run by the driver itself.

SQLAlchemy Core still writes the SQL; only its per-execution work (cache keys, contexts, result proxies) is left out,
which costs more than SQLite's whole answer. For single-table statements whose columns the driver returns as they are:
text, integers, booleans, octets.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Dialect, Executable, LargeBinary
from sqlalchemy.sql.compiler import SQLCompiler

Row = dict[str, Any]
_READERS: Mapping[type, Callable[[Any], Any]] = {
    Boolean: lambda value: None if value is None else bool(value),
    LargeBinary: lambda value: None if value is None else bytes(value),
}


class Prepared:
    """A statement whose values are named with bindparam, or an INSERT of whole rows."""

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement
        self._compiled: dict[str, _Compiled] = {}

    def one(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row by column name, or None."""
        compiled = self._for(connection)
        row = compiled.execute(connection, values).fetchone()
        return None if row is None else compiled.row(row)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Every row by column name."""
        compiled = self._for(connection)
        return [compiled.row(row) for row in compiled.execute(connection, values).fetchall()]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Execute for its effect."""
        self._for(connection).execute(connection, values)

    def _for(self, connection: Connection) -> "_Compiled":
        found = self._compiled.get(connection.dialect.name)
        if found is None:
            found = self._compiled[connection.dialect.name] = _Compiled(self._statement, connection.dialect)
        return found


class _Compiled:
    """One database's SQL, the order of its parameters, and how to read its columns."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect)
        self._sql = compiled.string
        self._order: Sequence[str] | None = compiled.positiontup
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        columns = list(compiled._result_columns)  # noqa: SLF001 (names and types as SQLAlchemy reads them)
        self._names = [column.keyname for column in columns]
        self._readers = [(i, _READERS[type(one.type)]) for i, one in enumerate(columns) if type(one.type) in _READERS]

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        driver: Any = connection.connection.driver_connection
        merged = {**self._constants, **values} if self._constants else values
        if self._order is None:
            return driver.execute(self._sql, merged)
        return driver.execute(self._sql, [merged[name] for name in self._order])

    def row(self, values: Sequence[Any]) -> Row:
        row = dict(zip(self._names, values, strict=True))
        for index, read in self._readers:
            row[self._names[index]] = read(values[index])
        return row
