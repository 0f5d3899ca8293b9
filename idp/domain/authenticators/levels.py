"""What proofs are worth together (NIST SP 800-63B section 2, eIDAS 2015/1502 annex section 2.3.1). Pure."""

from collections.abc import Iterable

from idp.domain.authenticators.proof import Proof
from idp.protocol.assurance import Amr, Level

TWO = 2


def authentication_level(proofs: Iterable[Proof]) -> Level:
    """Two different factors reach HIGH, one reaches LOW; the same factor twice is one factor."""
    factors = {factor for proof in proofs for factor in proof.factors}
    return Level.HIGH if len(factors) >= TWO else Level.LOW


def amr(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """The methods used, each once, with `mfa` when they are several factors."""
    used = list(proofs)
    methods = [method for proof in used for method in proof.amr]
    if authentication_level(used) > Level.LOW:
        methods.append(Amr.MULTIPLE_FACTORS)
    return tuple(dict.fromkeys(str(method) for method in methods))
