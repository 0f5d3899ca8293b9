"""How many requests a process works on at a time; whoever waits for something slow steps aside meanwhile.

More at a time than a processor can serve only makes all of them slower. But whoever hashes a password would keep
everybody behind her waiting for tens of milliseconds, so she gives her place to the next, and stands in line again.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

Application = Callable[[Any, Any], Iterable[bytes]]


class Floor:
    """Nobody stands in line until `admit` says how many places there are."""

    def __init__(self) -> None:
        self._places: threading.Semaphore | None = None
        self._mine = threading.local()

    def admit(self, app: Application, places: int) -> Application:
        """The WSGI application, of which so many requests run at a time."""
        free = self._places = threading.BoundedSemaphore(places)

        def guarded(environ: Any, start_response: Any) -> Iterable[bytes]:
            with free:
                self._mine.standing = True
                try:
                    return app(environ, start_response)
                finally:
                    self._mine.standing = False

        return guarded

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let somebody else work for the time of something slow, which must hold no lock and no connection."""
        if self._places is None or not getattr(self._mine, "standing", False):
            yield
            return
        self._places.release()
        try:
            yield
        finally:
            self._places.acquire()
