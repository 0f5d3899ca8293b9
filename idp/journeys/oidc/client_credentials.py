"""A client's own token (RFC 6749 section 4.4): no person, no scope that stands for claims."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.foundation.audit.event import Event
from idp.foundation.randomness import octets
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import INVALID_SCOPE, OAuthError
from idp.protocol.scopes import CLAIMS_OF


def client_credentials(
    provider: Provider, client: Client, parameters: Mapping[str, str], held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The token response. Raises OAuthError(invalid_scope) for a scope that is not the client's own."""
    registered = [scope for scope in client.metadata.scope if scope not in CLAIMS_OF]
    asked = parameters["scope"].split() if "scope" in parameters else registered
    if not set(asked) <= set(registered):
        raise OAuthError(INVALID_SCOPE, "The client is not registered for this scope without a person.")
    token = mint(Kind.ACCESS, octets(32))
    scope = " ".join(asked)
    with provider.transaction() as tx:
        grants.add_access_token(tx, token, client.id, scope, provider.lifetimes.access_token, None, grants.Terms(held))
        tx.record(Event("oidc.token.issued", client.id, client.id, {"scope": scope}))
    response: dict[str, object] = {
        "access_token": token,
        "token_type": held.token_type,
        "expires_in": provider.lifetimes.access_token,
    }
    return response | ({"scope": scope} if scope else {})
