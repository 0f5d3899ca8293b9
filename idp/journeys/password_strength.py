"""What a password is worth while somebody still types it. Nothing is kept of it, and nobody needs to be signed in."""

from dataclasses import dataclass

from idp.domain.authenticators.methods import password_policy
from idp.foundation.limits import Limit, network_of, take
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider

FOR_ITS_FORM = frozenset(f"authenticators.password.{why}" for why in ("too_short", "too_long", "unprintable"))
"""Why a password may be refused that is hard to guess all the same."""
PER_ADDRESS = Limit("password.strength", 120, 60)


@dataclass(frozen=True, slots=True)
class Reading:
    """The meter's score of 0 to 4, and why the password would be refused; None if it would not."""

    score: int
    refusal: Refusal | None


def measure(provider: Provider, address: str, text: str, *, second_factor: bool) -> Reading:
    """Read the meter for somebody at a network address. What is personal is compared only when the password is set.

    Raises Refusal("too_many_attempts").
    """
    with provider.transaction() as tx:
        take(tx, PER_ADDRESS, network_of(address))
    return read(provider, text, second_factor=second_factor)


def read(provider: Provider, text: str, *, second_factor: bool) -> Reading:
    """As `measure`, for a password that was sent to be set, which has limits of its own."""
    try:
        return Reading(password_policy.check(text, second_factor=second_factor, breached=provider.breached), None)
    except Refusal as refusal:
        score = password_policy.score(text)
        known = refusal.code not in FOR_ITS_FORM
        return Reading(min(score, password_policy.GUESSABLE - 1) if known else score, refusal)
