"""Stopping a record at once and everywhere, and letting it work again: an operator's part in an incident."""

from enum import StrEnum

from idp.domain.grants import grants
from idp.domain.people import identifiers, records
from idp.domain.people.records import Person, Status
from idp.domain.sessions import browser
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.oidc.log_out import end_session
from idp.journeys.people.admit import OPERATOR
from idp.journeys.provider import Provider


class Reason(StrEnum):
    """Why the status of a record changes; the audit keeps it for ever, so there is no free text."""

    SECURITY = "security_incident"
    ON_REQUEST = "person_asked"
    RESOLVED = "resolved"


def lock(provider: Provider, name: str, reason: Reason) -> Person:
    """Nobody signs in to it any more; its sessions end, services are told, and what was granted is revoked.

    `name` is a user name or a proven e-mail address. Raises Refusal("people.unknown"), or ("people.not_active").
    """
    with provider.transaction() as tx:
        person = _in_status(tx, provider, name, Status.ACTIVE)
        records.set_status(tx, person.id, Status.LOCKED, OPERATOR, reason.value)
        for session in browser.of_person(tx.connection, person.id, tx.now, provider.lifetimes.session_idle):
            end_session(tx, provider, session, "locked", OPERATOR)
        grants.revoke_person(tx, person.id)
    return person


def unlock(provider: Provider, name: str, reason: Reason) -> Person:
    """Let a locked record work again; its sessions stay ended. Raises as `lock`, or Refusal("people.not_locked")."""
    with provider.transaction() as tx:
        person = _in_status(tx, provider, name, Status.LOCKED)
        records.set_status(tx, person.id, Status.ACTIVE, OPERATOR, reason.value)
    return person


def _in_status(tx: Tx, provider: Provider, name: str, status: Status) -> Person:
    person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
    if person_id is None:
        raise Refusal("people.unknown", "nobody signs in by this name")
    person = records.get(tx.connection, person_id)
    if person.status is not status:
        raise Refusal(f"people.not_{status}", f"the record is {person.status}, not {status}")
    return person
