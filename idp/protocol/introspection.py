"""RFC 7662, https://www.rfc-editor.org/rfc/rfc7662: what a protected resource learns about a token.

With `cnf` (RFC 8705 section 3.2, RFC 9449 section 6.2), `act` (RFC 8693 section 4.1), `acr` and `auth_time` (RFC 9470
section 6.2) and `authorization_details` (RFC 9396 section 9.2). Left out: `username` (a name is nobody's business
here), `nbf`, `jti`.
"""

from collections.abc import Sequence
from typing import Any

from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.jwt_access_token import SignIn, acting

INACTIVE: dict[str, object] = {"active": False}
"""Section 2.2: for an unknown, expired, revoked or foreign token alike, so that nothing can be learnt."""


def active(  # noqa: PLR0913 (each argument is a member)
    *,
    issuer: str,
    client_id: str,
    scope: Sequence[str],
    token_type: str,
    issued_at: int,
    expires_at: int,
    audience: Sequence[str],
    subject: str | None = None,
    sign_in: SignIn | None = None,
    confirmation: Confirmation = UNBOUND,
    actors: Sequence[str] = (),
    details: Sequence[Any] = (),
) -> dict[str, object]:
    """The response for an access token that is still good; times in Unix seconds.

    `subject` is the subject as the asking client knows the person, None for a client's own token.
    """
    response: dict[str, object] = {
        "active": True,
        "iss": issuer,
        "client_id": client_id,
        "scope": " ".join(scope),
        "token_type": token_type,
        "iat": issued_at,
        "exp": expires_at,
        "aud": audience[0] if len(audience) == 1 else list(audience),
    }
    if sign_in is not None:
        response |= {"acr": sign_in.acr, "auth_time": sign_in.auth_time}
    optional = {
        "sub": subject,
        "cnf": confirmation.document(),
        "act": acting(actors),
        "authorization_details": details,
    }
    return response | {name: value for name, value in optional.items() if value}
