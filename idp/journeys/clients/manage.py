"""A service reads, changes and ends its own registration (RFC 7592 section 2)."""

import hmac
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from idp.domain.clients import invitations, registrations, registry
from idp.domain.clients.registrations import Registration
from idp.domain.clients.registry import PENDING, REFUSED, SUSPENDED, Client, secret_digest
from idp.domain.grants import consents, grants
from idp.domain.sessions import participants
from idp.foundation import limits
from idp.foundation.audit.event import Event, Fact
from idp.foundation.limits import Limit
from idp.foundation.transaction import Tx
from idp.journeys.clients.register import check_sector
from idp.journeys.clients.vet import secret_for, stated, vetted
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, recognise
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import ACCESS_DENIED, INVALID_CLIENT_METADATA, INVALID_TOKEN, OAuthError
from idp.protocol.registration_change import changed, to_approve
from idp.protocol.registration_request import STATEMENT, Access, asked_again, information

ADDRESS = "/oidc/register/"
CHANGES = Limit("registration.change", 60, 3600)
"""Of one client: each is a row of the audit, and perhaps somebody's work."""


def read(provider: Provider, client_id: str, token: str) -> dict[str, object]:
    """RFC 7592 section 2.1. Raises OAuthError(invalid_token) for every other client's token, and for no client."""
    with provider.reading() as connection:
        mine = _mine(registrations.find(connection, client_id), token)
        return _answer(provider, connection, mine, token)


def change(provider: Provider, client_id: str, token: str, request: Mapping[str, object]) -> dict[str, object]:
    """RFC 7592 section 2.2: all of the metadata anew.

    What gives the client no more than it has is so at once. The rest waits for approval, and what was registered goes
    on. Raises OAuthError, or Refusal("too_many_attempts").
    """
    with provider.transaction() as tx:
        mine = _mine(registrations.find(tx.connection, client_id), token)
        limits.take(tx, CHANGES, client_id)
        policy = invitations.get(tx.connection, mine.invitation_id).policy
        before = registry.find(tx.connection, client_id)
    wanted, statement = stated(provider, request.get(STATEMENT), asked_again(request, client_id), mine)
    document, client = vetted(policy, wanted, client_id, None if before is None else before.metadata)
    check_sector(provider, client)
    with provider.transaction() as tx:
        mine = _mine(registrations.hold(tx, client_id), token)
        _check_secret(provider, mine, registry.get(tx.connection, client_id), request)
        registry.check_resources(tx.connection, client)
        secret = _change(tx, provider, mine, document, client)
        if statement is not None:
            registrations.state(tx, client_id, statement)
        mine = _mine(registrations.find(tx.connection, client_id), token)
        return _answer(provider, tx.connection, mine, token, secret)


def end(provider: Provider, client_id: str, token: str) -> None:
    """RFC 7592 section 2.3: the client is no more, and neither is anything that it was given.

    Raises OAuthError(invalid_token), or (access_denied) for a suspended one: somebody looks into it.
    """
    with provider.transaction() as tx:
        _mine(registrations.hold(tx, client_id), token)
        if registry.status_of(tx.connection, client_id) == SUSPENDED:
            raise OAuthError(ACCESS_DENIED, "A suspended client cannot be deleted.")
        registrations.remove(tx, client_id)
        registry.remove(tx, client_id)
        facts = {
            "grants": grants.revoke_client(tx, client_id),
            "consents": consents.withdraw_all(tx, client_id),
            "sessions": participants.leave_all(tx, client_id),
        }
        tx.record(Event("clients.registration.deleted", client_id, client_id, facts))


def told(connection: Connection, client_id: str, access: Access) -> dict[str, object]:
    """The client information response, with how the registration stands in members of our own."""
    client, mine = registry.get(connection, client_id), registrations.find(connection, client_id)
    return information(client.metadata.document(), access, {} if mine is None else _standing(client, mine))


def _mine(registration: Registration | None, token: str) -> Registration:
    """RFC 7592 section 2.1: a client that is not there is answered as one whose token is wrong."""
    offered = recognise(Kind.REGISTRATION, token)
    if registration is None or not hmac.compare_digest(offered, registration.token_digest):
        raise OAuthError(INVALID_TOKEN, "The registration access token is not good for this address.")
    return registration


def _answer(
    provider: Provider, connection: Connection, mine: Registration, token: str, secret: str | None = None
) -> dict[str, object]:
    issued_at = registry.get(connection, mine.client_id).created_at
    access = Access(provider.issuer + ADDRESS + mine.client_id, token, issued_at, secret, mine.statement)
    return told(connection, mine.client_id, access)


def _standing(client: Client, mine: Registration) -> dict[str, object]:
    """`status`, why it was refused, and what waits beside a registration that goes on."""
    standing: dict[str, Any] = {"status": client.status}
    if mine.waits and client.status not in (PENDING, REFUSED) and mine.proposal is not None:
        standing["pending_change"] = dict(mine.proposal.document)
    if mine.refusal is not None:
        standing["refused_because"] = mine.refusal
    return standing | ({"refusal_note": mine.note} if mine.note else {})


def _check_secret(provider: Provider, mine: Registration, client: Client, request: Mapping[str, object]) -> None:
    """RFC 7592 section 2.2: a secret that is sent must be the current one, or the one that waits with a change."""
    if "client_secret" not in request:
        return
    offered = secret_digest(provider.client_secret_key, mine.client_id, str(request["client_secret"]))
    waiting = mine.proposal.secret_digest if mine.waits and mine.proposal is not None else None
    if not any(hmac.compare_digest(offered, known) for known in (client.secret_digest, waiting) if known):
        raise OAuthError(INVALID_CLIENT_METADATA, "client_secret is not this client's, and cannot be chosen.")


def _change(
    tx: Tx, provider: Provider, mine: Registration, document: Mapping[str, object], client: ClientMetadata
) -> str | None:
    """Write the change, or let it wait; returns the secret, if one had to be made."""
    before = registry.get(tx.connection, mine.client_id)
    secret, kept = _secret(provider, before, client)
    never = before.status in (PENDING, REFUSED)
    waits = never or to_approve(before.metadata, client)
    if not waits:
        registrations.withdraw(tx, mine.client_id)
    if never or not waits:  # Nobody uses what was never approved: what is asked for now stands in its place.
        registry.register(tx, document, kept, mine.client_id)
    if waits:
        registrations.propose(tx, mine.client_id, document, kept)
        members = list(changed(before.metadata, client))
        facts: dict[str, Fact] = {"members": members, "first": never}
        tx.record(Event("clients.registration.change_requested", mine.client_id, mine.client_id, facts))
    if before.status == REFUSED:
        registry.set_status(tx, mine.client_id, PENDING, mine.client_id, "asked_again")
    return secret


def _secret(provider: Provider, before: Client, client: ClientMetadata) -> tuple[str | None, str | None]:
    """A secret that was made just now, and the digest to keep: the old one, unless the method is new."""
    needed = secret_for(client)
    if needed is None:
        return None, None
    if before.secret_digest is not None:
        return None, before.secret_digest
    return needed, secret_digest(provider.client_secret_key, before.id, needed)
