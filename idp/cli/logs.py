"""The log of a serving process: one line an event on standard error, in UTC, with the reference number people see.

It never holds personal data: a refusal is written by its code and reason, a crash with its traceback.
"""

import logging
import threading
import time
from contextlib import suppress
from multiprocessing.util import Finalize
from select import PIPE_BUF
from typing import TextIO

from idp.foundation.clock import pause

WITHIN_SECONDS = 1.0
AT_ONCE = logging.WARNING
"""And whatever is worse."""


class Gathering(logging.StreamHandler[TextIO]):
    """Writes each line at once; from `gather` on, what is no warning within a second, together with others.

    Whoever writes to a pipe or a file hands the interpreter to another thread, and waits to have it back: a line that
    is made in 6 µs took up to 70. What is written together is no longer than what a pipe takes in one piece
    (pipe(7), PIPE_BUF), so that the lines of several processes do not cut each other in two.
    """

    def __init__(self) -> None:
        super().__init__()
        self._gathered = ""
        self._gathers = False

    def gather(self) -> None:
        """For the life of this process, which multiprocessing started: at its end it runs no `atexit`."""
        self._gathers = True
        Finalize(None, self.flush, exitpriority=0)
        threading.Thread(target=self._write_now_and_then, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Called with the handler's lock held."""
        try:
            line = self.format(record) + self.terminator
            if len((self._gathered + line).encode(errors="backslashreplace")) > PIPE_BUF:
                self.flush()
            self._gathered += line
            if not self._gathers or record.levelno >= AT_ONCE:
                self.flush()
        except Exception:  # noqa: BLE001 (as with every handler: whoever tells something does not fail by it)
            self.handleError(record)

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            gathered, self._gathered = self._gathered, ""
            if gathered:
                self.stream.write(gathered)
            self.stream.flush()
        finally:
            self.release()

    def _write_now_and_then(self) -> None:
        while True:
            pause(WITHIN_SECONDS)
            with suppress(OSError):  # Whoever reads the log is away, and may come back.
                self.flush()


class _ToTheSecond(logging.Formatter):
    """In UTC; the text of a second is made once."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._last = (0, "")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (the library's)
        """Of `record.created`."""
        second = int(record.created)
        last = self._last
        if last[0] != second:
            last = self._last = (second, super().formatTime(record, datefmt))
        return last[1]


def configure() -> None:
    """Begin to write; whoever configured logging before this process got here is not overruled."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # No line tells any of these.
    handler = Gathering()
    handler.setFormatter(_ToTheSecond())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("idp").setLevel(logging.INFO)


def gather() -> None:
    """In a process that serves: what is no warning is written within a second, if `configure` was heeded."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Gathering):
            handler.gather()
