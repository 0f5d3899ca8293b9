"""A resource server's token for another resource server, for the same person (RFC 8693)."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants.grants import AccessToken, Grant, Terms
from idp.foundation.audit.event import Event
from idp.journeys.oidc.access_tokens import issue, living
from idp.journeys.oidc.granted_details import details_passed_on
from idp.journeys.oidc.introspect import may_know
from idp.journeys.oidc.resources import audience_named
from idp.journeys.oidc.tokens import access_response
from idp.journeys.provider import Provider
from idp.protocol import token_exchange
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import INVALID_REQUEST, OAuthError


def exchange_token(
    provider: Provider, client: Client, parameters: Mapping[str, str], held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The token response. Raises OAuthError.

    The new token is the asking client's, and ends with the subject's grant, whoever the grant was given to.
    """
    asked = token_exchange.parse_request(parameters)
    subject, grant = _subject(provider, client, asked.subject_token, held)
    actor = _actor(provider, client, subject, asked.actor_token)
    terms = Terms(
        held,
        audience_named(provider, asked.resources, asked.audiences),
        token_exchange.chained(actor, subject.terms.actors),
        details_passed_on(provider, parameters, grant, subject),
    )
    scope = " ".join(token_exchange.narrowed(asked.scope, subject.scope.split()))
    with provider.transaction() as tx:
        lifetime = min(provider.lifetimes.access_token, subject.expires_at - tx.now)
        access = issue(tx, provider, client, grant, scope, terms, lifetime)
        told = {"client": client.id, "from": subject.client_id, "scope": scope}
        event = Event("oidc.token.exchanged", client.id, grant.person_id, told | {"audience": list(terms.audience)})
        tx.record(event)
    return access_response(provider, access) | {"issued_token_type": token_exchange.ACCESS_TOKEN}


def _subject(provider: Provider, client: Client, token: str, held: Confirmation) -> tuple[AccessToken, Grant]:
    """The token to exchange: one that was issued to this client, or that this client is the resource server of.

    RFC 8693 section 2.2.2: invalid_request for whatever is wrong with it, and the same for unknown and foreign ones.
    """
    subject = living(provider, token)
    if subject is None or not may_know(client, subject):
        raise OAuthError(INVALID_REQUEST, "The subject_token is unknown, expired or revoked, or not for this client.")
    if subject.grant is None:
        raise OAuthError(INVALID_REQUEST, "The subject_token stands for no person: ask with client_credentials.")
    if subject.client_id == client.id and not _holds(held, subject.terms.confirmation):
        raise OAuthError(INVALID_REQUEST, "The subject_token is bound to a key that was not proved.")
    return subject, subject.grant


def _actor(provider: Provider, client: Client, subject: AccessToken, token: str | None) -> str | None:
    """Who acts from now on: whoever asks, unless it has the token at first hand and names no actor (section 1.1)."""
    if token is not None:
        actor = living(provider, token)
        if actor is None or actor.client_id != client.id or actor.grant is not None:
            raise OAuthError(INVALID_REQUEST, "The actor_token is not a living token of the asking client's own.")
    return None if token is None and subject.client_id == client.id else client.id


def _holds(held: Confirmation, bound: Confirmation) -> bool:
    """Whether every key that a token is bound to was proved."""
    return bound.jkt in (None, held.jkt) and bound.x5t in (None, held.x5t)
