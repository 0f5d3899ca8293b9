"""FAPI 2.0 Security Profile section 5.3.2, https://openid.net/specs/fapi-security-profile-2_0-final.html: profiles.

A profile is what a client promises to do and what we insist on, as data: a registration picks one by name. With FAPI
2.0 Message Signing sections 5.3 and 5.4, and two of our own: `standard`, which any library can keep, and
`high-assurance`, for services that cannot prove possession of a key at each request but hold one. Left out: nothing of
what these say of clients; what they say of TLS is the front server's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ASYMMETRIC_METHODS: Final = ("private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth")
SECRET_METHODS: Final = ("client_secret_basic", "client_secret_post", "client_secret_jwt")
AUTH_METHODS: Final = (*SECRET_METHODS, *ASYMMETRIC_METHODS, "none")
ALGORITHMS: Final = ("ES256", "PS256", "RS256", "Ed25519")
FAPI_ALGORITHMS: Final = ("ES256", "PS256", "Ed25519")
"""FAPI 2.0 Security Profile section 5.4.1, in the names of RFC 9864."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What holds for every client of this profile, whatever else its registration says."""

    name: str
    auth_methods: tuple[str, ...] = AUTH_METHODS
    algorithms: tuple[str, ...] = ALGORITHMS
    """With which it, and we for it, may sign."""
    pushed: bool = False
    """It sends its authorization requests over the back channel (RFC 9126), and is heard in no other way."""
    signed_request: bool = False
    """These requests are signed (RFC 9101)."""
    signed_response: bool = False
    """Our authorization responses are signed (JARM)."""
    sender_constrained: bool = False
    """Its access tokens are bound to a key of its own, by DPoP or by a certificate."""
    issuer_is_audience: bool = False
    """The only `aud` of what it signs is our issuer, as a text."""
    rotates_refresh_tokens: bool = True
    """A refresh token works once. FAPI 2.0 section 5.3.2.1 forbids it: the token is bound to its client instead."""


STANDARD: Final = Profile("standard")
HIGH_ASSURANCE: Final = Profile(
    "high-assurance", auth_methods=ASYMMETRIC_METHODS, algorithms=FAPI_ALGORITHMS, pushed=True
)
FAPI2_SECURITY: Final = Profile(
    "fapi2-security",
    auth_methods=ASYMMETRIC_METHODS,
    algorithms=FAPI_ALGORITHMS,
    pushed=True,
    sender_constrained=True,
    issuer_is_audience=True,
    rotates_refresh_tokens=False,
)
FAPI2_MESSAGE_SIGNING: Final = Profile(
    "fapi2-message-signing",
    auth_methods=ASYMMETRIC_METHODS,
    algorithms=FAPI_ALGORITHMS,
    pushed=True,
    signed_request=True,
    signed_response=True,
    sender_constrained=True,
    issuer_is_audience=True,
    rotates_refresh_tokens=False,
)
PROFILES: Final[Mapping[str, Profile]] = {
    profile.name: profile for profile in (STANDARD, HIGH_ASSURANCE, FAPI2_SECURITY, FAPI2_MESSAGE_SIGNING)
}
