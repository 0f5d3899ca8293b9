"""RFC 9449, https://www.rfc-editor.org/rfc/rfc9449: DPoP, at each request a proof that its sender holds a key.

Section 4.3, check by check, for the token endpoint and for protected resources; the nonces of section 8 without any
state. Left out: percent-encoding and dot segments in `htu` (none of our addresses has them), `dpop_jkt` (it is compared
where codes are made and redeemed), and remembering `jti`, which needs a database.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from idp.protocol import jose, jwk_set
from idp.protocol.errors import INVALID_DPOP_PROOF, USE_DPOP_NONCE, OAuthError

SCHEME: Final = "DPoP"
"""Section 7.1: of the Authorization header, and the token_type."""
ALGORITHMS: Final = jose.DPOP_PROOF.algorithms
LONGEST_JTI: Final = 256
NONCE_SECONDS: Final = 120
"""How long a nonce is the newest; it is taken for as long again."""
KEPT_LONGER: Final = 60
"""Seconds a proof is remembered beyond its end, for nodes whose clocks disagree."""

_DEFAULT_PORTS: Final[Mapping[str, int]] = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the proof of one request must say. `urls` are the names that the address of the request has."""

    method: str
    urls: tuple[str, ...]
    nonces: Sequence[str]
    """Of `nonces`."""
    nonce_required: bool = False
    algorithms: Sequence[str] = ALGORITHMS
    token: str | None = None
    """The access token that came with it, at a protected resource."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that keeps every rule but one: `jti` must not have been seen under this key, until `expires_at`."""

    jkt: str
    """RFC 7638 thumbprint of the key that is held."""
    jti: str
    expires_at: int


def nonces(key: bytes, now: int) -> tuple[str, str]:
    """Section 8: the nonce to give out now, and the one before. Each says only in which window of time it was made."""
    window = now // NONCE_SECONDS
    return _nonce(key, window), _nonce(key, window - 1)


def verify(header: str, expected: Expected, now: int) -> Proof:
    """Section 4.3, of the value of the DPoP header.

    Raises OAuthError(invalid_dpop_proof), or (use_dpop_nonce) when nothing else is wrong.
    """
    if "," in header:
        raise _refused("there must be one DPoP header with one proof")
    read = jose.unverified(jose.DPOP_PROOF, header)
    try:
        key = jwk_set.public_key(read[0]["jwk"])
    except ValueError as error:
        raise _refused(f"its key {error}") from error
    claims = jose.confirmed(jose.DPOP_PROOF, header, read, key, now, algorithms=expected.algorithms)
    _check_request(claims, expected)
    _check_identifier(claims)
    if expected.token is not None:
        _check_token(claims, expected.token)
    return Proof(key.thumbprint(), claims["jti"], _fresh_until(claims, expected, now) + KEPT_LONGER)


def _check_request(claims: Mapping[str, Any], expected: Expected) -> None:
    """Items 8 and 9."""
    if claims["htm"] != expected.method:
        raise _refused("htm is not the method of the request")
    if not isinstance(claims["htu"], str) or _normal(claims["htu"]) not in map(_normal, expected.urls):
        raise _refused("htu is not the address of the request")


def _check_identifier(claims: Mapping[str, Any]) -> None:
    if len(claims["jti"]) > LONGEST_JTI:
        raise _refused(f"jti must be a text of 1 to {LONGEST_JTI} characters")


def _check_token(claims: Mapping[str, Any], token: str) -> None:
    """Item 12."""
    shown = claims.get("ath")
    hashed = urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=")
    if not isinstance(shown, str) or not hmac.compare_digest(shown.encode(), hashed):
        raise _refused("ath is not the hash of the access token")


def _fresh_until(claims: Mapping[str, Any], expected: Expected, now: int) -> int:
    """Items 10 and 11: a nonce of ours says when the proof was made; without one, `iat` and a clock like ours do."""
    if claims.get("exp", now + 1) <= now:
        raise _refused("it has expired")
    nonce = claims.get("nonce")
    if nonce is not None:
        if not _is_among(nonce, expected.nonces):
            raise OAuthError(USE_DPOP_NONCE, "The nonce of the DPoP proof is not one of ours, or too old.")
        return now + 2 * NONCE_SECONDS
    if expected.nonce_required:
        raise OAuthError(USE_DPOP_NONCE, "The DPoP proof needs the nonce that this answer carries.")
    if abs(claims["iat"] - now) > jose.SKEW:
        raise _refused(f"iat is more than {jose.SKEW} seconds from now, and there is no nonce")
    return int(claims["iat"]) + jose.SKEW


def _is_among(nonce: str, known: Iterable[str]) -> bool:
    """Compared in constant time: somebody who could guess it could make proofs in advance."""
    return any(hmac.compare_digest(nonce.encode(), one.encode()) for one in known)


def _nonce(key: bytes, window: int) -> str:
    made = hmac.digest(key, f"dpop|{window}".encode(), hashlib.sha256)
    return urlsafe_b64encode(made[:18]).decode()


def _normal(url: str) -> tuple[str, str, int | None, str] | None:
    """RFC 3986 sections 6.2.2.1 and 6.2.3, without query and fragment; None for what is no address of a server."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc or not url.isascii() or not url.isprintable():
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme), parts.path or "/"


def _refused(why: str) -> OAuthError:
    return OAuthError(INVALID_DPOP_PROOF, f"The DPoP proof is refused: {why}.")
