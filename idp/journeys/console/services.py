"""Suspending a service, and letting it work again."""

from enum import StrEnum

from idp.domain.clients import registry
from idp.domain.oversight.permissions import Action
from idp.foundation.refusal import Refusal
from idp.journeys.console.authority import Staff, require
from idp.journeys.provider import Provider


class Reason(StrEnum):
    """Why the status of a service changes."""

    SECURITY = "security_incident"
    MISUSE = "misuse_of_data"
    ON_REQUEST = "agency_asked"
    ENDED = "agreement_ended"
    RESOLVED = "resolved"


def suspend(provider: Provider, staff: Staff, client_id: str, reason: Reason) -> None:
    """From a few seconds on nobody signs in to it and it is answered nothing. Raises Refusal("clients.unknown")."""
    _change(provider, staff, client_id, registry.SUSPENDED, reason)


def reinstate(provider: Provider, staff: Staff, client_id: str, reason: Reason) -> None:
    """Let it work again, with the consents and grants it had.

    Raises Refusal("clients.nothing_waits") for one that never did: that is approved, in console.registrations.
    """
    _change(provider, staff, client_id, registry.ACTIVE, reason)


def _change(provider: Provider, staff: Staff, client_id: str, status: str, reason: Reason) -> None:
    with provider.transaction() as tx:
        require(tx, staff, Action.SUSPEND_SERVICES)
        client = registry.get(tx.connection, client_id)
        if client.status not in (registry.ACTIVE, registry.SUSPENDED):
            raise Refusal("clients.nothing_waits", "a service that was never approved cannot be reinstated")
        if client.status != status:  # Pressing the button twice is recorded once.
            registry.set_status(tx, client_id, status, staff.person_id, reason.value)
