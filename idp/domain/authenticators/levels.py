"""What proofs are worth together (NIST SP 800-63B section 2, eIDAS 2015/1502 annex section 2.3.1). Pure."""

from collections.abc import Collection, Iterable

from idp.domain.authenticators.proof import KNOWLEDGE, POSSESSION, Proof
from idp.protocol.assurance import Amr, Level

TWO = 2
FACTOR = {
    str(Amr.PASSWORD): KNOWLEDGE,
    str(Amr.ONE_TIME_PASSWORD): POSSESSION,
    str(Amr.SOFTWARE_KEY): POSSESSION,
    str(Amr.HARDWARE_KEY): POSSESSION,
}


def authentication_level(proofs: Iterable[Proof]) -> Level:
    """Two different factors reach HIGH, one reaches LOW; the same factor twice is one factor."""
    factors = {factor for proof in proofs for factor in proof.factors}
    return Level.HIGH if len(factors) >= TWO else Level.LOW


def level_of(methods: Iterable[str]) -> Level:
    """The level of a session whose `amr` is known."""
    return Level.HIGH if Amr.MULTIPLE_FACTORS in methods else Level.LOW


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
