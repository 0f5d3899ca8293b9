"""OpenID Connect Core 1.0 section 2, https://openid.net/specs/openid-connect-core-1_0.html#IDToken: its claims.

Left out: `azp` (the only audience is the client), `c_hash` (no hybrid flow), encryption, aggregated claims.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

ALGORITHMS: Final = ("RS256", "ES256")

_HASHES: Final[Mapping[str, Callable[[bytes], Any]]] = {
    "RS256": hashlib.sha256,
    "PS256": hashlib.sha256,
    "ES256": hashlib.sha256,
    "Ed25519": hashlib.sha512,
}
RESERVED: Final = frozenset(
    {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "nbf",
        "jti",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "azp",
        "sid",
        "at_hash",
        "c_hash",
    }
)


def build(  # noqa: PLR0913 (each argument is a claim)
    *,
    issuer: str,
    subject: str,
    client_id: str,
    now: int,
    lifetime: int,
    auth_time: int,
    acr: str,
    amr: Sequence[str],
    alg: str,
    session: str | None = None,
    nonce: str | None = None,
    access_token: str | None = None,
    claims: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The claims to sign for `jose.ID_TOKEN`; times in Unix seconds.

    `claims` are those asked for through `claims.id_token`, never those of a scope (section 5.4); they never take the
    place of one that the protocol sets. `alg` is the algorithm it will be signed with, which chooses the hash of
    `at_hash`; `session` is the `sid` of back-channel logout.
    """
    token: dict[str, object] = {name: value for name, value in (claims or {}).items() if name not in RESERVED}
    token |= {"iss": issuer, "sub": subject, "aud": client_id, "exp": now + lifetime, "iat": now}
    token |= {"auth_time": auth_time, "acr": acr, "amr": list(amr)}
    optional = {"nonce": nonce, "sid": session, "at_hash": access_token and at_hash(access_token, alg)}
    return token | {name: value for name, value in optional.items() if value is not None}


def at_hash(access_token: str, alg: str) -> str:
    """Section 3.1.3.6: the left half of the hash, base64url. ValueError for another algorithm."""
    if alg not in _HASHES:
        raise ValueError(f"no hash is defined for {alg!r}")
    digest: bytes = _HASHES[alg](access_token.encode("ascii")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
