"""RFC 7662, https://www.rfc-editor.org/rfc/rfc7662: what a protected resource learns about a token.

Left out: JWT responses (RFC 9701), `username` (a name is nobody's business here), `nbf`.
"""

from collections.abc import Sequence

from idp.protocol.access_token import Kind
from idp.protocol.confirmation import UNBOUND, Confirmation

INACTIVE: dict[str, object] = {"active": False}
"""Section 2.2: for an unknown, expired, revoked or foreign token alike, so that nothing can be learnt."""


def active(  # noqa: PLR0913 (each argument is a member)
    *,
    issuer: str,
    client_id: str,
    scope: Sequence[str],
    kind: Kind,
    issued_at: int,
    expires_at: int,
    subject: str | None = None,
    audience: str | None = None,
    acr: str | None = None,
    auth_time: int | None = None,
    confirmation: Confirmation = UNBOUND,
) -> dict[str, object]:
    """The response for a token that is still good; times in Unix seconds.

    `subject` is the subject as the asking client knows the person, None for a client's own token. `acr` and `auth_time`
    as RFC 9470 section 6.2 has them; `confirmation` as RFC 9449 section 6.2 and RFC 8705 section 3.2 do.
    """
    response: dict[str, object] = {
        "active": True,
        "iss": issuer,
        "client_id": client_id,
        "scope": " ".join(scope),
        "iat": issued_at,
        "exp": expires_at,
    }
    optional: dict[str, object] = {"sub": subject, "aud": audience, "acr": acr, "auth_time": auth_time}
    optional["token_type"] = confirmation.token_type if kind is Kind.ACCESS else None
    optional["cnf"] = confirmation.document() or None
    return response | {name: value for name, value in optional.items() if value is not None}
