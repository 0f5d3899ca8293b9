"""OpenID Connect Core 1.0 section 2 (`acr`, `amr`), https://openid.net/specs/openid-connect-core-1_0.html#IDToken.

Our three levels follow eIDAS (Commission Implementing Regulation (EU) 2015/1502): low, substantial, high. Methods of
authentication are those of RFC 8176, https://www.rfc-editor.org/rfc/rfc8176. Left out: `phr` and `phrh` of EAP.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import Self


class Level(IntEnum):
    """How sure we are, of an identity or of an authentication; ordered."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """`low`, `substantial` or `high`."""
        return self.name.lower()

    @property
    def acr(self) -> str:
        """The value of the `acr` claim."""
        return f"urn:tessera:loa:{self.word}"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The level with this word or acr value; None if we know no such level."""
        return next((level for level in cls if text in {level.word, level.acr}), None)


ACR_VALUES = tuple(level.acr for level in Level)
"""For `acr_values_supported`."""


class Amr(StrEnum):
    """RFC 8176 section 2: the methods we use."""

    PASSWORD = "pwd"  # noqa: S105 (a registered name, no secret)
    ONE_TIME_PASSWORD = "otp"  # noqa: S105 (a registered name, no secret)
    HARDWARE_KEY = "hwk"
    SOFTWARE_KEY = "swk"
    USER_PRESENCE = "user"
    PIN_OR_PATTERN = "pin"
    SMS = "sms"
    KNOWLEDGE = "kba"
    MULTIPLE_FACTORS = "mfa"


def acr_of(identity: Level, authentication: Level) -> Level:
    """What may be claimed: a chain is as strong as its weaker link."""
    return min(identity, authentication)


def wanted(acr_values: Iterable[str], reachable: Level = Level.HIGH) -> Level | None:
    """The first of `acr_values` (in order of preference) that we know and that is within `reachable`, or None.

    Unknown values are ignored: `acr_values` is a wish (Core 3.1.2.1).
    """
    known = (Level.of(value) for value in acr_values)
    return next((level for level in known if level is not None and level <= reachable), None)


def satisfies(achieved: Level, acr_values: Iterable[str]) -> bool:
    """Whether `achieved` is at least one of the known `acr_values` (for a claim asked as essential, Core 5.5.1.1)."""
    return any(level is not None and achieved >= level for level in map(Level.of, acr_values))
