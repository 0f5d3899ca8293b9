"""Who a person, and a session, is to one relying party."""

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol import subject


def subject_for(provider: Provider, client: Client, person_id: str) -> str:
    """The `sub`: different in each sector unless the client is registered for public subjects."""
    if client.metadata.subject_type == "public":
        return subject.public(provider.pairwise_key, person_id)
    return subject.pairwise(provider.pairwise_key, client.metadata.sector, person_id)


def session_for(provider: Provider, client: Client, session_id: str) -> str:
    """The `sid`: different at each client, so that it links nobody's visits; the same in ID and logout tokens."""
    return subject.pairwise(provider.pairwise_key, f"session:{client.id}", session_id)[:22]
