"""A line to PostgreSQL: what nobody waits for travels with what somebody does.

Each round trip wakes two processes, which costs more than most statements. So within a transaction BEGIN, and whatever
has no answer, wait here in order until a statement with an answer, or the COMMIT, takes them along (libpq's pipeline
mode). An error of theirs is raised there, and ends the transaction as it would have before. Statements are prepared on
the server, once for each connection.
"""

import select
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from idp.foundation.deferred import deferred

if TYPE_CHECKING:
    import psycopg
    from psycopg import adapt, errors, pq
else:  # Whoever keeps everything in SQLite, and each command there, does without.
    psycopg = deferred("psycopg")
    adapt, errors, pq = deferred("psycopg.adapt"), deferred("psycopg.errors"), deferred("psycopg.pq")

_KEY = "line"
_FORGETTING = ("ROLLBACK", "DROP", "ALTER", "DISCARD", "DEALLOCATE")
"""After these the driver may drop all that is prepared on its connection, and so what we prepared there."""
_OLDEST = 100
"""How often names are given anew before the connection is replaced, for what was not dropped stays on the server."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """What is sent: `sql` with $1, $2, ..., under a `name` of its own in this process, or unprepared."""

    name: bytes
    sql: bytes


@dataclass(frozen=True, slots=True)
class _Sent:
    statement: Statement
    values: list[bytes | None] | None
    formats: list[int] | None


_BEGIN, _COMMIT, _ROLLBACK = (_Sent(Statement(b"", word), None, None) for word in (b"BEGIN", b"COMMIT", b"ROLLBACK"))


class Line:
    """One connection, which one thread has at a time. The connection commits by itself whatever no `begin` precedes."""

    def __init__(self, driver: Any) -> None:
        self._pgconn = driver.pgconn
        self._reader = adapt.Transformer(driver)
        self._poll = select.poll()
        self._poll.register(self._pgconn.socket, select.POLLIN)
        self._names: dict[Statement, bytes] = {}
        self._age = 0
        self._waiting: list[_Sent] = []
        self._open = False

    def is_sound(self) -> bool:
        """Whether it can be used for something new. What a server says unasked is, nearly always, that it goes."""
        pgconn = self._pgconn
        idle = pgconn.transaction_status == pq.TransactionStatus.IDLE and not pgconn.pipeline_status
        return idle and self._age < _OLDEST and not self._poll.poll(0)

    def begin(self) -> None:
        """Begin a transaction with the first statement that is sent."""
        self._waiting = [_BEGIN]
        self._open = True

    def commit(self) -> None:
        """Send what waits, and end the transaction. Raises what went wrong, also if it could not be kept."""
        if self._waiting != [_BEGIN]:
            ended = self._travel(_COMMIT)
            if ended.command_status != b"COMMIT":
                raise psycopg.InternalError("the transaction had failed, and was rolled back")
        self._waiting.clear()
        self._open = False

    def rollback(self) -> None:
        """End the transaction without a trace."""
        self._waiting.clear()
        self._open = False
        if self._pgconn.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR):
            self._travel(_ROLLBACK)

    def run(self, statement: Statement, values: Sequence[Any]) -> None:
        """Execute for its effect: within a transaction before anything that follows, and at its end at the latest."""
        sent = _Sent(statement, *_written(values))
        if self._open:
            self._waiting.append(sent)
        else:
            self._travel(sent)

    def rows(self, statement: Statement, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """What `statement` answers."""
        answer = self._travel(_Sent(statement, *_written(values)))
        self._reader.set_pgresult(answer)
        return self._reader.load_rows(0, answer.ntuples, tuple)

    def settle(self) -> None:
        """Send what waits, for the driver is about to be used in its own way."""
        if self._waiting:
            self._travel(None)

    def forget(self) -> None:
        """Prepare anew what is sent from now on, under other names: the old ones may be there or not."""
        self._names.clear()
        self._age += 1

    def _travel(self, last: _Sent | None) -> Any:
        """Send everything that waits and `last`; the answer to what was sent last."""
        sent, self._waiting = self._waiting, []
        if last is not None:
            sent.append(last)
        for one in sent:
            if one.statement.name and one.statement not in self._names:
                self._prepare(one.statement)
        if len(sent) > 1:
            return self._together(sent)
        (alone,) = sent
        name = self._names.get(alone.statement)
        if name is None:
            return self._good(self._pgconn.exec_(alone.statement.sql))
        return self._good(self._pgconn.exec_prepared(name, alone.values, alone.formats))

    def _together(self, sent: list[_Sent]) -> Any:
        pgconn = self._pgconn
        pgconn.enter_pipeline_mode()
        for one in sent:
            name = self._names.get(one.statement)
            if name is None:
                pgconn.send_query_params(one.statement.sql, None)
            else:
                pgconn.send_query_prepared(name, one.values, one.formats)
        pgconn.pipeline_sync()
        answers = self._answers()
        pgconn.exit_pipeline_mode()
        return [self._good(answer) for answer in answers][-1]

    def _answers(self) -> list[Any]:
        """One for each that was sent; the interpreter's lock is free while they are waited for."""
        answers: list[Any] = []
        pgconn = self._pgconn
        while True:
            while pgconn.flush():  # More than the socket takes at once: the server may have to be read from first.
                select.select([pgconn.socket], [pgconn.socket], [])
                pgconn.consume_input()
            while pgconn.is_busy():
                self._poll.poll()
                pgconn.consume_input()
            answer = pgconn.get_result()
            if answer is None or pgconn.status == pq.ConnStatus.BAD:
                self._require_alive(answer)
            elif answer.status == pq.ExecStatus.PIPELINE_SYNC:
                return answers
            else:
                answers.append(answer)

    def _prepare(self, statement: Statement) -> None:
        name = statement.name + b"_%d" % self._age
        self._good(self._pgconn.prepare(name, statement.sql))
        self._names[statement] = name

    def _good(self, answer: Any) -> Any:
        if answer.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return answer
        self._require_alive(answer)
        raise errors.error_from_result(answer)

    def _require_alive(self, answer: Any) -> None:
        if self._pgconn.status == pq.ConnStatus.BAD:
            why = self._pgconn.get_error_message() if answer is None else answer.get_error_message()
            raise psycopg.OperationalError(why)


def line_of(connection: Connection) -> Line:
    """The line of a connection of the store."""
    kept = connection.info
    line: Line | None = kept.get(_KEY)
    if line is None:
        line = kept[_KEY] = Line(connection.connection.driver_connection)
    return line


def settle(connection: Connection, *_: object) -> None:
    """Before a statement of SQLAlchemy's own."""
    if _KEY in connection.info:
        line_of(connection).settle()


def forget(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """After a statement of SQLAlchemy's own."""
    if statement.lstrip().upper().startswith(_FORGETTING):
        line_of(connection).forget()


def _written(values: Sequence[Any]) -> tuple[list[bytes | None], list[int]]:
    written = [_as_octets(value) for value in values]
    return written, [int(isinstance(value, bytes)) for value in values]


def _as_octets(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, str) and "\0" not in value:
        return value.encode()
    raise psycopg.DataError("this value cannot be sent to PostgreSQL: it is none of its texts, numbers and octets")
