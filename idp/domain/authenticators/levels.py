"""What proofs are worth together, and for how long (NIST SP 800-63B sections 2.1 to 2.3). Pure."""

from collections.abc import Collection, Iterable

from idp.domain.authenticators.proof import KNOWLEDGE, POSSESSION, Proof
from idp.protocol.assurance import Amr, Strength

TWO = 2
FACTOR = {
    str(Amr.PASSWORD): KNOWLEDGE,
    str(Amr.ONE_TIME_PASSWORD): POSSESSION,
    str(Amr.SMS): POSSESSION,
    str(Amr.SOFTWARE_KEY): POSSESSION,
    str(Amr.HARDWARE_KEY): POSSESSION,
}
UNRESTRICTED = {str(Amr.ONE_TIME_PASSWORD), str(Amr.SOFTWARE_KEY), str(Amr.HARDWARE_KEY)}

HARDWARE_LASTS = (12 * 3600, 15 * 60)
"""Seconds since the last proof, and since the last use, for which AAL3 stands (section 2.3.3)."""
TWO_FACTORS_LAST = (24 * 3600, 3600)
"""The same for AAL2 (section 2.2.3)."""


def strength(proofs: Iterable[Proof]) -> Strength:
    """What a set of proofs reaches; the same factor twice is one factor."""
    return strength_of(amr(proofs))


def strength_of(methods: Collection[str]) -> Strength:
    """What a session whose `amr` is known has reached."""
    if Amr.MULTIPLE_FACTORS not in methods:
        return Strength.ONE_FACTOR
    if Amr.HARDWARE_KEY in methods:
        return Strength.HARDWARE
    return Strength.TWO_FACTORS if UNRESTRICTED & set(methods) else Strength.RESTRICTED


def standing(methods: Collection[str], auth_time: int, last_seen_at: int, now: int) -> Strength:
    """What a session's `amr` is still worth, so long after the last proof and after the last use."""
    ages = (now - auth_time, now - last_seen_at)
    reached = strength_of(methods)
    if reached is Strength.HARDWARE and _is_over(ages, HARDWARE_LASTS):
        reached = Strength.TWO_FACTORS
    if reached > Strength.ONE_FACTOR and _is_over(ages, TWO_FACTORS_LAST):
        reached = Strength.ONE_FACTOR
    return reached


def still_counting(methods: Collection[str], strength: Strength) -> tuple[str, ...]:
    """The `amr` of a session that is worth no more than `strength` any more: further proofs add to this."""
    if strength_of(methods) <= strength:
        return tuple(methods)
    if strength is not Strength.ONE_FACTOR:
        return handed_over(methods)
    one = str(Amr.PASSWORD) if Amr.PASSWORD in methods else _first_possession(methods)
    return (one,)


def handed_over(methods: Collection[str]) -> tuple[str, ...]:
    """What methods used on one device are worth on another: no key was there, so none counts as hardware."""
    return tuple(dict.fromkeys(_as_software(method) for method in methods))


def together(earlier: Collection[str], proofs: Iterable[Proof]) -> tuple[str, ...]:
    """The `amr` of a session after further proofs: what stood before counts, and another factor makes several."""
    before = [method for method in earlier if method != Amr.MULTIPLE_FACTORS]
    factors = {FACTOR[method] for method in before if method in FACTOR}
    used = list(proofs)
    factors |= {factor for proof in used for factor in proof.factors}
    methods = [*before, *(str(method) for proof in used for method in proof.amr)]
    several = [str(Amr.MULTIPLE_FACTORS)] if len(factors) >= TWO or Amr.MULTIPLE_FACTORS in set(earlier) else []
    return tuple(dict.fromkeys([*methods, *several]))


def amr(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """The methods used, each once, with `mfa` when they are several factors."""
    return together((), proofs)


def _is_over(ages: tuple[int, int], lasts: tuple[int, int]) -> bool:
    return ages[0] >= lasts[0] or ages[1] >= lasts[1]


def _as_software(method: str) -> str:
    return str(Amr.SOFTWARE_KEY) if method == Amr.HARDWARE_KEY else method


def _first_possession(methods: Collection[str]) -> str:
    return next(_as_software(method) for method in methods if FACTOR.get(method) == POSSESSION)
