"""What an access token lets its client know about the person (OpenID Connect Core section 5.3)."""

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.journeys.oidc.prove_possession import Shown, require_possession
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.oidc.tokens import claims_asked, claims_told, requested_by
from idp.journeys.provider import Provider
from idp.protocol import jose, step_up
from idp.protocol.access_token import Kind, recognise
from idp.protocol.errors import INSUFFICIENT_SCOPE, INVALID_TOKEN, OAuthError
from idp.protocol.scopes import OPENID


def userinfo(provider: Provider, shown: Shown) -> dict[str, object] | str:
    """The claims, as a JWT for a client that registered for that (section 5.3.2).

    Raises OAuthError(invalid_token), also for a token that is for another resource, (insufficient_scope),
    (insufficient_user_authentication), or what `require_possession` raises.
    """
    recognise(Kind.ACCESS, shown.token)
    now = provider.store.now()
    with provider.reading() as connection:
        active = grants.active_access_token(connection, shown.token, now)
        person = None if active is None or active.grant is None else records.find(connection, active.grant.person_id)
    client = None if active is None else provider.clients.find(active.client_id)
    if active is None or client is None or not client.active:
        raise OAuthError(INVALID_TOKEN, "The access token is unknown, expired or revoked.")
    require_possession(provider, active.terms, shown, client)
    if active.terms.audience:
        raise OAuthError(INVALID_TOKEN, "The access token is for another resource.")
    if active.grant is None or OPENID not in active.scope.split():
        raise OAuthError(INSUFFICIENT_SCOPE, "The access token was not granted the openid scope.", scope=OPENID)
    if person is None or person.status is not Status.ACTIVE:
        raise OAuthError(INVALID_TOKEN, "The access token is unknown, expired or revoked.")
    step_up.require(client.metadata, claims_asked(active.grant), active.grant.context.acr, person.assurance)
    asked = requested_by(active.grant, active.scope, client)
    told = claims_told(provider, person.id, asked.userinfo, asked.verified_userinfo, now)
    return _answered(provider, client, told | {"sub": subject_for(provider, client, person.id)})


def _answered(provider: Provider, client: Client, told: dict[str, object]) -> dict[str, object] | str:
    algorithm = client.metadata.userinfo_signed_response_alg
    if not algorithm:
        return told
    held = provider.keyring.signer("tokens", algorithm)
    addressed = told | {"iss": provider.issuer, "aud": client.id}
    return jose.sign(jose.USER_INFORMATION, addressed, held.signing_key, held.kid, algorithm)
