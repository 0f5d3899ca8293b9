"""Showing what a service will receive, and remembering the answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from idp.domain.people import attributes
from idp.domain.sessions import logins
from idp.foundation.audit.event import Event, Fact
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.asking import needs_consent_to, requested
from idp.journeys.oidc.resources import servers_of
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import InProgress, at_step
from idp.protocol.claims import ALWAYS_ALLOWED, select
from idp.protocol.rich_authorization import Detail, kept, types_of
from idp.protocol.scopes import OFFLINE_ACCESS

STEP = "consent"


@dataclass(frozen=True, slots=True)
class Offer:
    """What would be shared: claims with their values now, claims asked for but not on record, and offline access.

    `reached` are other services that this one wants to use in the citizen's name (RFC 8707), `details` what the service
    would be allowed to do (RFC 9396).
    """

    shared: tuple[tuple[str, object], ...]
    missing: tuple[str, ...]
    essential: frozenset[str]
    offline: bool
    reached: tuple[Client, ...] = ()
    details: tuple[Detail, ...] = ()


def offer(provider: Provider, progress: InProgress) -> Offer:
    """The contents of the consent page, with the very values that will be told."""
    request, client = progress.goal.request, progress.goal.client
    if request is None or client is None:
        raise Refusal("signin.out_of_turn", "nothing is to be shared")
    asked = requested(request, client)
    names = [name for name in asked.names if name not in ALWAYS_ALLOWED]
    with provider.reading() as connection:
        told = select(names, attributes.claims(connection, provider.vault, progress.person_id))
    missing = tuple(name for name in names if name not in told)
    reached = tuple(server for server in servers_of(provider, request.resource) if server != client)
    details = kept(request.authorization_details)
    return Offer(tuple(told.items()), missing, asked.essential, _may_come_back(client), reached, details)


def approve(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """Remember the consent for this and later sign-ins."""
    with provider.transaction() as tx:
        progress = at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)
        request, client = progress.goal.request, progress.goal.client
        if request is None or client is None:
            raise Refusal("signin.out_of_turn", "nothing is to be shared")
        offline = {OFFLINE_ACCESS} if _may_come_back(client) else set()
        consents.give(tx, progress.person_id, client.id, needs_consent_to(request, client) | offline)
        if request.authorization_details:
            facts: Mapping[str, Fact] = {"client": client.id, "types": list(types_of(request.authorization_details))}
            tx.record(Event("grants.details.allowed", progress.person_id, progress.person_id, facts))
        logins.establish(tx, login_id, visitor.browser, consented=progress.person_id)


def _may_come_back(client: Client) -> bool:
    """A service that may refresh says so when it first asks, so that it need not ask again when it first does."""
    return "refresh_token" in client.metadata.grant_types
