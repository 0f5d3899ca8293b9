"""Which service is calling, and what it may look at: its own ceremonies only."""

from sqlalchemy import Connection

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.signatures import ceremonies
from idp.domain.signatures.ceremonies import Ceremony
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.prove_possession import Shown, require_possession
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, recognise
from idp.protocol.errors import INSUFFICIENT_SCOPE, INVALID_TOKEN, OAuthError

SCOPE = "signing"


def authenticate(provider: Provider, shown: Shown) -> Client:
    """The service whose own token (client credentials) this is, if it is registered for signing.

    Raises OAuthError(invalid_token), what `require_possession` raises, or (insufficient_scope) for a person's token and
    for services that may not ask.
    """
    recognise(Kind.ACCESS, shown.token)
    with provider.reading() as connection:
        active = grants.active_access_token(connection, shown.token, provider.store.now())
    client = None if active is None else provider.clients.find(active.client_id)
    if active is None or client is None or not client.active:
        raise OAuthError(INVALID_TOKEN, "The access token is unknown, expired or revoked.")
    require_possession(provider, active.terms, shown, client)
    if active.terms.audience:
        raise OAuthError(INVALID_TOKEN, "The access token is for another resource.")
    if active.grant is not None or SCOPE not in active.scope.split() or not client.metadata.signing:
        reason = "This needs a token of the service itself (client_credentials) with the scope signing."
        raise OAuthError(INSUFFICIENT_SCOPE, reason, scope=SCOPE)
    return client


def own(connection: Connection, provider: Provider, client: Client, ceremony_id: str, now: int) -> Ceremony:
    """The service's own ceremony. Raises Refusal("signatures.unknown"), for another service's too."""
    ceremony = ceremonies.get(connection, provider.box, ceremony_id, now)
    if ceremony.client_id != client.id:
        raise Refusal("signatures.unknown", "there is no such signing request")
    return ceremony
