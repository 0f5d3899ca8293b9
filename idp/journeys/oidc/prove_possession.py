"""Which keys whoever asks has proved to hold, beside saying which client it is."""

from dataclasses import dataclass

from idp.journeys.provider import Provider
from idp.protocol.confirmation import UNBOUND, Confirmation


@dataclass(frozen=True, slots=True)
class Proofs:
    """What one request carries; nothing of it is believed yet.

    `method` and `url` are those of the request, as our issuer names the address; `dpop` is the DPoP header as it came,
    `certificate` the client's certificate as PEM, which only a trusted proxy can hand over, `address` whence it came.
    """

    method: str
    url: str
    dpop: str | None = None
    certificate: str | None = None
    address: str = ""


def possession(_provider: Provider, _proofs: Proofs) -> Confirmation:
    """The keys that are proved."""
    return UNBOUND
