"""Anybody checks the signatures of a file. Nothing of it is kept."""

from typing import Final

from idp.domain.signatures import verification
from idp.domain.signatures.verification import Report
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.journeys.provider import Provider

CHECKS: Final = Limit("signing.checks", 60, 600)


def verify(provider: Provider, document: bytes, address: str) -> Report:
    """What the file's signatures are worth; `address` is the network address that asks.

    Raises Refusal("too_many_attempts"): a check costs a second of a processor.
    """
    with provider.transaction() as tx:
        limits.take(tx, CHECKS, limits.network_of(address))
    return verification.verify(document, provider.certificates.roots, provider.store.now())
