"""Which keys whoever asks has proved to hold, beside saying which client it is."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from idp.domain.clients.registry import Client
from idp.domain.grants.grants import Terms
from idp.foundation.once import first_sight
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.protocol import dpop, mutual_tls
from idp.protocol.confirmation import Confirmation
from idp.protocol.dpop import SCHEME
from idp.protocol.errors import INVALID_DPOP_PROOF, INVALID_TOKEN, OAuthError

SEEN = "dpop_proof"


class Proofs(NamedTuple):
    """What one request carries; nothing of it is believed yet.

    `method` and `url` are those of the request, as our issuer names the address; `dpop` is the DPoP header as it came,
    `certificate` the client's certificate as PEM, which only a trusted proxy can hand over, `address` whence it came.
    """

    method: str
    url: str
    dpop: str | None = None
    certificate: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An access token as a request to a protected resource shows it: under which scheme, and with which proofs."""

    token: str
    scheme: str
    proofs: Proofs


def possession(provider: Provider, proofs: Proofs, client: Client) -> Confirmation:
    """The keys that are proved. Raises OAuthError(invalid_dpop_proof), (use_dpop_nonce) or (invalid_request)."""
    jkt = None
    if proofs.dpop is not None:
        jkt = _proved(provider, proofs, proofs.dpop, client.metadata.signed_with)
    return Confirmation(jkt, _thumbprint(provider, proofs))


def require_possession(provider: Provider, terms: Terms, shown: Shown, client: Client) -> None:
    """A bound token is worth nothing without the key it is bound to (RFC 9449 section 7, RFC 8705 section 3).

    Raises OAuthError(invalid_token), (invalid_dpop_proof), (use_dpop_nonce) or (invalid_request).
    """
    bound = terms.confirmation
    if (shown.scheme == SCHEME) is not (bound.jkt is not None):
        raise OAuthError(INVALID_TOKEN, f"This access token is shown under the scheme {bound.token_type} and no other.")
    if bound.jkt is not None:
        if shown.proofs.dpop is None:
            raise OAuthError(INVALID_DPOP_PROOF, "A DPoP proof is missing.")
        jkt = _proved(provider, shown.proofs, shown.proofs.dpop, client.metadata.signed_with, shown.token)
        _require_same(bound.jkt, jkt, "DPoP key")
    if bound.x5t is not None:
        _require_same(bound.x5t, _thumbprint(provider, shown.proofs) or "", "client certificate")


def fresh_nonce(provider: Provider) -> str:
    """What the next DPoP proof may carry (RFC 9449 section 8)."""
    return dpop.nonces(provider.dpop_nonce_key, provider.store.now())[0]


def _require_same(bound: str, held: str, what: str) -> None:
    if not hmac.compare_digest(bound.encode(), held.encode()):
        raise OAuthError(INVALID_TOKEN, f"The access token is bound to another {what}.")


def _proved(
    provider: Provider, proofs: Proofs, header: str, algorithms: Sequence[str], token: str | None = None
) -> str:
    """The thumbprint of the key that the DPoP proof is made with; the proof is spent."""
    now = provider.store.now()
    expected = dpop.Expected(
        proofs.method,
        _names_of(provider, proofs.url),
        dpop.nonces(provider.dpop_nonce_key, now),
        nonce_required=provider.dpop_nonce_required,
        algorithms=algorithms,
        token=token,
    )
    proof = dpop.verify(header, expected, now)

    def spend(tx: Tx) -> None:
        if not first_sight(tx, SEEN, f"{proof.jkt}|{proof.jti}", proof.expires_at):
            raise OAuthError(INVALID_DPOP_PROOF, "The DPoP proof was used before.")

    provider.store.first(spend)
    return proof.jkt


def _names_of(provider: Provider, url: str) -> tuple[str, ...]:
    """RFC 8705 section 5: with mutual TLS the same address has a second name."""
    if provider.mutual_tls is None or not provider.mutual_tls.url:
        return (url,)
    return url, provider.mutual_tls.url + url.removeprefix(provider.issuer)


def _thumbprint(provider: Provider, proofs: Proofs) -> str | None:
    if proofs.certificate is None:
        return None
    return mutual_tls.read(proofs.certificate, provider.store.now()).thumbprint
