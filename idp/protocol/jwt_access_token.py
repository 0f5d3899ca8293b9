"""RFC 9068, https://www.rfc-editor.org/rfc/rfc9068: access tokens that a resource server can read by itself.

With `cnf` (RFC 7800), `act` (RFC 8693 section 4.1) and `authorization_details` (RFC 9396 section 9.1). Left out: claims
about the person (section 2.2.2), which are the user information endpoint's, and `roles`, `groups`, `entitlements`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from idp.protocol.confirmation import UNBOUND, Confirmation


@dataclass(frozen=True, slots=True)
class SignIn:
    """Section 2.2.1: how the person signed in, where there was one."""

    auth_time: int
    acr: str
    amr: tuple[str, ...]


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
