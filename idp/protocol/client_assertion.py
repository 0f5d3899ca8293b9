"""RFC 7523 section 3, https://www.rfc-editor.org/rfc/rfc7523#section-3: a client proves itself by what it signs.

With OpenID Connect Core section 9 (private_key_jwt, client_secret_jwt), and for the clients of those profiles FAPI 2.0
Security Profile section 5.3.2.1, items 6 and 13. Left out: assertions as a grant, and spending the `jti` (a journey).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from idp.protocol import jose
from idp.protocol.client_metadata import CLIENT_SECRET_JWT, PRIVATE_KEY_JWT, SECRET_ALGORITHMS, ClientMetadata
from idp.protocol.errors import INVALID_CLIENT, OAuthError

LONGEST_LIFE: Final = 3600  # what common client libraries write; the jti is remembered for as long
LONGEST_JTI: Final = 256
PURPOSES: Final[Mapping[str, jose.Purpose]] = {
    PRIVATE_KEY_JWT: jose.CLIENT_ASSERTION,
    CLIENT_SECRET_JWT: jose.SECRET_ASSERTION,
}


@dataclass(frozen=True, slots=True)
class Audiences:
    """By which names an assertion may address us.

    `endpoints` are the addresses of the token endpoint and of the endpoint that is asked (RFC 9126 section 2): old
    libraries name one of them. What is signed for FAPI names the issuer, as a text (FAPI 2.0 section 5.3.2.1, item 6).
    """

    issuer: str
    endpoints: tuple[str, ...] = ()

    def include(self, audience: object, client: ClientMetadata) -> bool:
        """Whether `aud` is one of the names that this client may use, and nothing besides.

        A list of several would let one server use at another what it was shown.
        """
        if client.rules.issuer_is_audience:
            return isinstance(audience, str) and audience == self.issuer
        if isinstance(audience, list) and len(audience) == 1:
            audience = audience[0]
        return isinstance(audience, str) and audience in (self.issuer, *self.endpoints)


@dataclass(frozen=True, slots=True)
class AcceptedAssertion:
    """An assertion that is right in all things; `jti` must still be spent, and remembered until `expires_at`."""

    client_id: str
    jti: str
    expires_at: int


class Plausible(NamedTuple):
    """An assertion of which all is right if one of the client's keys signed it."""

    read: jose.Read
    accepted: AcceptedAssertion

    @property
    def kid(self) -> str | None:
        """Which key it names."""
        kid: str | None = self.read[0].get("kid")
        return kid


def method(assertion: str) -> str:
    """The token endpoint authentication method that an assertion is of, by its algorithm."""
    return CLIENT_SECRET_JWT if jose.algorithm(assertion) in SECRET_ALGORITHMS else PRIVATE_KEY_JWT


def read(assertion: str, client: ClientMetadata, audiences: Audiences, now: int) -> Plausible:
    """An assertion in which nothing but the signature can still be wrong: only for such are keys fetched.

    Raises OAuthError(invalid_client).
    """
    found = jose.unverified(_purpose(client), assertion)
    return Plausible(found, check_claims(found[1], client, audiences, now))


def verify(assertion: str, found: Plausible, client: ClientMetadata, keys: jose.Keys, now: int) -> AcceptedAssertion:
    """What `read` found in this very assertion, if one of the client's `keys` (or its secret) signed it.

    Under its registered method and algorithm. Raises OAuthError(invalid_client).
    """
    jose.confirmed(_purpose(client), assertion, found.read, keys, now, algorithms=algorithms(client))
    return found.accepted


def algorithms(client: ClientMetadata) -> tuple[str, ...]:
    """Those of its profile, or the one that it registered (FAPI 2.0 section 5.4.1; Registration 1.0 section 2)."""
    allowed = SECRET_ALGORITHMS if client.token_endpoint_auth_method == CLIENT_SECRET_JWT else client.signed_with
    registered = client.token_endpoint_auth_signing_alg
    return tuple(one for one in allowed if registered in ("", one))


def check_claims(
    claims: Mapping[str, Any], client: ClientMetadata, audiences: Audiences, now: int
) -> AcceptedAssertion:
    """RFC 7523 section 3, items 1 to 7, but for the signature. Raises OAuthError(invalid_client)."""
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise _refused("iss and sub must both be the client_id")
    if not audiences.include(claims.get("aud"), client):
        alone = "as a text" if client.rules.issuer_is_audience else "alone"
        raise _refused(f"aud must be this provider's issuer, {alone}")
    expires_at, jti = claims.get("exp"), claims.get("jti")
    if not isinstance(expires_at, int) or not now < expires_at <= now + LONGEST_LIFE + jose.SKEW:
        raise _refused(f"exp must be at most {LONGEST_LIFE} seconds ahead")
    if not all(isinstance(begin := claims.get(name, 0), int) and begin <= now + jose.SKEW for name in ("nbf", "iat")):
        raise _refused("it is not valid yet")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise _refused(f"jti must be a text of 1 to {LONGEST_JTI} characters")
    return AcceptedAssertion(client.client_id, jti, expires_at)


def _purpose(client: ClientMetadata) -> jose.Purpose:
    """By the registered method, never by what the assertion says of itself."""
    purpose = PURPOSES.get(client.token_endpoint_auth_method)
    if purpose is None:
        raise _refused(f"the client is registered for {client.token_endpoint_auth_method}")
    return purpose


def _refused(why: str) -> OAuthError:
    return OAuthError(INVALID_CLIENT, f"The client_assertion is refused: {why}.")
