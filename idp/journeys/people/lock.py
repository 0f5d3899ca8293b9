"""Stopping a record at once and everywhere, and letting it work again: an operator's part in an incident."""

from enum import StrEnum

from idp.domain.grants import grants
from idp.domain.people import closings, identifiers, records
from idp.domain.people.closings import Outcome
from idp.domain.people.records import Person, Status
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.people.admit import OPERATOR
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim


class Reason(StrEnum):
    """Why the status of a record changes; the audit keeps it for ever, so there is no free text."""

    SECURITY = "security_incident"
    ON_REQUEST = "person_asked"
    RESOLVED = "resolved"


def lock(provider: Provider, name: str, reason: Reason) -> Person:
    """Nobody signs in to it any more; its sessions end, services are told, and what was granted is revoked.

    One that is being closed is not closed any more, and nobody is about to have it back: nothing is erased or given
    away while an incident is looked into. `name` is a user name or a proven e-mail address.
    Raises Refusal("people.unknown"), or ("people.not_active").
    """
    with provider.transaction() as tx:
        person_id = _named(tx, provider, name)
        if closings.stop(tx, person_id, Outcome.STOPPED, OPERATOR):
            notify(tx, provider, person_id, "closing_stopped")
        person = _in_status(tx, person_id, Status.ACTIVE, Status.CLOSING)
        records.hold(tx, person.id)
        records.set_status(tx, person.id, Status.LOCKED, OPERATOR, reason.value)
        reclaim.stop_within(tx, provider, person.id, OPERATOR)
        end_every_session(tx, provider, person.id, "locked", OPERATOR)
        grants.revoke_person(tx, person.id)
    return person


def unlock(provider: Provider, name: str, reason: Reason) -> Person:
    """Let a locked record work again; its sessions stay ended. Raises as `lock`, or Refusal("people.not_locked").

    One that its person locked by a letter's link is taken back by her (journeys.recovery), or unlocked here.
    """
    with provider.transaction() as tx:
        person = _in_status(tx, _named(tx, provider, name), Status.LOCKED, Status.REPORTED)
        records.set_status(tx, person.id, Status.ACTIVE, OPERATOR, reason.value)
    return person


def _named(tx: Tx, provider: Provider, name: str) -> str:
    person_id = identifiers.sign_in_name(tx.connection, provider.vault, name)
    if person_id is None:
        raise Refusal("people.unknown", "nobody signs in by this name")
    return person_id


def _in_status(tx: Tx, person_id: str, *status: Status) -> Person:
    person = records.get(tx.connection, person_id)
    if person.status not in status:
        raise Refusal(f"people.not_{status[0]}", f"the record is {person.status}, not {status[0]}")
    return person
