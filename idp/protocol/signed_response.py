"""JWT Secured Authorization Response Mode (JARM), https://openid.net/specs/oauth-v2-jarm.html: signed answers.

The parameters of an authorization response, of success and of error alike, as the claims of one JWT in the parameter
`response`: nobody in between can change, exchange or invent them. Left out: `fragment.jwt` (nothing but a code is
issued here), encryption.
"""

from collections.abc import Mapping
from typing import Final

from idp.protocol import response_mode
from idp.protocol.client_metadata import ID_TOKEN_ALGORITHMS, ClientMetadata

LIFETIME: Final = 300
"""Section 2.1: "a maximum JWT lifetime of 10 minutes is RECOMMENDED"."""
DEFAULT_ALGORITHM: Final = "RS256"  # section 3


def modes(client: ClientMetadata) -> tuple[str, ...]:
    """The response modes that `client` may ask for; the first holds when it asks for none."""
    return response_mode.SIGNED if client.rules.signed_response else response_mode.MODES


def algorithm(client: ClientMetadata) -> str:
    """Section 3: what it registered, else RS256, else the first that its profile allows and we have."""
    chosen = (client.authorization_signed_response_alg or DEFAULT_ALGORITHM, *ID_TOKEN_ALGORITHMS)
    return next(one for one in chosen if one in client.rules.algorithms)


def claims(issuer: str, client_id: str, parameters: Mapping[str, str], now: int) -> dict[str, object]:
    """Section 2.1: the response `parameters`, for this client only and for a short time."""
    return {**parameters, "iss": issuer, "aud": client_id, "exp": now + LIFETIME}
