"""RFC 9126, https://www.rfc-editor.org/rfc/rfc9126: authorization requests that are pushed over the back channel.

A client sends its request itself, authenticated, and gets a `request_uri` that stands for it in the browser: 256 random
bits, for this client alone, soon over, good for one success. With the binding of the code to a DPoP key of RFC 9449
section 10.1. Left out: `request_uri` values of another form, and requests for redirect URIs that are not registered
(section 2.4).
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import INVALID_REQUEST, INVALID_REQUEST_URI, OAuthError

PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
OCTETS: Final = 32

_SHAPE = re.compile(re.escape(PREFIX) + r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def mint(octets: bytes) -> str:
    """Section 2.2: a `request_uri` from 32 random `octets`."""
    if len(octets) != OCTETS:
        raise ValueError(f"a request_uri is made of {OCTETS} octets")
    return PREFIX + urlsafe_b64encode(octets).rstrip(b"=").decode()


def is_pushed(uri: str) -> bool:
    """Whether `uri` says that it stands for a pushed request: those are never fetched."""
    return uri.startswith(PREFIX)


def recognise(uri: str) -> str:
    """What is stored of a `request_uri`: its SHA-256 in hexadecimal. Raises OAuthError for one of another shape."""
    if not _SHAPE.fullmatch(uri):
        raise OAuthError(INVALID_REQUEST_URI, "The request_uri is not one of ours.")
    return hashlib.sha256(uri.encode("ascii")).hexdigest()


def check_form(parameters: Mapping[str, str]) -> None:
    """Section 2.1: what is pushed is a request, never a reference to one. Raises OAuthError(invalid_request)."""
    if "request_uri" in parameters:
        raise OAuthError(INVALID_REQUEST, "request_uri must not be pushed.")


def bound(request: AuthorizationRequest, held: Confirmation) -> AuthorizationRequest:
    """RFC 9449 section 10.1: a DPoP proof beside the pushed request binds its code as `dpop_jkt` does.

    Raises OAuthError(invalid_request) if both are there and name different keys.
    """
    if held.jkt is None:
        return request
    if request.dpop_jkt not in (None, held.jkt):
        raise OAuthError(INVALID_REQUEST, "dpop_jkt is not the key of the DPoP proof.")
    return replace(request, dpop_jkt=held.jkt)


def response(uri: str, lifetime: int) -> dict[str, object]:
    """Section 2.2."""
    return {"request_uri": uri, "expires_in": lifetime}
