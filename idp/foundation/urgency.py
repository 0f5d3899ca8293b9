"""How a process steps back for all others, as far as the kernel lets it.

Niceness alone does not do it on Linux. It counts within a group of processes only, and each session is a group
(sched(7), "The autogroup feature"); and whoever wakes up interrupts only those that asked for longer turns than he,
and waits for the next tick, of up to 4 ms, beside all others (EEVDF, Linux 6.12 and later).
"""

import ctypes
import errno
import os
import platform
import struct
from contextlib import suppress
from pathlib import Path

from idp.foundation.clock import pause

NICEST = 19
LONGEST_TURN = 100_000_000
"""Nanoseconds; the kernel grants no longer ones."""
TRIES, BETWEEN_TRIES = 20, 0.1
"""The kernel sets the niceness of one group in a tenth of a second, and tells others to come again."""
_GROUP = Path("/proc/self/autogroup")
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
"""The number of the system call; glibc has had a name for it since 2.41 only."""
_ATTRIBUTES = struct.Struct("=IIQiIQQQII")
"""`struct sched_attr` of sched_setattr(2): size, policy, flags, niceness, priority, runtime and four more."""


def step_back() -> None:
    """For the process that calls, which must not lead a group of processes: all that helps, of what there is here."""
    os.setsid()
    os.nice(NICEST)
    _step_back_as_a_group()
    if platform.machine() in _SCHED_SETATTR:
        _ask_for_long_turns(_SCHED_SETATTR[platform.machine()])


def _step_back_as_a_group() -> None:
    for _ in range(TRIES):
        try:
            _GROUP.write_text(str(NICEST))
        except OSError as error:
            if error.errno != errno.EAGAIN:
                return  # No groups here, or a container forbids it: then there is niceness alone.
            pause(BETWEEN_TRIES)
        else:
            return


def _ask_for_long_turns(number: int) -> None:
    asked = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_OTHER, 0, NICEST, 0, LONGEST_TURN, 0, 0, 0, 0)
    with suppress(OSError, AttributeError):  # No C library that has it: niceness alone.
        ctypes.CDLL(None).syscall(number, 0, asked, 0)  # Refused by a kernel before 6.12, or taken and not heeded.
