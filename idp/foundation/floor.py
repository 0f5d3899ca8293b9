"""How many requests a process works on at a time, and in which order; whoever does something slow steps aside.

More at a time than a processor can serve only makes all of them slower. But whoever waits for a password to be hashed
would keep everybody behind her waiting for tens of milliseconds, so she gives her place to the next, and stands in line
again. Programs stand in a line of their own, which goes first: what they ask for is quick, and people notice less.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Application = Callable[[Any, Any], Iterable[bytes]]

MOST_IN_A_ROW = 8
"""Of the line that goes first, while somebody waits in the other."""


class Places:
    """So many of them, handed from one who leaves to the next in line."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._lock = threading.Lock()
        self._first: deque[threading.Lock] = deque()
        self._other: deque[threading.Lock] = deque()
        self._in_a_row = 0

    @property
    def waiting(self) -> int:
        """How many stand in either line."""
        return len(self._first) + len(self._other)

    def take(self, *, first: bool) -> None:
        """Wait for a place."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            (self._first if first else self._other).append(turn)
        turn.acquire()

    def leave(self) -> None:
        """Hand the place on."""
        with self._lock:
            line = self._next_line()
            if line:
                line.popleft().release()
            else:
                self._free += 1

    def _next_line(self) -> deque[threading.Lock]:
        if self._first and (not self._other or self._in_a_row < MOST_IN_A_ROW):
            self._in_a_row += 1
            return self._first
        self._in_a_row = 0
        return self._other


class Floor:
    """Nobody stands in line until `admit` says how many places there are."""

    def __init__(self) -> None:
        self._places: Places | None = None
        self._mine = threading.local()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return 0 if self._places is None else self._places.waiting

    def admit(self, app: Application, count: int, first: Callable[[Any], bool] = lambda _environ: False) -> Application:
        """The WSGI application, of which so many requests run at a time; `first` says whose line goes first."""
        places = self._places = Places(count)

        def guarded(environ: Any, start_response: Any) -> Iterable[bytes]:
            self._mine.first = first(environ)
            places.take(first=self._mine.first)
            self._mine.standing = True
            try:
                return app(environ, start_response)
            finally:
                self._mine.standing = False
                places.leave()

        return guarded

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let somebody else work for the time of something slow, which must hold no lock and no connection."""
        if self._places is None or not getattr(self._mine, "standing", False):
            yield
            return
        self._mine.standing = False
        self._places.leave()
        try:
            yield
        finally:
            self._places.take(first=self._mine.first)
            self._mine.standing = True
