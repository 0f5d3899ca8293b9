"""The only reader of the wall clock. Everything else is handed `now`."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns Unix seconds, UTC."""


def system_clock() -> int:
    """Unix seconds, UTC."""
    return int(time.time())


def monotonic() -> float:
    """Seconds from an arbitrary start, for ages and time-outs; never goes back."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Sleep: the courier between rounds, a retry between tries."""
    time.sleep(seconds)
