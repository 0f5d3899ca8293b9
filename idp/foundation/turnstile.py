"""One writer at a time, in line: the kernel wakes one waiter, where SQLite's busy handler would sleep and poll."""

import fcntl
import os
import threading
from types import TracebackType


class Turnstile:
    """A lock over all threads of all processes that name the same file; None names no file and locks nothing.

    Not re-entrant. The kernel unlocks for a process that dies.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: int | None = None

    def __enter__(self) -> None:
        if self._path is None:
            return
        self._threads.acquire()
        try:
            fcntl.flock(self._open(self._path), fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._path is None:
            return
        fcntl.flock(self._open(self._path), fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Let go of the file: a child made by a fork would share its lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self, path: str) -> int:
        if self._file is None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file
