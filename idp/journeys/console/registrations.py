"""Approving what services register over the network, or refusing it with a reason that their developers read."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from idp.domain.clients import invitations, registrations, registry
from idp.domain.clients.invitations import Invitation
from idp.domain.clients.registrations import Proposal, Registration
from idp.domain.clients.registry import ACTIVE, PENDING, REFUSED, Client
from idp.domain.oversight.permissions import Action
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.console.authority import Staff, require
from idp.journeys.provider import Provider
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.registration import parse_metadata
from idp.protocol.registration_change import changed, to_approve

LONGEST_NOTE = 300


class Reason(StrEnum):
    """Why a registration is refused: a code, because the developer's program reads it."""

    NOT_AGREED = "not_agreed"
    ADDRESSES = "addresses_not_recognised"
    INCOMPLETE = "incomplete"
    WEAK = "not_safe_enough"
    ON_REQUEST = "agency_asked"


@dataclass(frozen=True, slots=True)
class File:
    """A registration that waits, with what it says and, if the service is at work already, what it would change."""

    client: Client
    registration: Registration
    invitation: Invitation
    proposed: ClientMetadata
    changes: tuple[str, ...]
    wider: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        """Whether the service was never approved before."""
        return self.client.status in (PENDING, REFUSED)


def waiting(connection: Connection) -> Sequence[tuple[Client, Registration]]:
    """Every registration that waits, the oldest first, but those that today's rules refuse: they are listed as such."""
    found = [(registry.find(connection, one.client_id), one) for one in registrations.waiting(connection)]
    return [(client, one) for client, one in found if client is not None]


def open_file(connection: Connection, client_id: str) -> File:
    """What waits for a client. Raises Refusal("clients.nothing_waits")."""
    registration = registrations.find(connection, client_id)
    if registration is None or not registration.waits or registration.proposal is None:
        raise Refusal("clients.nothing_waits", "nothing of this client waits for approval")
    client = registry.get(connection, client_id)
    invitation = invitations.get(connection, registration.invitation_id)
    proposed = parse_metadata(registration.proposal.document)
    is_new = client.status in (PENDING, REFUSED)
    changes = () if is_new else changed(client.metadata, proposed)
    wider = () if is_new else to_approve(client.metadata, proposed)
    return File(client, registration, invitation, proposed, changes, wider)


def approve(provider: Provider, staff: Staff, client_id: str, fingerprint: str) -> None:
    """From a few seconds on it is as it was asked for. A suspended service stays suspended.

    `fingerprint` is of what was looked at. Raises Refusal("clients.nothing_waits") if that does not wait any more, and
    OAuthError(invalid_client_metadata), with nothing decided, for a resource that another client has meanwhile.
    """
    with provider.transaction() as tx:
        require(tx, staff, Action.APPROVE_SERVICES)
        registry.check_resources(tx.connection, open_file(tx.connection, client_id).proposed)
        proposal = _decide(tx, staff, client_id, fingerprint)
        client = registry.get(tx.connection, client_id)
        registry.register(tx, proposal.document, proposal.secret_digest, staff.person_id)
        tx.record(Event("clients.registration.approved", staff.person_id, client_id))
        if client.status in (PENDING, REFUSED):
            registry.set_status(tx, client_id, ACTIVE, staff.person_id, "approved")


def refuse(provider: Provider, staff: Staff, client_id: str, fingerprint: str, reason: Reason, note: str = "") -> None:
    """What was registered before goes on. Raises as `approve`."""
    with provider.transaction() as tx:
        _decide(tx, staff, client_id, fingerprint, reason, note)
        tx.record(Event("clients.registration.refused", staff.person_id, client_id, {"reason": reason.value}))
        if registry.status_of(tx.connection, client_id) == PENDING:
            registry.set_status(tx, client_id, REFUSED, staff.person_id, reason.value)


def _decide(
    tx: Tx, staff: Staff, client_id: str, fingerprint: str, reason: Reason | None = None, note: str = ""
) -> Proposal:
    require(tx, staff, Action.APPROVE_SERVICES)
    refusal = None if reason is None else reason.value
    proposal = registrations.decide(tx, client_id, fingerprint, staff.person_id, refusal, note or None)
    if proposal is None:
        raise Refusal("clients.nothing_waits", "this does not wait (any more): it was changed, or decided")
    return proposal
