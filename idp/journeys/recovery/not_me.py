"""Saying that something was not she: two clicks from a letter, signed in or not."""

from idp.domain.authenticators import registry
from idp.domain.grants import grants
from idp.domain.people import closings, records
from idp.domain.people.closings import Outcome
from idp.domain.people.records import Status
from idp.domain.recovery import alarms
from idp.domain.recovery.alarms import Alarm
from idp.domain.sessions import browser
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.oidc.log_out import end_session
from idp.journeys.provider import Provider


def look_at(provider: Provider, secret: str) -> Alarm:
    """What the link is about; looking changes nothing, for mail scanners look too.

    Raises Refusal("recovery.alarm_over").
    """
    with provider.reading() as connection:
        return alarms.look_at(connection, secret, provider.store.now())


def lock(provider: Provider, secret: str) -> None:
    """Nobody signs in any more, every session and grant ends, and what was just bound is taken away again.

    Raises Refusal("recovery.alarm_over").
    """
    with provider.transaction() as tx:
        alarm = alarms.raise_alarm(tx, secret)
        tx.record(Event("account.intrusion.reported", alarm.person_id, alarm.person_id, {"about": alarm.about}))
        if alarm.authenticator_id is not None:
            registry.withdraw(tx, alarm.person_id, alarm.authenticator_id, alarm.person_id)
        _stop(tx, provider, alarm.person_id)
        notify(tx, provider, alarm.person_id, "account_reported")


def _stop(tx: Tx, provider: Provider, person_id: str) -> None:
    closings.stop(tx, person_id, Outcome.STOPPED, person_id)  # It may have been somebody else who asked.
    if records.get(tx.connection, person_id).status in (Status.ACTIVE, Status.CLOSING):
        records.set_status(tx, person_id, Status.REPORTED, person_id, "reported")
    for session in browser.of_person(tx.connection, person_id, tx.now, provider.lifetimes.session_idle):
        end_session(tx, provider, session, "reported as not me", person_id)
    grants.revoke_person(tx, person_id)
