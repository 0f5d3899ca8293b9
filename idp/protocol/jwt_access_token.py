"""RFC 9068, https://www.rfc-editor.org/rfc/rfc9068: access tokens that a resource server can read by itself.

With `cnf` (RFC 7800), `act` (RFC 8693 section 4.1) and `authorization_details` (RFC 9396 section 9.1). Left out: claims
about the person (section 2.2.2), which are the user information endpoint's, and `roles`, `groups`, `entitlements`.

A client's own token (RFC 6749 section 4.4) is self-contained: what it says is all that is known of it. The form of its
`jti` tells it from the others, which count only while they are kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from idp.protocol.confirmation import UNBOUND, Confirmation


@dataclass(frozen=True, slots=True)
class SignIn:
    """Section 2.2.1: how the person signed in, where there was one."""

    auth_time: int
    acr: str
    amr: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SelfContained:
    """A client's own token, as it came back to us."""

    jti: str
    registered_at: int
    """When the registration was made under which it was issued."""
    client_id: str
    scope: str
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    confirmation: Confirmation


SELF_CONTAINED: Final = "own."
"""How the `jti` of a self-contained token begins, and no other: the others are base64url, which has no full stop."""
_JTI = re.compile(r"own\.(0|[1-9][0-9]{0,11})\.[A-Za-z0-9_-]{22}")
_OF_A_PERSON = frozenset({"act", "auth_time", "acr", "amr", "authorization_details"})


def self_contained_jti(registered_at: int, identifier: str) -> str:
    """The `jti` of a client's own token. It names the registration, so that no later one of the same name inherits it.

    `identifier` is 128 random bits in base64url.
    """
    return f"{SELF_CONTAINED}{registered_at}.{identifier}"


def read_self_contained(claims: Mapping[str, Any]) -> SelfContained | None:
    """What the verified `claims` say, which are our own; None unless they are whole those of a client's own token."""
    named = _JTI.fullmatch(claims["jti"])
    if named is None or claims["sub"] != claims["client_id"] or not _OF_A_PERSON.isdisjoint(claims):
        return None
    audience = claims["aud"]
    return SelfContained(
        jti=claims["jti"],
        registered_at=int(named[1]),
        client_id=claims["client_id"],
        scope=claims.get("scope", ""),
        audience=(audience,) if isinstance(audience, str) else tuple(audience),
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        confirmation=Confirmation.from_document(claims.get("cnf")),
    )


def build(  # noqa: PLR0913 (each argument is a claim)
    *,
    issuer: str,
    audience: Sequence[str],
    subject: str,
    client_id: str,
    jti: str,
    issued_at: int,
    expires_at: int,
    scope: str = "",
    sign_in: SignIn | None = None,
    confirmation: Confirmation = UNBOUND,
    actors: Sequence[str] = (),
    details: Sequence[Any] = (),
) -> dict[str, object]:
    """The claims to sign for `jose.ACCESS_TOKEN`; times in Unix seconds.

    `subject` is the person as the resource server knows her (section 6), or the client itself when there is none.
    """
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "sub": subject,
        "client_id": client_id,
        "jti": jti,
        "iat": issued_at,
        "exp": expires_at,
    }
    if sign_in is not None:
        claims |= {"auth_time": sign_in.auth_time, "acr": sign_in.acr, "amr": list(sign_in.amr)}
    optional = {"scope": scope, "cnf": confirmation.document(), "act": acting(actors), "authorization_details": details}
    return claims | {name: value for name, value in optional.items() if value}


def acting(actors: Sequence[str]) -> Mapping[str, object] | None:
    """RFC 8693 section 4.1: the value of `act`; the first of `actors` acts now, each later one acted before it."""
    chain: dict[str, object] | None = None
    for actor in reversed(actors):
        chain = {"sub": actor} if chain is None else {"sub": actor, "act": chain}
    return chain
