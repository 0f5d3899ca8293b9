"""What a protected resource may know about a token (RFC 7662)."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants.grants import AccessToken
from idp.journeys.oidc.access_tokens import living, sign_in_of
from idp.journeys.oidc.granted_details import carried
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.oidc.tokens import token_type
from idp.journeys.provider import Provider
from idp.protocol import introspection, jose, signed_introspection
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.parameters import required


def introspect(
    provider: Provider, client: Client, parameters: Mapping[str, str], _held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The introspection response: about tokens of this client and for its resources; every other one is inactive."""
    active = living(provider, required(parameters, "token"))
    if active is None or not may_know(client, active):
        return introspection.INACTIVE
    return _described(provider, client, active)


def may_know(client: Client, active: AccessToken) -> bool:
    """Section 4: the client that the token was issued to, and the resource server that it is for."""
    return active.client_id == client.id or not set(active.terms.audience).isdisjoint(client.metadata.resources)


def signed(provider: Provider, client: Client, response: Mapping[str, object]) -> str:
    """The response as a JWT for this client (RFC 9701), by the algorithm it registered, RS256 by default."""
    metadata = client.metadata
    algorithm = metadata.introspection_signed_response_alg
    if not algorithm:
        algorithm = "RS256" if "RS256" in metadata.rules.algorithms else metadata.signed_for
    now = provider.store.now()
    claims = signed_introspection.build(issuer=provider.issuer, client_id=client.id, now=now, response=response)
    held = provider.keyring.signer("tokens", algorithm)
    return jose.sign(jose.INTROSPECTION, claims, held.signing_key, held.kid, algorithm)


def _described(provider: Provider, client: Client, active: AccessToken) -> dict[str, object]:
    grant = active.grant
    return introspection.active(
        issuer=provider.issuer,
        client_id=active.client_id,
        scope=active.scope.split(),
        token_type=token_type(active.terms),
        issued_at=active.issued_at,
        expires_at=active.expires_at,
        audience=active.terms.audience or (provider.issuer,),
        subject=None if grant is None else subject_for(provider, client, grant.person_id),
        sign_in=sign_in_of(grant),
        confirmation=active.terms.confirmation,
        actors=active.terms.actors,
        details=carried(provider, grant, active.terms),
    )
