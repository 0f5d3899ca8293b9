"""One write transaction for one piece of work, and reads outside it.

`with store.transaction() as tx` carries one database connection, one fixed `tx.now`, `tx.record(event)` and
`tx.send(job)`. The audit leaf and the outbox row commit with the change, or nothing does. Refusals commit; crashes
roll back. On SQLite a file lock is taken before BEGIN IMMEDIATE, because the busy handler polls and starves writers.
"""

import fcntl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, make_url

from idp.foundation.audit.event import Event
from idp.foundation.audit.log import append
from idp.foundation.clock import Clock, system_clock
from idp.foundation.outbox import Job, enqueue
from idp.foundation.refusal import Refusal


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

    On SQLite each thread keeps its two connections (a file has no server to lose); on PostgreSQL a pool lends them.
    """

    def __init__(self, url: str, clock: Clock = system_clock, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.job_queued = threading.Event()
        self._held = threading.local()
        options = _sqlite_options() if self.is_sqlite else _postgresql_options(pool_size)
        self.engine = create_engine(self.url, **options)
        self._reader = create_engine(self.url, isolation_level="AUTOCOMMIT", **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _tune_sqlite)
            event.listen(self._reader, "connect", _tune_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)

    def now(self) -> int:
        """Unix seconds by this store's clock."""
        return self.clock()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Open the one write transaction of this piece of work."""
        with self._turn(), self._connection("writer", self.engine) as connection, connection.begin() as transaction:
            tx = Tx(connection, self.clock())
            try:
                yield tx
            except Refusal:
                transaction.commit()
                raise
        if tx.sent:
            self.job_queued.set()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read outside a transaction: each statement sees what is committed when it runs."""
        with self._connection("reader", self._reader) as connection:
            yield connection

    def dispose(self) -> None:
        """Close every connection, for a process that is about to fork or end."""
        self.engine.dispose()
        self._reader.dispose()

    @contextmanager
    def _connection(self, role: str, engine: Engine) -> Iterator[Connection]:
        if not self.is_sqlite:
            with engine.connect() as connection:
                yield connection
            return
        held: Connection | None = getattr(self._held, role, None)
        if held is None or held.invalidated:
            held = engine.connect()
            setattr(self._held, role, held)
        yield held

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for this process's turn to write: the kernel wakes one waiter, where SQLite would poll."""
        if not self.is_sqlite:
            yield
            return
        if not hasattr(self._held, "lock"):
            self._held.lock = open(f"{self.url.database}.lock", "w")  # noqa: SIM115 (kept for the thread's life)
        fcntl.flock(self._held.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._held.lock, fcntl.LOCK_UN)


def _sqlite_options() -> dict[str, Any]:
    return {"connect_args": {"timeout": 5, "check_same_thread": False}, "pool_size": 64, "pool_timeout": 5}


def _postgresql_options(pool_size: int) -> dict[str, Any]:
    # A lock is waited for three seconds, a statement for ten: a stuck row must not take every worker with it.
    limits = "-c lock_timeout=3000 -c statement_timeout=10000"
    return {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 5, "connect_args": {"options": limits}}


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin by itself: _begin_immediate does.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
