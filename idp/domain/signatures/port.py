"""Who certifies a signer, and who says when something was signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.x509 import Certificate, Name


@dataclass(frozen=True, slots=True)
class Issued:
    """A signer's certificate with all that anybody needs to check it later, without asking the authority again."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    """Issuing authority first, root last."""
    ocsp: bytes
    """The DER of an OCSP response that calls the certificate good."""
    crls: tuple[bytes, ...]
    """The DER of the lists that the chain and the time-stamps are checked against."""


class CertificateAuthority(Protocol):
    """Certifies one-shot keys."""

    @property
    def roots(self) -> Sequence[Certificate]:
        """What a verifier must trust."""

    def issue(self, subject: Name, key: EllipticCurvePublicKey, now: int) -> Issued:
        """A short-lived certificate for a key that will be used once."""


class TimestampAuthority(Protocol):
    """Answers time-stamp requests (RFC 3161)."""

    @property
    def certificates(self) -> Sequence[Certificate]:
        """The authority's own certificate first, then its chain."""

    def answer(self, request: bytes, now: int) -> bytes:
        """The DER TimeStampResp to a DER TimeStampReq."""
