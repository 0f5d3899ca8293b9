"""RFC 9470, https://www.rfc-editor.org/rfc/rfc9470: a token that was good enough, and is not any more.

Our resource that tells about people (userinfo) asks for what the authorization was made for: what the client insisted
on, or its registered policy. It cannot be met any more when somebody's identity counts for less than it did. Left out:
`max_age`, because no resource of ours asks for a recent sign-in.
"""

from collections.abc import Iterable

from idp.protocol.assurance import HARDWARE_ACR, Level
from idp.protocol.claims import ClaimsRequest
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INSUFFICIENT_USER_AUTHENTICATION, OAuthError


def require(client: ClientMetadata, request: ClaimsRequest, acr: str, identity: Level) -> None:
    """Section 3: of the values that a token's `acr` met, one must still be met by who the person is now known to be.

    What was never met was no condition of that authorization (`acr_values` are a wish), so it is none now.
    Raises OAuthError(insufficient_user_authentication) with the `acr_values` to ask for.
    """
    insisted = request.values("acr") if request.is_essential("acr") else ()
    met = [value for value in insisted or client.default_acr_values if _is_met(value, acr, Level.HIGH)]
    if met and not any(_is_met(value, acr, identity) for value in met):
        reason = "The identity of this person is not verified any more at the level that was asked for."
        raise OAuthError(INSUFFICIENT_USER_AUTHENTICATION, reason, acr_values=" ".join(met))


def parameters(facts: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """What a WWW-Authenticate challenge says more (section 3), from the facts of the error."""
    return tuple(f'{name}="{value}"' for name, value in facts if name == "acr_values")


def _is_met(value: str, acr: str, identity: Level) -> bool:
    """Values that we do not know are never met, so none of them gets into a challenge."""
    if value == HARDWARE_ACR:
        return acr == HARDWARE_ACR
    level = Level.of(value)
    # Hardware is enough for every level, so there the identity alone decides.
    achieved = Level.of(acr) or Level.HIGH
    return level is not None and min(achieved, identity) >= level
