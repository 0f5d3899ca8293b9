"""A service registers over the network (RFC 7591 section 3), by an invitation, and waits for somebody's approval."""

from collections.abc import Mapping

from idp.domain.clients import invitations, registrations, registry
from idp.domain.clients.invitations import Invitation
from idp.domain.clients.registry import PENDING, secret_digest
from idp.foundation.audit.event import Event, Fact
from idp.foundation.randomness import identifier, octets
from idp.foundation.transaction import Tx
from idp.journeys.clients.manage import ADDRESS, told
from idp.journeys.clients.register import check_sector
from idp.journeys.clients.vet import secret_for, stated, vetted
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, digest, mint, recognise
from idp.protocol.errors import INVALID_TOKEN, OAuthError
from idp.protocol.registration_request import STATEMENT, Access, asked


def apply(provider: Provider, invitation_token: str, request: Mapping[str, object]) -> dict[str, object]:
    """The client information response of a new client, which may do nothing yet.

    Everything is checked before the invitation is spent: a mistake in the metadata costs no use of it, and what was
    checked depends on nothing that changes. Raises OAuthError.
    """
    invitation = _invitation(provider, invitation_token)
    wanted, statement = stated(provider, request.get(STATEMENT), asked(request))
    client_id = identifier()
    document, client = vetted(invitation.policy, wanted, client_id)
    check_sector(provider, client)
    secret, token = secret_for(client), mint(Kind.REGISTRATION, octets(32))
    kept = None if secret is None else secret_digest(provider.client_secret_key, client_id, secret)
    with provider.transaction() as tx:
        registry.check_resources(tx.connection, client)
        if not invitations.use(tx, invitation.id):
            raise _not_good()
        registry.register(tx, document, kept, client_id, status=PENDING)
        registrations.open_registration(tx, client_id, invitation.id, digest(token), statement)
        registrations.propose(tx, client_id, document, kept)
        _record(tx, client_id, invitation, statement)
        access = Access(provider.issuer + ADDRESS + client_id, token, tx.now, secret, statement)
        return told(tx.connection, client_id, access)


def _invitation(provider: Provider, token: str) -> Invitation:
    offered = recognise(Kind.INVITATION, token)
    with provider.reading() as connection:
        invitation = invitations.of_token(connection, offered)
    if invitation is None or not invitation.is_open(provider.store.now()):
        raise _not_good()
    return invitation


def _not_good() -> OAuthError:
    """Alike for one that never was and one that is used up: whoever guesses learns nothing."""
    return OAuthError(INVALID_TOKEN, "The initial access token is not good (any more).")


def _record(tx: Tx, client_id: str, invitation: Invitation, statement: str | None) -> None:
    facts: dict[str, Fact] = {"invitation": invitation.id, "statement": statement is not None}
    tx.record(Event("clients.registration.requested", client_id, client_id, facts))
