"""Saying that something was not she: two clicks from a letter, signed in or not."""

from idp.domain.authenticators import registry
from idp.domain.grants import grants
from idp.domain.people import closings, records
from idp.domain.people.closings import Outcome
from idp.domain.people.records import Status
from idp.domain.recovery import alarms
from idp.domain.recovery.alarms import Alarm
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.account import contact_messages, contacts
from idp.journeys.notify import notify
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim

NEW_PASSWORD = {"password_changed", "account_recovered"}
"""The letters that tell of one."""


def look_at(provider: Provider, secret: str) -> Alarm:
    """What the link is about; looking changes nothing, for mail scanners look too.

    Raises Refusal("recovery.alarm_over").
    """
    with provider.reading() as connection:
        return alarms.look_at(connection, secret, provider.store.now())


def is_claimed(provider: Provider, alarm: Alarm) -> bool:
    """Whether the letter told of somebody who is about to have the account, and still is."""
    return alarm.about == reclaim.LETTER and reclaim.against(provider, alarm.person_id) is not None


def stop(provider: Provider, secret: str) -> None:
    """Whoever is about to have the account does not get it; the account stays as it is, and the link works on.

    Raises Refusal("recovery.alarm_over").
    """
    alarm = look_at(provider, secret)
    if alarm.about == reclaim.LETTER:
        reclaim.stop(provider, alarm.person_id)


def lock(provider: Provider, secret: str) -> None:
    """Nobody signs in any more, every session and grant ends, and what was just bound is taken away again.

    So are addresses and numbers that were proved since: who added two of them could have the account back by them.

    Raises Refusal("recovery.alarm_over").
    """
    with provider.transaction() as tx:
        alarm = alarms.raise_alarm(tx, secret)
        tx.record(Event("account.intrusion.reported", alarm.person_id, alarm.person_id, {"about": alarm.about}))
        records.hold(tx, alarm.person_id)  # A recovery that is about to bind something waits, or is over.
        _undo(tx, provider, alarm)
        reclaim.stop_within(tx, provider, alarm.person_id)
        _stop(tx, provider, alarm.person_id)
        notify(tx, provider, alarm.person_id, "account_reported")


def _undo(tx: Tx, provider: Provider, alarm: Alarm) -> None:
    """What was bound since may be a stranger's, who could take the account back with it."""
    changed = bool(alarms.announced(tx.connection, alarm.person_id, alarm.created_at) & NEW_PASSWORD)
    registry.withdraw_since(tx, alarm.person_id, alarm.created_at, alarm.person_id, and_password=changed)
    if alarm.authenticator_id is not None:
        registry.withdraw(tx, alarm.person_id, alarm.authenticator_id, alarm.person_id)
    of_contacts = alarm.about == contact_messages.CHANGED
    contacts.withdraw_since(tx, provider, alarm.person_id, alarm.created_at, all_of_them=of_contacts)


def _stop(tx: Tx, provider: Provider, person_id: str) -> None:
    closings.stop(tx, person_id, Outcome.STOPPED, person_id)  # It may have been somebody else who asked.
    if records.get(tx.connection, person_id).status in (Status.ACTIVE, Status.CLOSING):
        records.set_status(tx, person_id, Status.REPORTED, person_id, "reported")
    end_every_session(tx, provider, person_id, "reported as not me", person_id)
    grants.revoke_person(tx, person_id)
