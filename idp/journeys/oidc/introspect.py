"""What a protected resource may know about a token (RFC 7662)."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import AccessToken
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.provider import Provider
from idp.protocol import introspection
from idp.protocol.access_token import Kind, kind_of
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.parameters import required


def introspect(
    provider: Provider, client: Client, parameters: Mapping[str, str], _held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The introspection response: about this client's own tokens; every other one is inactive."""
    token = required(parameters, "token")
    if kind_of(token) is not Kind.ACCESS:
        return introspection.INACTIVE
    with provider.reading() as connection:
        active = grants.active_access_token(connection, token, provider.store.now())
        if active is None or active.client_id != client.id:
            return introspection.INACTIVE
        if active.grant is not None:
            person = records.find(connection, active.grant.person_id)
            if person is None or person.status is not Status.ACTIVE:
                return introspection.INACTIVE
    return _described(provider, client, active)


def _described(provider: Provider, client: Client, active: AccessToken) -> dict[str, object]:
    grant = active.grant
    return introspection.active(
        issuer=provider.issuer,
        client_id=active.client_id,
        scope=active.scope.split(),
        kind=Kind.ACCESS,
        issued_at=active.issued_at,
        expires_at=active.expires_at,
        subject=None if grant is None else subject_for(provider, client, grant.person_id),
        acr=None if grant is None else grant.context.acr,
        auth_time=None if grant is None else grant.context.auth_time,
        confirmation=active.terms.confirmation,
    )
