"""One write transaction for one piece of work, and reads outside it.

`with store.transaction() as tx` carries one database connection, one fixed `tx.now`, `tx.record(event)` and
`tx.send(job)`. The audit leaf and the outbox row commit with the change, or nothing does. Refusals commit; crashes
roll back. On SQLite a file lock is taken before BEGIN IMMEDIATE, because the busy handler polls and starves writers.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from idp.foundation.audit.event import Event
from idp.foundation.audit.log import append
from idp.foundation.clock import Clock, system_clock
from idp.foundation.kept import Kept
from idp.foundation.line import forget, line_of, settle
from idp.foundation.outbox import Job, enqueue
from idp.foundation.refusal import Refusal
from idp.foundation.turnstile import Turnstile


class Tx:
    """The power to change the world, once. A function that takes no `tx` cannot."""

    __slots__ = ("_connection", "dialect", "now", "sent")

    def __init__(self, connection: Connection, now: int) -> None:
        self.now = now
        self.sent = False
        self.dialect = connection.dialect.name
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The connection, for a reader that serves both transactions and plain reads."""
        return self._connection

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run one statement in this transaction."""
        return self._connection.execute(statement, parameters)

    def record(self, happened: Event) -> None:
        """Append an audit leaf that commits with the change."""
        append(self._connection, happened, self.now)

    def send(self, job: Job) -> None:
        """Queue a job that exists only if this transaction commits."""
        enqueue(self._connection, job, self.now)
        self.sent = True


class Store:
    """The database: short write transactions on one engine, autocommitted reads on another.

    Connections are kept: taking one from SQLAlchemy's pool and giving it back costs more than a statement.
    """

    def __init__(self, url: str, clock: Clock = system_clock, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.job_queued = threading.Event()
        self._mine = threading.local()
        self._turnstile = Turnstile(f"{self.url.database}.lock" if self.is_sqlite else None)
        options = _sqlite_options() if self.is_sqlite else _postgresql_options()
        options["hide_parameters"] = True  # An error's text reaches the log; what a statement carried must not.
        self.engine = create_engine(self.url, **options)
        self._autocommitting = create_engine(self.url, isolation_level="AUTOCOMMIT", **options)
        self._writers, self._readers = (Kept(self._autocommitting, pool_size) for _ in range(2))
        dbapi: Any = self.engine.dialect.loaded_dbapi
        self.unavailable = (OperationalError, PoolTimeout, dbapi.OperationalError)
        """What is raised when the database is away or too busy: nothing was changed, and trying later may help."""
        if self.is_sqlite:
            event.listen(self.engine, "connect", _tune_sqlite)
            event.listen(self._autocommitting, "connect", _tune_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)
        else:
            event.listen(self._autocommitting, "before_cursor_execute", settle)
            event.listen(self._autocommitting, "after_cursor_execute", forget)

    def now(self) -> int:
        """Unix seconds by this store's clock."""
        return self.clock()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open the one write transaction of this piece of work. Raises RuntimeError inside another: they never nest."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("this thread has a transaction open already: hand its tx on")
        self._mine.writing = True
        try:
            with self._turnstile, self._writers.lend() as connection:
                yield from self._write(connection)
        finally:
            self._mine.writing = False

    def gathering(self) -> "_Gathering":
        """What is asked of `first` within begins this thread's next transaction, or makes one at the end.

        So that what a request spends, and what it spends it for, commit together: once. After a crash nothing of it is
        done, after a refusal all.
        """
        return _Gathering(self._mine, self._do_at_last)

    def first(self, work: Callable[[Tx], None]) -> None:
        """Do `work` before anything else changes: see `gathering`; outside it, at once."""
        waiting = getattr(self._mine, "first", None)
        if waiting is None:
            with self.transaction() as tx:
                work(tx)
        else:
            waiting.append(work)

    def _do_first(self, tx: Tx) -> None:
        waiting = getattr(self._mine, "first", None)
        while waiting:
            waiting.pop(0)(tx)

    def _do_at_last(self) -> None:
        if self._mine.first:
            with self.transaction():
                pass  # What must be done first is all there is to do.

    def _write(self, connection: Connection) -> Iterator[Tx]:
        # Beginning and ending are the driver's own: SQLAlchemy's way costs more than a statement.
        ends: Any
        if self.is_sqlite:
            ends = connection.connection.driver_connection
            ends.execute("BEGIN IMMEDIATE")
        else:
            ends = line_of(connection)
            ends.begin()
        tx = Tx(connection, self.clock())
        refused = None
        try:
            try:
                self._do_first(tx)
                yield tx
            except Refusal as refusal:
                refused = refusal
            ends.commit()
        except BaseException:
            ends.rollback()
            raise
        if tx.sent:
            self.job_queued.set()
        if refused is not None:
            raise refused

    def reading(self) -> AbstractContextManager[Connection]:
        """Read outside a transaction: each statement sees what is committed when it runs."""
        return self._readers.lend()

    def dispose(self) -> None:
        """Close every connection, for a process that is about to fork or end."""
        for kept in (self._writers, self._readers):
            kept.dispose()
        self._turnstile.close()
        self.engine.dispose()
        self._autocommitting.dispose()


class _Gathering:
    """Made at every request of a program: a generator would cost more."""

    __slots__ = ("_at_last", "_mine")

    def __init__(self, mine: threading.local, at_last: Callable[[], None]) -> None:
        self._mine = mine
        self._at_last = at_last

    def __enter__(self) -> None:
        self._mine.first = []

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if kind is None or issubclass(kind, Refusal):
                self._at_last()
        finally:
            self._mine.first = None


CHECKPOINT = "wal_autocheckpoint=10000"


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"timeout": 5, "check_same_thread": False}, "pool_size": 64, "pool_timeout": 5}


def _postgresql_options() -> dict[str, Any]:
    # A lock is waited for three seconds, a statement for ten: a stuck row must not take every worker with it.
    limits = "-c lock_timeout=3000 -c statement_timeout=10000"
    return {"poolclass": NullPool, "connect_args": {"options": limits}}


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin by itself: _begin_immediate does.
    # A checkpoint of the write-ahead log syncs the whole database: once in 40 MB, not once in 4.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", CHECKPOINT):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE")
