"""RFC 9101, https://www.rfc-editor.org/rfc/rfc9101: authorization requests as JWTs that their client signed.

By value (`request`) or by a registered reference (`request_uri`), with OpenID Connect Core 1.0 section 6 and the limits
of FAPI 2.0 Message Signing section 5.3.1. Left out: unsigned and encrypted request objects.
"""

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from idp.protocol import jose
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_REQUEST_OBJECT, INVALID_REQUEST_URI, REQUEST_NOT_SUPPORTED, OAuthError
from idp.protocol.parameters import REPEATABLE, single

LONGEST_LIFE: Final = 3600
"""FAPI 2.0 Message Signing section 5.3.1: from `nbf` to `exp`, and since `nbf`."""
OF_THE_TOKEN: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
"""Claims about the object itself, not parameters of the request."""
FORBIDDEN: Final = ("request", "request_uri")
TEXTS: Final = frozenset(
    {
        "acr_values",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "display",
        "dpop_jkt",
        "id_token_hint",
        "login_hint",
        "nonce",
        "prompt",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "state",
        "ui_locales",
    }
)
"""Parameters that are a JSON string, or a list of them if a form may repeat it; others may be numbers or structures."""

_UNSIGNED = re.compile(r"[^.]*\.[^.]*\.")
_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def look_at(token: str, client: ClientMetadata, issuer: str, now: int) -> str | None:
    """Everything that can be judged without a key, so that nothing is fetched for what is wrong; the `kid` it names.

    Raises OAuthError(invalid_request_object), or (request_not_supported) for an object without a signature from a
    client that need not sign.
    """
    _check_form(token, client)
    header, claims = jose.unverified(jose.REQUEST_OBJECT, token)
    if header["alg"] not in algorithms(client):
        raise _refused("its algorithm is not one that the client is registered for")
    _check_claims(claims, client, issuer, now)
    kid: str | None = header.get("kid")
    return kid


def read(token: str, client: ClientMetadata, keys: jose.Keys, issuer: str, now: int) -> dict[str, str]:
    """The parameters of the request that `token` holds, which one of the client's `keys` signed.

    Raises OAuthError as `look_at` does, and (invalid_request) for parameters that are too long.
    """
    look_at(token, client, issuer, now)
    claims = jose.verify(jose.REQUEST_OBJECT, token, keys, now, issuer=client.client_id, algorithms=algorithms(client))
    return _parameters(claims)


def algorithms(client: ClientMetadata) -> tuple[str, ...]:
    """Those of its profile, or the one it registered."""
    registered = client.request_object_signing_alg
    return tuple(one for one in client.signed_with if not registered or one == registered)


def assembled(outer: Mapping[str, str], inner: Mapping[str, str], client: ClientMetadata) -> Mapping[str, str]:
    """The request that counts, of what stood beside the object and in it.

    RFC 9101 section 6.3 lets the object alone speak, and so it is. Only if a client that need not sign sends
    `response_type` beside it too, as OpenID Connect Core section 6.1 tells it to, does the object add to what stands
    beside it; it wins, and the two that Core names must not differ.
    """
    if client.signs_requests or "response_type" not in outer:
        if "client_id" not in inner:
            raise _refused("it lacks client_id")
        return inner
    for name in ("client_id", "response_type"):
        if inner.get(name, outer.get(name)) != outer.get(name):
            raise _refused(f"{name} differs from the one beside it")
    beside = {name: value for name, value in outer.items() if name not in FORBIDDEN}
    return beside | dict(inner)


def is_registered(uri: str, client: ClientMetadata) -> bool:
    """OpenID Connect Registration section 2: the hash in the fragment may change, unless it was registered too."""
    return uri in client.request_uris or uri.partition("#")[0] in client.request_uris


def check_hash(uri: str, text: str) -> None:
    """Core 6.2: a fragment is the base64url SHA-256 of what stands there. Raises OAuthError(invalid_request_uri)."""
    _, has_fragment, fragment = uri.partition("#")
    if has_fragment and fragment != urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode():
        raise OAuthError(INVALID_REQUEST_URI, "What stands at request_uri is not what its fragment says.")


def _check_form(token: str, client: ClientMetadata) -> None:
    if token.count(".") == 4:  # noqa: PLR2004 (RFC 7516 section 3.1)
        raise _refused("encryption is not supported")
    if _UNSIGNED.fullmatch(token):
        code = INVALID_REQUEST_OBJECT if client.signs_requests else REQUEST_NOT_SUPPORTED
        raise OAuthError(code, "A request object without a signature is not supported.")


def _check_claims(claims: Mapping[str, Any], client: ClientMetadata, issuer: str, now: int) -> None:
    """RFC 9101 sections 4, 5 and 10.8: whose it is, for whom, and that it is no other JWT of the client's."""
    audience = claims["aud"]
    if claims["iss"] != client.client_id or claims.get("client_id", client.client_id) != client.client_id:
        raise _refused("iss and client_id must be the client's")
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        raise _refused("aud must be this provider's issuer")
    if claims.get("sub") == client.client_id:
        raise _refused("sub must not be the client, or it could serve to authenticate it")
    if not claims.keys().isdisjoint(FORBIDDEN):
        raise _refused("it must not hold another request")
    if "exp" in claims and claims["exp"] <= now:
        raise _refused("it has expired")
    if client.rules.signed_request:
        _check_life(claims, now)


def _check_life(claims: Mapping[str, Any], now: int) -> None:
    """FAPI 2.0 Message Signing section 5.3.1."""
    begins, ends = claims.get("nbf"), claims.get("exp")
    if begins is None or ends is None:
        raise _refused("it lacks nbf or exp")
    if begins < now - LONGEST_LIFE or ends - begins > LONGEST_LIFE:
        raise _refused("it is older than an hour, or lives longer")


def _parameters(claims: Mapping[str, Any]) -> dict[str, str]:
    """RFC 9101 section 4: numbers and structures stand in it as JSON; here they are what a form would hold.

    RFC 8707 section 2.1: what a form repeats is a list.
    """
    told = {name: value for name, value in claims.items() if name not in OF_THE_TOKEN}
    return single([(name, _text(name, one)) for name, value in told.items() for one in _each(name, value)])


def _each(name: str, value: Any) -> list[Any]:
    return value if name in REPEATABLE and isinstance(value, list) else [value]


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if name in TEXTS:
        raise _refused(f"{name} is not a text")
    if isinstance(value, dict | list):
        return _ENCODE(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _refused(f"{name[:80]} is neither a text, nor a whole number, nor a structure")


def _refused(why: str) -> OAuthError:
    return OAuthError(INVALID_REQUEST_OBJECT, f"The request object is refused: {why}.")
