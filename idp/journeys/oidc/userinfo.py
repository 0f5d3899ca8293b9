"""What an access token lets its client know about the person (OpenID Connect Core section 5.3)."""

from idp.domain.grants import grants
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.oidc.tokens import claims_asked, claims_told, requested_by
from idp.journeys.provider import Provider
from idp.protocol import step_up
from idp.protocol.access_token import Kind, recognise
from idp.protocol.errors import INSUFFICIENT_SCOPE, INVALID_TOKEN, OAuthError
from idp.protocol.scopes import OPENID


def userinfo(provider: Provider, token: str) -> dict[str, object]:
    """The claims. Raises OAuthError(invalid_token), (insufficient_scope) or (insufficient_user_authentication)."""
    recognise(Kind.ACCESS, token)
    now = provider.store.now()
    with provider.reading() as connection:
        active = grants.active_access_token(connection, token, now)
        person = None if active is None or active.grant is None else records.find(connection, active.grant.person_id)
    client = None if active is None else provider.clients.find(active.client_id)
    if active is None or client is None or not client.active:
        raise OAuthError(INVALID_TOKEN, "The access token is unknown, expired or revoked.")
    if active.grant is None or OPENID not in active.scope.split():
        raise OAuthError(INSUFFICIENT_SCOPE, "The access token was not granted the openid scope.", scope=OPENID)
    if person is None or person.status is not Status.ACTIVE:
        raise OAuthError(INVALID_TOKEN, "The access token is unknown, expired or revoked.")
    step_up.require(client.metadata, claims_asked(active.grant), active.grant.context.acr, person.assurance)
    asked = requested_by(active.grant, active.scope, client)
    told = claims_told(provider, person.id, asked.userinfo, asked.verified_userinfo, now)
    return told | {"sub": subject_for(provider, client, person.id)}
