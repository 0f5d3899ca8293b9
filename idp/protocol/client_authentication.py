"""RFC 6749 section 2.3, https://www.rfc-editor.org/rfc/rfc6749#section-2.3: who asks at the token endpoint.

With the methods' names of OpenID Connect Core section 9. Left out: what an assertion must say (`client_assertion`) and
a certificate (`mutual_tls`), and comparing a secret (the room that keeps its digest does it).
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from idp.protocol import client_assertion, jose
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_CLIENT, INVALID_REQUEST, OAuthError

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_CREDENTIALS: Final = 2048

_BASIC = re.compile(r"basic +([A-Za-z0-9+/]+={0,2})", re.IGNORECASE)
_FORM = re.compile(r"(?:[\x21-\x24\x26-\x7E]++|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Presented:
    """How a request says who it is from; nothing is proved yet. `method` is a token endpoint authentication method."""

    method: str
    client_id: str
    secret: str = field(default="", repr=False)
    assertion: str = field(default="", repr=False)


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


def _asserted(parameters: Mapping[str, str]) -> Presented:
    if parameters.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in parameters:
        raise OAuthError(INVALID_CLIENT, f"client_assertion needs client_assertion_type {ASSERTION_TYPE}.")
    assertion = parameters["client_assertion"]
    method = client_assertion.method(assertion)
    _, claims = jose.unverified(client_assertion.PURPOSES[method], assertion)
    return Presented(method, _same(claims["sub"], parameters), assertion=assertion)


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
