"""Connections that are kept when they are given back: the last one first, so that as many are open as work at once.

One that its server closed meanwhile is replaced before anything is asked of it, and so is one that was given back in
the middle of something.
"""

from threading import Semaphore
from types import TracebackType
from weakref import WeakSet

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.foundation.line import line_of

LONGEST_WAIT = 5
"""Seconds for a connection, while `most` are in use."""


class Kept:
    """Thread-safe. At most `most` of them are out at once, where a server counts them."""

    def __init__(self, engine: Engine, most: int) -> None:
        self.engine = engine
        self.spare: list[Connection] = []
        self.known: WeakSet[Connection] = WeakSet()
        self.places = None if engine.dialect.name == "sqlite" else Semaphore(most)

    def lend(self) -> "_Lent":
        """One of them, for a `with` statement."""
        return _Lent(self) if self.places is None else _Counted(self)

    def dispose(self) -> None:
        """Close them all."""
        for connection in list(self.known):
            connection.close()


class _Lent:
    """A connection to a file, which has no server to lose."""

    __slots__ = ("_connection", "_kept")

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def __enter__(self) -> Connection:
        try:
            found = self._kept.spare.pop()
        except IndexError:
            return self._new()
        if found.closed or found.invalidated:
            return self._new()
        self._connection = found
        return found

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._kept.spare.append(self._connection)

    def _new(self) -> Connection:
        self._connection = self._kept.engine.connect()
        self._kept.known.add(self._connection)
        return self._connection


class _Counted(_Lent):
    """A connection to a server."""

    __slots__ = ()

    def __enter__(self) -> Connection:
        places = self._kept.places
        assert places is not None  # noqa: S101 (the class is chosen by it)
        if not places.acquire(timeout=LONGEST_WAIT):
            raise PoolTimeout("every connection to the database is in use")
        try:
            return self._sound()
        except BaseException:
            places.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        assert self._kept.places is not None  # noqa: S101 (as above)
        self._kept.places.release()

    def _sound(self) -> Connection:
        while self._kept.spare:
            try:
                found = self._kept.spare.pop()
            except IndexError:
                break
            if found.closed:
                continue
            if not found.invalidated and line_of(found).is_sound():
                self._connection = found
                return found
            found.invalidate()
            found.close()
        return self._new()
