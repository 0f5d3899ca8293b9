"""The log of a serving process: one line an event on standard error, in UTC, with the reference number people see.

It never holds personal data: a refusal is written by its code and reason, a crash with its traceback.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.util import Finalize
from select import PIPE_BUF
from typing import TextIO

from idp.foundation.clock import pause

WITHIN_SECONDS = 1.0
AT_ONCE = logging.WARNING
"""And whatever is worse."""
MOST_TOGETHER = 24
"""Lines of a token are a little longer than 160 octets: so many fill what a pipe takes at once."""


class Gathering(logging.StreamHandler[TextIO]):
    """Writes each line at once; from `gather` on, what is no warning within a second, together with others.

    Whoever writes to a pipe or a file hands the interpreter to another thread, and waits to have it back: a line that
    is made in 6 µs took up to 70. Lines are made when they are written, one after the other, which is quicker than each
    between two requests: what is told must not change afterwards. What is written together is no longer than what a
    pipe takes in one piece (pipe(7), PIPE_BUF), so that the lines of several processes do not cut each other in two.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: list[logging.LogRecord] = []
        self._most = 1

    def gather(self) -> None:
        """For the life of this process, which multiprocessing started: at its end it runs no `atexit`."""
        self._most = MOST_TOGETHER
        Finalize(None, self.flush, exitpriority=0)
        threading.Thread(target=self._write_now_and_then, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Called with the handler's lock held."""
        self._told.append(record)
        if len(self._told) < self._most and record.levelno < AT_ONCE:
            return
        try:
            self.flush()
        except Exception:  # noqa: BLE001 (as with every handler: whoever tells something does not fail by it)
            self.handleError(record)

    def flush(self) -> None:
        """Write what was gathered."""
        self.acquire()
        try:
            told, self._told = self._told, []
            for piece in _pieces(self._lines(told)):
                self.stream.write(piece)
            self.stream.flush()
        finally:
            self.release()

    def _lines(self, told: Iterable[logging.LogRecord]) -> Iterator[str]:
        for record in told:
            try:
                yield self.format(record) + self.terminator
            except Exception:  # noqa: BLE001 (the others are told all the same)
                self.handleError(record)

    def _write_now_and_then(self) -> None:
        while True:
            pause(WITHIN_SECONDS)
            with suppress(OSError):  # Whoever reads the log is away, and may come back.
                self.flush()


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Whole lines, as many in each as a pipe takes in one piece."""
    piece: list[str] = []
    size = 0
    for line in lines:
        octets = len(line.encode(errors="backslashreplace"))
        if piece and size + octets > PIPE_BUF:
            yield "".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += octets
    if piece:
        yield "".join(piece)


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
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # No line tells any of these,
    logging._srcfile = None  # noqa: SLF001 (nor where in the code: the library's own "Optimization" says this)
    handler = Gathering()
    handler.setFormatter(_ToTheSecond())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("idp").setLevel(logging.INFO)


def gather() -> None:
    """In a process that serves: what is no warning is written within a second, if `configure` was heeded."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Gathering):
            handler.gather()
