"""What a new password must be (NIST SP 800-63B section 3.1.1.2): long enough and not known; nothing is composed."""

import unicodedata
from collections.abc import Container, Iterable
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


def check(text: str, *, second_factor: bool, breached: Container[str], personal: Iterable[str] = ()) -> int:
    """The score, if it may be somebody's password. `breached` holds what leaked elsewhere.

    Raises Refusal("authenticators.password....") ending in too_short, too_long, unprintable, breached, too_common or
    personal.
    """
    password = normal(text)
    shortest = SHORTEST_WITH_SECOND_FACTOR if second_factor else SHORTEST_ALONE
    if len(password) < shortest:
        raise Refusal("authenticators.password.too_short", f"fewer than {shortest} characters", shortest=shortest)
    if len(password) > LONGEST:
        raise Refusal("authenticators.password.too_long", f"more than {LONGEST} characters", longest=LONGEST)
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in password):
        raise Refusal("authenticators.password.unprintable", "a control character")
    if password in breached:
        raise Refusal("authenticators.password.breached", "it was in a leak of another site's passwords")
    return _check_guesses(password, [word for word in personal if word])


def score(text: str, personal: Iterable[str] = ()) -> int:
    """How hard it is to guess, 0 to 4, whatever its length. Empty is 0."""
    reading: int = _zxcvbn.zxcvbn(normal(text)[:METER_READS], user_inputs=list(personal))["score"] if text else 0
    return reading


def _check_guesses(password: str, personal: list[str]) -> int:
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) <= 2:  # noqa: PLR2004 (aaaaaaaa, abababab)
        raise Refusal("authenticators.password.too_common", "it is on the list of common passwords")
    if any(word.casefold() in folded or folded in word.casefold() for word in personal if len(word) > 3):  # noqa: PLR2004
        raise Refusal("authenticators.password.personal", "it holds the person's own name or address")
    reached = score(password, personal)
    if reached < GUESSABLE:
        raise Refusal("authenticators.password.too_common", "it can be guessed quickly")
    return reached
