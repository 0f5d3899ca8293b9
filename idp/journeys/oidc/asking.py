"""What an authorization request asks a citizen to share."""

from idp.domain.clients.registry import Client
from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.claims import Requested, requested_claims
from idp.protocol.scopes import OFFLINE_ACCESS


def requested(request: AuthorizationRequest, client: Client) -> Requested:
    """The claims asked for, by the place they would be told at, as far as the service's agreement goes."""
    return requested_claims(request.scope, request.claims, client.metadata.agreed_claims)


def needs_consent_to(request: AuthorizationRequest, client: Client) -> frozenset[str]:
    """Names the citizen must have allowed: every claim and resource, `openid` for the sign-in itself, coming back."""
    names = {"openid", *requested(request, client).names, *request.resource}
    return frozenset(names | ({OFFLINE_ACCESS} if OFFLINE_ACCESS in request.scope else set()))
