"""RFC 7800 section 3, https://www.rfc-editor.org/rfc/rfc7800#section-3: whose key a token is bound to (`cnf`).

With the members `jkt` of RFC 9449 section 6.1 and `x5t#S256` of RFC 8705 section 3.1, and what a client promised of its
tokens (RFC 9449 section 5.2, RFC 8705 section 3.4, FAPI 2.0 Security Profile section 5.3.2.1). Left out: `jwk`, `jwe`,
`kid` and `jku`, which would carry or fetch a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_REQUEST, OAuthError


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Thumbprints of the keys that whoever asks has proved to hold, or that a token is bound to; base64url."""

    jkt: str | None = None
    """RFC 7638 thumbprint of a DPoP key."""
    x5t: str | None = None
    """RFC 8705 section 3.1: SHA-256 of the client certificate's DER."""

    @property
    def binds(self) -> bool:
        """Whether there is any key at all; a token without one is a bearer token."""
        return self.jkt is not None or self.x5t is not None

    @property
    def token_type(self) -> str:
        """RFC 9449 section 5: how an access token bound so is shown. A certificate needs no scheme of its own."""
        return "Bearer" if self.jkt is None else "DPoP"

    def document(self) -> dict[str, str]:
        """The value of `cnf`; empty for a bearer token."""
        members = {"jkt": self.jkt, "x5t#S256": self.x5t}
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, str] | None) -> Self:
        """Of what `document` gave; it is our own, so nothing is checked again."""
        return cls((document or {}).get("jkt"), (document or {}).get("x5t#S256"))


UNBOUND: Final = Confirmation()
"""Nothing was proved, nothing is bound."""


def binding(client: ClientMetadata, held: Confirmation) -> Confirmation:
    """To which of the keys that `client` has proved to hold its tokens are bound.

    A DPoP proof always binds: whoever sends one asks for it. A certificate binds when the client registered that, or
    when it must be bound to something and brings nothing else: many a client shows one only to say who it is.
    Raises OAuthError(invalid_request) for a client that promised to prove a key and did not.
    """
    by_certificate = client.tls_client_certificate_bound_access_tokens
    if client.rules.sender_constrained and held.jkt is None and not client.dpop_bound_access_tokens:
        by_certificate = True
    bound = Confirmation(held.jkt, held.x5t if by_certificate else None)
    if client.dpop_bound_access_tokens and bound.jkt is None:
        raise OAuthError(INVALID_REQUEST, "The client is registered for bound tokens: a DPoP proof is missing.")
    if client.tls_client_certificate_bound_access_tokens and bound.x5t is None:
        raise OAuthError(INVALID_REQUEST, "The client is registered for bound tokens: its certificate is missing.")
    if client.rules.sender_constrained and not bound.binds:
        raise OAuthError(INVALID_REQUEST, "The profile of the client needs a DPoP proof or a client certificate.")
    return bound
