"""What a new password must be (NIST SP 800-63B section 3.1.1.2): long enough and not known; nothing is composed."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from idp.domain.authenticators.methods.password import normal
from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

_zxcvbn = deferred("zxcvbn")

SHORTEST_ALONE = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST = 256
METER_READS = 72
"""zxcvbn refuses longer texts, and what it would say of them is known."""
GUESSABLE = 2
"""zxcvbn's score of 0 to 4 below which a password falls to an online attack in a day."""

_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


@dataclass(frozen=True, slots=True)
class Strength:
    """The meter's reading, 0 to 4."""

    score: int


def check(text: str, *, second_factor: bool, personal: Iterable[str] = ()) -> Strength:
    """Raises Refusal("authenticators.password.too_short" | "too_long" | "too_common" | "personal" | "unprintable")."""
    password = normal(text)
    shortest = SHORTEST_WITH_SECOND_FACTOR if second_factor else SHORTEST_ALONE
    if len(password) < shortest:
        raise Refusal("authenticators.password.too_short", f"fewer than {shortest} characters", shortest=shortest)
    if len(password) > LONGEST:
        raise Refusal("authenticators.password.too_long", f"more than {LONGEST} characters", longest=LONGEST)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in password):
        raise Refusal("authenticators.password.unprintable", "a control character")
    return _check_guesses(password, [word for word in personal if word])


def _check_guesses(password: str, personal: list[str]) -> Strength:
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) <= 2:  # noqa: PLR2004 (aaaaaaaa, abababab)
        raise Refusal("authenticators.password.too_common", "it is on the list of common passwords")
    if any(word.casefold() in folded or folded in word.casefold() for word in personal if len(word) > 3):  # noqa: PLR2004
        raise Refusal("authenticators.password.personal", "it holds the person's own name or address")
    reading = _zxcvbn.zxcvbn(password[:METER_READS], user_inputs=personal)
    if reading["score"] < GUESSABLE:
        raise Refusal("authenticators.password.too_common", "it can be guessed quickly")
    return Strength(reading["score"])
