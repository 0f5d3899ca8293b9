"""RFC 6749 section 2.3, https://www.rfc-editor.org/rfc/rfc6749#section-2.3: who asks at the token endpoint.

With private_key_jwt as RFC 7523 section 3 and OpenID Connect Core section 9 have it. Left out: client_secret_jwt (a
secret we could not store hashed), certificates (mutual_tls), and comparing a secret (the room that keeps its hash does
it).
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_plus

from idp.protocol import jose
from idp.protocol.client_metadata import ASSERTION_ALGORITHMS, ClientMetadata
from idp.protocol.errors import INVALID_CLIENT, INVALID_REQUEST, OAuthError

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_ASSERTION_LIFE: Final = 3600  # what common client libraries write; the jti is remembered for as long
LONGEST_CREDENTIALS: Final = 2048
LONGEST_JTI: Final = 256

_BASIC = re.compile(r"basic +([A-Za-z0-9+/]+={0,2})", re.IGNORECASE)
_FORM = re.compile(r"(?:[\x21-\x24\x26-\x7E]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Presented:
    """How a request says who it is from; nothing is proved yet. `method` is a token endpoint authentication method."""

    method: str
    client_id: str
    secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AcceptedAssertion:
    """An assertion whose claims are right; `jti` must still be spent, and remembered until `expires_at`."""

    client_id: str
    jti: str
    expires_at: int


def presented(authorization: str | None, parameters: Mapping[str, str]) -> Presented:
    """The one method a request uses, from its Authorization header and its body.

    Raises OAuthError(invalid_request) for several methods, (invalid_client) for none or for unreadable credentials.
    """
    used = [
        authorization is not None,
        "client_secret" in parameters,
        "client_assertion" in parameters or "client_assertion_type" in parameters,
    ]
    if sum(used) > 1:
        raise OAuthError(INVALID_REQUEST, "The client authenticates in more than one way.")
    if authorization is not None:
        return _basic(authorization, parameters)
    if used[2]:
        return _asserted(parameters)
    client_id = parameters.get("client_id")
    if not client_id:
        raise OAuthError(INVALID_CLIENT, "The client does not say who it is.")
    secret = parameters.get("client_secret", "")
    return Presented("client_secret_post" if secret else "none", client_id, secret)


def check_method(claimed: Presented, client: ClientMetadata) -> None:
    """Refuse another method than the registered one: a stolen secret must not serve by another door.

    Raises OAuthError(invalid_client).
    """
    if claimed.method != client.token_endpoint_auth_method:
        raise OAuthError(INVALID_CLIENT, f"The client is registered for {client.token_endpoint_auth_method}.")


def verify_assertion(
    claimed: Presented, client: ClientMetadata, keys: jose.Keys, audiences: Collection[str], now: int
) -> AcceptedAssertion:
    """Signature and claims of a private_key_jwt assertion, under the client's registered `keys` and algorithm.

    Raises OAuthError(invalid_client).
    """
    registered = client.token_endpoint_auth_signing_alg
    algorithms = (registered,) if registered else ASSERTION_ALGORITHMS
    claims = jose.verify(jose.CLIENT_ASSERTION, claimed.assertion, keys, now, algorithms=algorithms)
    return verify_assertion_claims(claims, client_id=client.client_id, audiences=audiences, now=now)


def verify_assertion_claims(
    claims: Mapping[str, Any], *, client_id: str, audiences: Collection[str], now: int
) -> AcceptedAssertion:
    """RFC 7523 section 3, of claims whose signature and times `jose.verify` has checked.

    `audiences` is policy: the issuer, and for clients of plain OpenID Connect the token endpoint too. `aud` is one of
    them and nothing besides: a list of several would let one server use at another what it was shown.
    Raises OAuthError(invalid_client).
    """
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise _refused("iss and sub must both be the client_id")
    audience = claims.get("aud")
    if isinstance(audience, list) and len(audience) == 1:
        audience = audience[0]
    if not isinstance(audience, str) or audience not in audiences:
        raise _refused("aud must be this provider's issuer, alone")
    expires_at, jti = claims.get("exp"), claims.get("jti")
    if not isinstance(expires_at, int) or not now < expires_at <= now + LONGEST_ASSERTION_LIFE + jose.SKEW:
        raise _refused(f"exp must be at most {LONGEST_ASSERTION_LIFE} seconds ahead")
    if not all(isinstance(begin := claims.get(name, 0), int) and begin <= now + jose.SKEW for name in ("nbf", "iat")):
        raise _refused("it is not valid yet")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise _refused(f"jti must be a text of 1 to {LONGEST_JTI} characters")
    return AcceptedAssertion(client_id, jti, expires_at)


def _refused(why: str) -> OAuthError:
    return OAuthError(INVALID_CLIENT, f"The client_assertion is refused: {why}.")


def _asserted(parameters: Mapping[str, str]) -> Presented:
    if parameters.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in parameters:
        raise OAuthError(INVALID_CLIENT, f"client_assertion needs client_assertion_type {ASSERTION_TYPE}.")
    assertion = parameters["client_assertion"]
    _, claims = jose.unverified(jose.CLIENT_ASSERTION, assertion)
    return Presented("private_key_jwt", _same(claims["sub"], parameters), assertion=assertion)


def _basic(authorization: str, parameters: Mapping[str, str]) -> Presented:
    """Section 2.3.1: identifier and secret are form-urlencoded before they are joined by a colon."""
    match = _BASIC.fullmatch(authorization) if len(authorization) <= LONGEST_CREDENTIALS else None
    joined = _base64(match[1]) if match else ""
    identifier, _, secret = joined.partition(":")
    if not _FORM.fullmatch(identifier) or not _FORM.fullmatch(secret):
        raise OAuthError(INVALID_CLIENT, "The Authorization header does not hold form-urlencoded Basic credentials.")
    return Presented("client_secret_basic", _same(_decoded(identifier), parameters), _decoded(secret))


def _base64(text: str) -> str:
    """The ASCII text, or nothing if `text` is not its one canonical spelling."""
    try:
        octets = b64decode(text, validate=True)
        return octets.decode("ascii") if b64encode(octets).decode() == text else ""
    except (binascii.Error, UnicodeError):
        return ""


def _decoded(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeError:
        raise OAuthError(INVALID_CLIENT, "The Authorization header does not hold UTF-8.") from None


def _same(client_id: str, parameters: Mapping[str, str]) -> str:
    """A `client_id` in the body beside the credentials must be the same."""
    if parameters.get("client_id", client_id) != client_id:
        raise OAuthError(INVALID_CLIENT, "client_id is another client than the one that authenticates.")
    return client_id
