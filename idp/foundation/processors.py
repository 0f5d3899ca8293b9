"""Each process of a family on one processor (sched_setaffinity(2)).

The threads of a process hand one interpreter to each other. Where they may run on several processors, each handing over
wakes another one, which has nothing of what comes next in its caches: a request of four threads took twice as long as
on one processor, measured on a virtual machine.
"""

import os
import sys
from contextlib import suppress


def usable() -> int:
    """How many processors this process may use: of a part of the machine, where it was given one (`taskset`)."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def keep_to_one(place: int) -> None:
    """For the process that calls and all its threads: the processor whose turn it is at `place` of the family."""
    if sys.platform != "linux":
        return
    mine = sorted(os.sched_getaffinity(0))
    with suppress(OSError):  # Where the kernel forbids it, all is well without.
        os.sched_setaffinity(0, {mine[place % len(mine)]})
