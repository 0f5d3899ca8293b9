"""RFC 7515 and RFC 7519, https://www.rfc-editor.org/rfc/rfc7519: signed tokens, one purpose each (RFC 8725).

joserfc signs and verifies; in front of it stands a gate, because a library must read what others write and we must not:
three canonical base64url segments, I-JSON, explicit `alg` and `typ` for each purpose, no key, no address and no
extension in the header (but for a DPoP proof, which is about a key), whole-second times. What else a client writes
into a header is ignored (RFC 7515 section 4); one that is said to be ours holds nothing else. Left out: encryption
(JWE), JSON serialization, detached and unencoded payloads, `crit`.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from idp.protocol.errors import (
    INVALID_CLIENT,
    INVALID_DPOP_PROOF,
    INVALID_REQUEST,
    INVALID_REQUEST_OBJECT,
    INVALID_SOFTWARE_STATEMENT,
    INVALID_TOKEN,
    OAuthError,
)
from idp.protocol.strict_json import DEEPEST, NotStrictJSON, parse_object

Keys = ECKey | RSAKey | OKPKey | KeySet | OctKey
Read = tuple[dict[str, Any], dict[str, Any]]
"""Header and claims as they are written, which nobody has confirmed yet."""

LARGEST_TOKEN: Final = 16 * 1024
SKEW: Final = 10
"""Seconds by which another's clock may be ahead of ours."""
LATEST_TIME: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
LONGEST_STRING: Final = 1024
MOST_AUDIENCES: Final = 8
HEADER_MEMBERS: Final = ("alg", "kid", "typ", "x5t", "x5t#S256")
"""What a header of ours may hold, and what we read in that of a client."""
NEVER_IN_A_HEADER: Final = frozenset({"jku", "x5u", "x5c", "crit", "b64", "zip"})
"""What no header may hold, nor `jwk` unless it must: keys are those that were registered, and there is no extension."""

_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_LAST = {2: re.compile(r"[AQgw]$"), 3: re.compile(r"[AEIMQUYcgkosw048]$")}  # RFC 4648 section 3.5
_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


class _Registry(jws.JWSRegistry):
    """joserfc's rules for one purpose: the algorithms named and no other; and in what we write, our header members."""

    max_header_length = 1024
    max_payload_length = LARGEST_TOKEN
    max_signature_length = 1536  # base64url of an RSA signature of 8,192 bits

    def __init__(self, algorithms: Sequence[str], *, by_client: bool, brings_key: bool) -> None:
        super().__init__(algorithms=tuple(algorithms), strict_check_header=not by_client)
        members = (*HEADER_MEMBERS, "jwk") if brings_key else HEADER_MEMBERS
        self.header_registry = {name: self.header_registry[name] for name in members}
        if brings_key:
            self.max_header_length = 4096  # an RSA key of 8,192 bits takes half of it


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a token is for, and so what it must look like. `types` are the values of `typ` that we read; "" is none."""

    name: str
    algorithms: tuple[str, ...]
    typ: str
    types: frozenset[str]
    required: tuple[str, ...]
    expires: bool
    refusal: str
    registry: jws.JWSRegistry
    deepest: int
    by_client: bool = False
    """Whether others write such a token, who may say more in its header than we know."""
    brings_key: bool = False
    """Whether the header holds the key (`jwk`): such a token proves that somebody has it, and nothing about whom."""


def _purpose(  # noqa: PLR0913 (each argument is a rule)
    name: str,
    algorithms: Sequence[str],
    *,
    required: Sequence[str],
    typ: str = "JWT",
    others: Sequence[str] = (),
    expires: bool = True,
    refusal: str = INVALID_REQUEST,
    deepest: int = DEEPEST,
    by_client: bool = False,
    brings_key: bool = False,
) -> Purpose:
    types = frozenset(one.lower() for one in (typ, *others))
    registry = _Registry(algorithms, by_client=by_client, brings_key=brings_key)
    rules = (tuple(required), expires, refusal, registry, deepest, by_client, brings_key)
    return Purpose(name, tuple(algorithms), typ, types, *rules)


ID_TOKEN: Final = _purpose("ID token", ("ES256", "RS256"), required=("iss", "sub", "aud", "exp", "iat"))
ID_TOKEN_HINT: Final = _purpose(
    "id_token_hint", ("ES256", "RS256"), required=("iss", "sub", "aud", "exp", "iat"), expires=False
)
"""An ID token that comes back to us: it proves who was meant, long after it expired (Core 3.1.2.1, Logout 1.0)."""
LOGOUT_TOKEN: Final = _purpose(
    "logout token", ("ES256", "RS256"), required=("iss", "aud", "exp", "iat", "jti", "events"), typ="logout+jwt"
)
ACCESS_TOKEN: Final = _purpose(
    "access token",
    ("ES256", "RS256"),
    required=("iss", "exp", "aud", "sub", "client_id", "iat", "jti"),  # RFC 9068 section 2.2
    typ="at+jwt",
    refusal=INVALID_TOKEN,
)
INTROSPECTION: Final = _purpose(
    "introspection response",
    ("ES256", "RS256"),
    required=("iss", "aud", "iat", "token_introspection"),  # RFC 9701 section 5
    typ="token-introspection+jwt",
    expires=False,
)
USER_INFORMATION: Final = _purpose(
    "user information", ("ES256", "RS256"), required=("iss", "sub", "aud"), expires=False
)
"""OpenID Connect Core 5.3.2. It has no `exp` and no `iat`, so that nobody takes it for an ID token."""
CLIENT_ASSERTION: Final = _purpose(
    "client_assertion",
    ("ES256", "PS256", "RS256", "Ed25519"),
    required=("iss", "sub", "aud", "exp", "jti"),
    others=("", "client-authentication+jwt"),  # RFC 7523 asks for no typ, its revision for the second
    refusal=INVALID_CLIENT,
    by_client=True,
)
REQUEST_OBJECT: Final = _purpose(
    "request object",
    ("ES256", "PS256", "RS256", "Ed25519"),
    required=("iss", "aud"),
    typ="oauth-authz-req+jwt",
    others=("JWT", ""),  # OpenID Connect Core section 6.1 asks for no typ
    expires=False,  # if it says when, request_object looks
    refusal=INVALID_REQUEST_OBJECT,
    deepest=DEEPEST + 5,  # it holds the parameter claims
    by_client=True,
)
AUTHORIZATION_RESPONSE: Final = _purpose("authorization response", ("ES256", "RS256"), required=("iss", "aud", "exp"))
SECRET_ASSERTION: Final = _purpose(
    "client_assertion",
    ("HS256",),
    required=CLIENT_ASSERTION.required,
    others=("", "client-authentication+jwt"),
    refusal=INVALID_CLIENT,
    by_client=True,
)
"""The same by a shared secret. A purpose of its own, so that a public key can never be taken for a secret."""
DPOP_PROOF: Final = _purpose(
    "DPoP proof",
    ("ES256", "PS256", "RS256", "Ed25519"),
    required=("jti", "htm", "htu", "iat"),
    typ="dpop+jwt",
    expires=False,
    refusal=INVALID_DPOP_PROOF,
    by_client=True,
    brings_key=True,
)
"""RFC 9449 section 4.2. When it was made is judged in `dpop`: a nonce of ours says it better than `iat`."""
SOFTWARE_STATEMENT: Final = _purpose(
    "software_statement",
    ("ES256", "PS256", "RS256", "Ed25519"),
    required=("iss",),
    others=("", "software-statement+jwt"),
    expires=False,  # RFC 7591 section 2.3 asks for no exp; one that is there is kept by software_statement
    refusal=INVALID_SOFTWARE_STATEMENT,
    by_client=True,
)


def sign(purpose: Purpose, claims: Mapping[str, object], key: ECKey | RSAKey | OKPKey, kid: str, alg: str) -> str:
    """The compact JWS of `claims` for `purpose`. ValueError for an algorithm that the purpose does not have."""
    header = _header(purpose.typ, alg, kid)
    if alg not in purpose.algorithms:
        raise ValueError(f"{purpose.name} is not signed with {alg}")
    return jws.serialize_compact(header, _written(claims), key, registry=purpose.registry)


def _written(claims: Mapping[str, object]) -> str | bytes:
    """As JSON. ValueError for a number that is none: orjson would write null for it, so who sees one looks again."""
    try:
        quickly = orjson.dumps(claims)
    except TypeError:  # Such as a number of more than 64 bits.
        return _ENCODE(claims)
    return _ENCODE(claims) if b"null" in quickly else quickly


def verify(
    purpose: Purpose,
    token: str,
    keys: Keys,
    now: int,
    *,
    issuer: str | None = None,
    algorithms: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The claims of `token`, which one of `keys` signed for `purpose`; `exp`, `nbf`, `iat` and `iss` are checked.

    `algorithms` narrows those of the purpose. Audience and replay are the caller's.
    Raises OAuthError with the purpose's code.
    """
    read = unverified(purpose, token)
    claims = confirmed(purpose, token, read, keys, now, algorithms=algorithms)
    if issuer is not None and claims.get("iss") != issuer:
        raise _refusal(purpose, "it has another issuer")
    return claims


def confirmed(
    purpose: Purpose,
    token: str,
    read: Read,
    keys: Keys,
    now: int,
    *,
    algorithms: Sequence[str] | None = None,
) -> dict[str, Any]:
    """As `verify`, for who looked first: `read` is what `unverified` made of this very token."""
    header, claims = read
    if algorithms is not None and header["alg"] not in algorithms:
        raise _refusal(purpose, "its algorithm is not the registered one")
    try:
        jws.deserialize_compact(token, keys, registry=purpose.registry)
    except (JoseError, ValueError, TypeError) as error:
        raise _refusal(purpose, "its signature is not valid under a known key") from error
    _check_times(purpose, claims, now)
    return claims


def algorithm(token: str) -> str:
    """The `alg` that a token names, to choose a purpose by; empty if it names none that can be read."""
    try:
        named = parse_object(_octets(token[:LARGEST_TOKEN].partition(".")[0])).get("alg")
    except (NotStrictJSON, _Malformed):
        return ""
    return named if isinstance(named, str) else ""


def unverified(purpose: Purpose, token: str) -> Read:
    """Header and claims as they are written, through the gate but not yet believed: to find whose keys to verify with.

    Raises OAuthError with the purpose's code.
    """
    try:
        header, claims = (parse_object(octets, deepest=purpose.deepest) for octets in _segments(token)[:2])
        _check_header(purpose, header)
        _check_claims(purpose, claims)
    except (NotStrictJSON, _Malformed) as error:
        raise _refusal(purpose, str(error)) from error
    return header, claims


class _Malformed(Exception):
    """The gate says no; the message says why."""


def _refusal(purpose: Purpose, why: str) -> OAuthError:
    return OAuthError(purpose.refusal, f"The {purpose.name} is refused: {why}.")


@lru_cache(maxsize=64)
def _header(typ: str, alg: str, kid: str) -> dict[str, Any]:
    """Shared by every token of a key: joserfc reads a header and does not write to it when given one key."""
    return {"alg": alg, "kid": kid, "typ": typ}


def _segments(token: str) -> list[bytes]:
    if len(token) > LARGEST_TOKEN:
        raise _Malformed("it is too large")
    segments = token.split(".", 3)
    if len(segments) != 3:  # noqa: PLR2004 (RFC 7515 section 3.1)
        raise _Malformed("it does not have three segments")
    return [_octets(segment) for segment in segments]


def _octets(segment: str) -> bytes:
    """RFC 7515 section 2: base64url without padding, and only the canonical spelling of its last bits."""
    last = _LAST.get(len(segment) % 4)
    if not _SEGMENT.fullmatch(segment) or len(segment) % 4 == 1 or (last and not last.search(segment)):
        raise _Malformed("a segment is not base64url")
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _check_header(purpose: Purpose, header: Mapping[str, Any]) -> None:
    if not _holds_what_it_may(purpose, header):
        raise _Malformed("its header holds something that is not allowed")
    if header.get("alg") not in purpose.algorithms:
        raise _Malformed(f"its algorithm is none of {', '.join(purpose.algorithms)}")
    typ = header.get("typ", "").lower().removeprefix("application/")  # RFC 7515 section 4.1.9
    if typ not in purpose.types:
        raise _Malformed("it was made for another purpose (typ)")


def _holds_what_it_may(purpose: Purpose, header: Mapping[str, Any]) -> bool:
    known = [value for name, value in header.items() if name in HEADER_MEMBERS]
    if not all(isinstance(value, str) for value in known):
        return False
    if not purpose.by_client:
        return len(known) == len(header)
    has_its_key = isinstance(header.get("jwk"), dict) if purpose.brings_key else "jwk" not in header
    return has_its_key and NEVER_IN_A_HEADER.isdisjoint(header)


def _check_claims(purpose: Purpose, claims: Mapping[str, Any]) -> None:
    missing = [name for name in purpose.required if claims.get(name) in (None, "", [])]
    if missing:
        raise _Malformed(f"it lacks {', '.join(missing)}")
    for name in ("iss", "sub", "jti", "nonce", "sid"):
        if name in claims and not _is_short_string(claims[name]):
            raise _Malformed(f"{name} is not a text")
    for name in ("exp", "nbf", "iat", "auth_time"):
        if name in claims and not _is_time(claims[name]):
            raise _Malformed(f"{name} is not a whole number of seconds in this age of the world")
    audiences = claims.get("aud", [])
    listed = audiences if isinstance(audiences, list) else [audiences]
    if len(listed) > MOST_AUDIENCES or not all(map(_is_short_string, listed)):
        raise _Malformed("aud is neither a text nor a list of texts")


def _is_short_string(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_STRING


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LATEST_TIME


def _check_times(purpose: Purpose, claims: Mapping[str, Any], now: int) -> None:
    if purpose.expires and claims.get("exp", 0) <= now:
        raise _refusal(purpose, "it has expired")
    made_at = 0 if purpose.brings_key else claims.get("iat", 0)
    if claims.get("nbf", 0) > now + SKEW or made_at > now + SKEW:
        raise _refusal(purpose, "it is not valid yet")
