"""How those to whom jobs go have fared of late, as far as this process knows: who is left alone, and who is trusted.

Only the courier's own thread looks in here.
"""

from collections.abc import Sequence
from enum import Enum, auto

from idp.foundation.outbox import RETRY_AFTER

RESTS = RETRY_AFTER[:3]
"""Seconds for which a receiver is left alone after its first, second and every later failure in a row."""
MOST_KNOWN = 1000
"""Of each sort; whoever was heard of least lately is forgotten, and is a stranger again."""


class Standing(Enum):
    """What is expected of a receiver."""

    WELL = auto()
    STRANGER = auto()
    AILING = auto()


class Receivers:
    """Each by its name, which is that of its jobs' lane."""

    def __init__(self) -> None:
        self._well: dict[str, None] = {}
        self._ailing: dict[str, tuple[int, int]] = {}

    @property
    def well(self) -> Sequence[str]:
        """Those whose last job was delivered."""
        return list(self._well)

    @property
    def ailing(self) -> Sequence[str]:
        """Those whose last job was not."""
        return list(self._ailing)

    def resting(self, now: int) -> Sequence[str]:
        """Those that are left alone for now."""
        return [name for name, (_, until) in self._ailing.items() if until > now]

    def standing(self, name: str, *, tried: bool) -> Standing:
        """Of a stranger it counts whether this job was `tried` before, by whichever process."""
        if name in self._well:
            return Standing.WELL
        return Standing.AILING if tried or name in self._ailing else Standing.STRANGER

    def delivered(self, name: str) -> None:
        """It took a job."""
        self._ailing.pop(name, None)
        self._well.pop(name, None)
        self._well[name] = None
        _forget_the_oldest(self._well)

    def failed(self, name: str, now: int) -> None:
        """It did not: leave it alone for a while."""
        self._well.pop(name, None)
        failures = self._ailing.pop(name, (0, 0))[0]
        self._ailing[name] = (failures + 1, now + RESTS[min(failures, len(RESTS) - 1)])
        _forget_the_oldest(self._ailing)


def _forget_the_oldest(known: dict[str, None] | dict[str, tuple[int, int]]) -> None:
    if len(known) > MOST_KNOWN:
        del known[next(iter(known))]
