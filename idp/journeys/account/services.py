"""The services in use: what each received, and taking that back."""

from dataclasses import dataclass

from idp.domain.clients import registry
from idp.domain.clients.registry import Client, Faulty
from idp.domain.grants import consents, history
from idp.domain.grants.consents import Consent
from idp.domain.grants.history import Use
from idp.domain.people import attributes
from idp.domain.sessions import browser, participants
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.log_out import notify_services
from idp.journeys.provider import Provider
from idp.protocol.claims import select, within
from idp.protocol.scopes import OFFLINE_ACCESS


@dataclass(frozen=True, slots=True)
class ServiceInUse:
    """A service, the consent it has, when it was truly used, and what it can receive of what is on record, by name."""

    client: Client
    consent: Consent
    use: Use
    receives: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its client_id."""
        return self.client.id

    def name(self, language: str) -> str:
        """What it is called, in `language` if it said so."""
        return self.client.metadata.name(language)

    @property
    def used_at(self) -> int:
        """When it was last opened: by a grant on record, or as the consent remembers of those that went, if later."""
        return max(self.use.opened_at or 0, self.consent.used_at)


@dataclass(frozen=True, slots=True)
class OutOfService:
    """A service that today's rules refuse: it can ask for nothing, and what it was allowed can still be taken back."""

    refused: Faulty
    consent: Consent

    @property
    def id(self) -> str:
        """Its client_id."""
        return self.refused.id

    def name(self, _language: str) -> str:
        """What it is called; its other names are not read, because something in its registration cannot be."""
        return self.refused.name


def in_use(provider: Provider, person_id: str) -> list[ServiceInUse]:
    """Most recently used first; by identifier, where that is the same."""
    with provider.reading() as connection:
        given = consents.of_person(connection, person_id)
        on_record = {OFFLINE_ACCESS, attributes.UPDATED_AT, *attributes.sources(connection, person_id)}
        uses = history.uses_of(connection, person_id, provider.store.now(), provider.lifetimes.code)
    found = [(provider.clients.find(consent.client_id), consent) for consent in given]
    used = [
        ServiceInUse(client, consent, uses.get(client.id, Use()), _received(client, consent.allowed & on_record))
        for client, consent in found
        if client is not None
    ]
    return sorted(used, key=lambda one: (-one.used_at, one.client.id))


def _received(client: Client, names: frozenset[str]) -> tuple[str, ...]:
    """An agreement that was narrowed since counts more than what was allowed before."""
    told = within(names, client.metadata.agreed_claims)
    return tuple(sorted({*told, *(names & {OFFLINE_ACCESS})}))


def out_of_service(provider: Provider, person_id: str) -> list[OutOfService]:
    """Those that she uses and that today's rules refuse, most recently used first."""
    with provider.reading() as connection:
        given = consents.of_person(connection, person_id)
    absent = [one for one in given if provider.clients.find(one.client_id) is None]
    with provider.reading() as connection:
        found = [(registry.look(connection, one.client_id), one) for one in absent]
    return [OutOfService(client, one) for client, one in found if isinstance(client, Faulty)]


def one_in_use(provider: Provider, person_id: str, client_id: str) -> tuple[ServiceInUse, dict[str, object]]:
    """A service with what it would be told if it asked now. Raises Refusal("account.unknown_service")."""
    found = next((one for one in in_use(provider, person_id) if one.client.id == client_id), None)
    if found is None:
        raise Refusal("account.unknown_service", "this service is not in use")
    with provider.reading() as connection:
        held = attributes.claims(connection, provider.vault, person_id)
    return found, select(found.receives, held)


def removable(provider: Provider, person_id: str, client_id: str) -> ServiceInUse | OutOfService:
    """What `remove` would take back. Raises Refusal("account.unknown_service")."""
    every: tuple[ServiceInUse | OutOfService, ...] = (
        *in_use(provider, person_id),
        *out_of_service(provider, person_id),
    )
    found = next((one for one in every if one.id == client_id), None)
    if found is None:
        raise Refusal("account.unknown_service", "this service is not in use")
    return found


def remove(provider: Provider, person_id: str, client_id: str) -> None:
    """Withdraw the consent, revoke every token, and tell the service by back-channel logout.

    Raises Refusal("account.unknown_service").
    """
    with provider.transaction() as tx:
        if not consents.given(tx.connection, person_id, client_id):
            raise Refusal("account.unknown_service", "this service is not in use")
        consents.withdraw(tx, person_id, client_id, person_id)
        for session in browser.of_person(tx.connection, person_id, tx.now, provider.lifetimes.session_idle):
            if client_id in participants.of(tx.connection, session.id):
                notify_services(tx, provider, session, [client_id])
