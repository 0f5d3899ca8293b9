"""Addresses of a name, within a time.

The system's resolver cannot be interrupted, and a silent name server holds it for half a minute. So a thread looks the
name up, and goes on when whoever asked has gone. There are so many at most, and one for a name and port: a name whose
servers are silent holds one place, however often it is asked for.
"""

import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from idp.foundation.clock import monotonic

MOST = 32
"""Names that are looked up at once; the next waits for a place."""

Found = Future[Sequence[str]]


class Names:
    """One for the process. Thread-safe; there is no thread while nothing is looked up."""

    def __init__(self, most: int = MOST) -> None:
        self._places = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._sought: dict[tuple[str, int], Found] = {}

    def addresses(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Every address once, in the resolver's order. Raises TimeoutError, another OSError, or UnicodeError."""
        until = monotonic() + seconds
        found = self._sought.get((host, port)) or self._begin(host, port, seconds)
        return found.result(max(0, until - monotonic()))

    def _begin(self, host: str, port: int, seconds: float) -> Found:
        if not self._places.acquire(timeout=max(0, seconds)):
            raise TimeoutError("too many names are being looked up")
        with self._lock:
            found = self._sought.get((host, port))
            if found is not None:  # Somebody else began meanwhile.
                self._places.release()
                return found
            found = self._sought[host, port] = Future()
        try:
            threading.Thread(target=self._look_up, args=(host, port, found), name="names", daemon=True).start()
        except RuntimeError as error:  # No thread can be had.
            self._end(host, port)
            raise OSError(str(error)) from error
        return found

    def _look_up(self, host: str, port: int, found: Found) -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except BaseException as error:  # noqa: BLE001 (whoever waits is told, whatever it was)
            self._end(host, port)
            found.set_exception(error)
        else:
            self._end(host, port)
            found.set_result(tuple(dict.fromkeys(str(entry[4][0]) for entry in entries)))

    def _end(self, host: str, port: int) -> None:
        with self._lock:
            del self._sought[host, port]
        self._places.release()


everywhere = Names()
