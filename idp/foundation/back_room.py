"""Slow work done by processes of less urgency, for all workers, one piece at a time each and in order.

A thread of the worker would not do: the interpreter waits for a thread whose turn it is, however little urgent it is to
the kernel. What is asked goes over one socket that the processes share, with the end of another for the answer.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from idp.foundation.refusal import Refusal
from idp.foundation.urgency import step_back

log = logging.getLogger(__name__)

Work = Callable[[bytes], bytes]

MOST_WAITING = 32
"""Of one worker; a quarter of its threads, so that the others answer whoever needs nothing slow."""
PATIENCE = 5.0
"""Seconds to wait for an answer before the work is done where it is asked for, as when no processor is ever idle."""
LARGEST = 64 * 1024
NAME = "idp-back-room"


class BackRoom:
    """Until it is opened, and when nobody answers, the work is done where it is asked for, one piece at a time too."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._door: socket.socket | None = None
        self._one_at_a_time = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0

    @contextmanager
    def opened(self, count: int) -> Iterator[None]:
        """For a process that will fork its workers: have `count` processes do the work until the last of them ended."""
        door, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        door.settimeout(PATIENCE)
        staff = [_forked(lambda: _keep_staffed(self._work, door, inside)) for _ in range(count)]
        inside.close()
        self._door = door
        try:
            yield
        finally:
            self._door = None
            door.close()
            for pid in staff:
                os.waitpid(pid, 0)

    def refuse_if_full(self, retry_after: int) -> None:
        """Raises Refusal("too_busy", retry_after=seconds) if so many wait that another should not stand in line."""
        if self._waiting >= MOST_WAITING:
            raise Refusal("too_busy", "too many wait for slow work", retry_after=retry_after)

    def do(self, asked: bytes) -> bytes:
        """What `work` answers. Whoever calls must hold no lock and no connection."""
        with self._counted():
            return self._answer(asked) or self._here(asked)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._counting:
            self._waiting += 1
        try:
            yield
        finally:
            with self._counting:
                self._waiting -= 1

    def _answer(self, asked: bytes) -> bytes:
        """Empty if there is none to be had."""
        if self._door is None:
            return b""
        mine, theirs = socket.socketpair()
        try:
            with mine:
                with theirs:
                    socket.send_fds(self._door, [asked], [theirs.fileno()])
                mine.settimeout(PATIENCE)
                return mine.recv(LARGEST)
        except OSError:
            return b""

    def _here(self, asked: bytes) -> bytes:
        with self._one_at_a_time:
            return self._work(asked)


def _forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except Exception:
        log.exception("the back room was left")
    finally:
        os._exit(status)  # Nothing of the parent's is finished twice.


def _keep_staffed(work: Work, door: socket.socket, inside: socket.socket) -> None:
    """One that dies is replaced. All end when nobody is left who could ask; until then signals are for the others."""
    door.close()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _name()
    while os.waitpid(_forked(lambda: _serve(work, inside)), 0)[1] != 0:
        pass


def _serve(work: Work, inside: socket.socket) -> None:
    step_back()
    while True:
        asked, ends, _flags, _address = socket.recv_fds(inside, LARGEST, 1)
        if not asked:
            return
        with socket.socket(fileno=ends[0]) as end:
            _reply(end, work(asked))


def _reply(end: socket.socket, answer: bytes) -> None:
    try:
        end.sendall(answer)
    except OSError:
        return  # Whoever asked is gone.


def _name() -> None:
    """What operators see in a list of processes."""
    Path("/proc/self/comm").write_text(NAME)
