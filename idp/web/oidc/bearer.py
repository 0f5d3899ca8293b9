"""Access tokens at our own protected resources: how they are shown, and what is said when one is not good enough.

RFC 6750 for bearer tokens, RFC 9449 section 7 for those bound to a key.
"""

from collections.abc import Mapping
from typing import Final

from idp.journeys.oidc.prove_possession import Proofs, Shown
from idp.protocol import dpop, step_up
from idp.protocol.errors import (
    INSUFFICIENT_SCOPE,
    INSUFFICIENT_USER_AUTHENTICATION,
    INVALID_DPOP_PROOF,
    INVALID_REQUEST,
    INVALID_TOKEN,
    USE_DPOP_NONCE,
    OAuthError,
)

BEARER: Final = "Bearer"
STATUS: Final[Mapping[str, int]] = {
    INVALID_REQUEST: 400,
    INVALID_TOKEN: 401,
    INVALID_DPOP_PROOF: 401,
    INSUFFICIENT_USER_AUTHENTICATION: 401,
    USE_DPOP_NONCE: 401,
    INSUFFICIENT_SCOPE: 403,
}
_SCHEMES: Final = {scheme.lower(): scheme for scheme in (BEARER, dpop.SCHEME)}
_ALGORITHMS: Final = f'algs="{" ".join(dpop.ALGORITHMS)}"'


def shown(authorization: str | None, proofs: Proofs) -> Shown:
    """The token of the Authorization header. Raises OAuthError(invalid_token)."""
    if authorization is None:
        raise OAuthError(INVALID_TOKEN, "An access token is needed.", absent=True)
    scheme, _, token = authorization.partition(" ")
    known = _SCHEMES.get(scheme.lower())
    if known is None or not token:
        raise OAuthError(INVALID_TOKEN, "The Authorization header must hold a Bearer or a DPoP token.")
    return Shown(token, known, proofs)


def challenge(authorization: str | None, error: OAuthError, *told: str) -> str:
    """The WWW-Authenticate header: what was wrong, by the scheme that was tried, and which other there is.

    `told` are further parameters (RFC 6750 section 3), beside those of RFC 9470 section 3. Who sent no token at all did
    nothing wrong (RFC 6750 section 3.1).
    """
    if "absent" in error.facts:
        return f"{BEARER}, {dpop.SCHEME} {_ALGORITHMS}"
    what = ", ".join(
        (
            f'error="{error.code}"',
            f'error_description="{error.reason}"',
            *step_up.parameters(error.facts.items()),
            *told,
        )
    )
    if (authorization or "").partition(" ")[0].lower() == dpop.SCHEME.lower():
        return f"{dpop.SCHEME} {what}, {_ALGORITHMS}"
    return f"{BEARER} {what}, {dpop.SCHEME} {_ALGORITHMS}"
