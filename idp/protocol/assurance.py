"""OpenID Connect Core 1.0 section 2 (`acr`, `amr`), https://openid.net/specs/openid-connect-core-1_0.html#IDToken.

Our three levels follow eIDAS (Commission Implementing Regulation (EU) 2015/1502): low, substantial, high. What a
sign-in proves is graded as NIST SP 800-63B section 2 does, https://pages.nist.gov/800-63-4/sp800-63b.html. Methods of
authentication are those of RFC 8176, https://www.rfc-editor.org/rfc/rfc8176. `phrh` is of OpenID Connect Extended
Authentication Profile (EAP) ACR Values 1.0. Left out: `phr` of the same.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Self


class Level(IntEnum):
    """How sure we are of an identity, and what a service may ask for; ordered."""

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
    @lru_cache(maxsize=64)
    def of(cls, text: str) -> Self | None:
        """The level with this word or acr value; None if we know no such level."""
        return next((level for level in cls if text in {level.word, level.acr}), None)


class Strength(IntEnum):
    """What an authentication proves (NIST SP 800-63B section 2); ordered."""

    ONE_FACTOR = 1
    """AAL1."""
    RESTRICTED = 2
    """AAL2, by a method that section 3.1.3.3 restricts: a code sent to a telephone number."""
    TWO_FACTORS = 3
    """AAL2."""
    HARDWARE = 4
    """AAL3: two factors, one of them a phishing-resistant key that cannot be copied out of its device."""

    @property
    def word(self) -> str:
        """Such as `two_factors`."""
        return self.name.lower()

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, word: str) -> Self | None:
        """The strength with this word, or None."""
        return next((strength for strength in cls if word == strength.word), None)


Policy = Mapping[Level, Strength]
"""The strength that a sign-in must have before a level may be claimed."""
STRICT: Policy = {Level.LOW: Strength.ONE_FACTOR, Level.SUBSTANTIAL: Strength.RESTRICTED, Level.HIGH: Strength.HARDWARE}
"""For a country that says nothing else: eIDAS wants `high` to resist an attacker with high potential."""
HARDWARE_ACR = "phrh"
"""Phishing-resistant and hardware-protected, whoever it is (EAP ACR Values section 2)."""
ACR_VALUES = (*(level.acr for level in Level), HARDWARE_ACR)
"""All that we know."""


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


def level_of(identity: Level, authentication: Strength, policy: Policy) -> Level:
    """What may be claimed: a chain is as strong as its weaker link."""
    return max(level for level in Level if level <= identity and authentication >= policy[level])


def acr_of(
    wanted: Iterable[str], identity: Level, authentication: Strength, policy: Policy, *, essential: bool = False
) -> str:
    """The `acr` claim: a level of ours, unless what was asked for first of all that holds is `phrh`.

    An essential one is among those that were asked for (OpenID Connect Core 5.5.1.1), and the highest that holds.
    """
    level = level_of(identity, authentication, policy)
    held = {name for one in Level if one <= level for name in (one.word, one.acr)}
    if authentication is Strength.HARDWARE:
        held.add(HARDWARE_ACR)
    met = [value for value in wanted if value in held]
    if met and met[0] == HARDWARE_ACR:
        return HARDWARE_ACR
    return max(met, key=_rank) if met and essential else level.acr


def _rank(acr: str) -> int:
    return Level.of(acr) or 0


def reachable(policy: Policy, strongest: Strength) -> tuple[str, ...]:
    """For `acr_values_supported`: those that somebody can reach where no sign-in proves more than `strongest`."""
    known = ((acr, asked_of(acr, policy)) for acr in ACR_VALUES)
    return tuple(acr for acr, asked in known if asked is not None and asked[1] <= strongest)


def asked_of(acr: str, policy: Policy) -> tuple[Level, Strength] | None:
    """(identity, authentication) that an acr value asks for; None if we know no such value."""
    if acr == HARDWARE_ACR:
        return Level.LOW, Strength.HARDWARE
    level = Level.of(acr)
    return None if level is None else (level, policy[level])
