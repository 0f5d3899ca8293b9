"""Closing an account: it waits, services get nothing, and until the end it is kept by a letter or by signing in."""

from dataclasses import dataclass

from idp.domain.grants import consents
from idp.domain.oversight import roles
from idp.domain.people import closings, records
from idp.domain.people.closings import Closing
from idp.domain.people.records import Status
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated, Session
from idp.domain.signatures import ceremonies
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify, spoken_day
from idp.journeys.oidc.log_out import end_every_session
from idp.journeys.provider import Provider

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class AtStake:
    """What closing would end: names of services, how many signatures; `waiting` is None, or what waits already."""

    services: tuple[str, ...]
    signatures: int
    works_here: bool
    days: int
    waiting: Closing | None


def at_stake(provider: Provider, person_id: str, language: str) -> AtStake:
    """For the page on which she decides."""
    with provider.reading() as connection:
        used = [provider.clients.find(one.client_id) for one in consents.of_person(connection, person_id)]
        return AtStake(
            tuple(client.metadata.name(language) for client in used if client is not None),
            ceremonies.count_signed(connection, person_id),
            bool(roles.of(connection, person_id)),
            provider.lifetimes.closing // DAY,
            closings.live(connection, person_id),
        )


def status_of(provider: Provider, person_id: str) -> Status:
    """Whether the account is in use, waits to be closed, or neither."""
    with provider.reading() as connection:
        return records.get(connection, person_id).status


def request(provider: Provider, session: Session) -> str:
    """Begin to wait; every session ends, and this browser gets a new one in which the account can be kept.

    The new cookie's secret. Raises Refusal("people.works_here") for staff, or ("people.not_active").
    """
    person_id = session.person_id
    with provider.transaction() as tx:
        if roles.of(tx.connection, person_id):
            raise Refusal("people.works_here", "who works here gives the roles back first")
        closing = closings.request(tx, person_id, provider.lifetimes.closing)
        end_every_session(tx, provider, person_id, "closing", person_id)
        proved = Authenticated(person_id, session.amr, session.strength, session.auth_time, session.handed_over)
        _, secret = browser.start(tx, proved, session.device, provider.lifetimes.session_absolute)
        tell(tx, provider, closing, "closing_requested")
    return secret


def keep(provider: Provider, person_id: str) -> None:
    """She signed in and wants to stay. Raises Refusal("people.closing_over")."""
    with provider.transaction() as tx:
        keep_within(tx, provider, person_id)


def keep_within(tx: Tx, provider: Provider, person_id: str) -> None:
    """As `keep`, within the caller's transaction."""
    closings.cancel(tx, person_id)
    notify(tx, provider, person_id, "closing_cancelled")


def behind_link(provider: Provider, secret: str) -> Closing:
    """What a letter's link is about; looking changes nothing. Raises Refusal("people.closing_over")."""
    with provider.reading() as connection:
        return closings.behind(connection, secret)


def keep_by_link(provider: Provider, secret: str) -> None:
    """Whoever has the letter may keep the account, signed in or not. Raises Refusal("people.closing_over").

    Sessions end: it may have been somebody else who asked.
    """
    with provider.transaction() as tx:
        closing = closings.cancel_by_link(tx, secret)
        end_every_session(tx, provider, closing.person_id, "account kept by a letter", closing.person_id)
        notify(tx, provider, closing.person_id, "closing_cancelled")


def tell(tx: Tx, provider: Provider, closing: Closing, template: str) -> None:
    """Write to every proven address when it will be closed, with a link that keeps the account."""
    locale = records.get(tx.connection, closing.person_id).locale
    link = f"{provider.issuer}/keep-account?link={closings.make_link(tx, closing)}"
    notify(tx, provider, closing.person_id, template, link=link, day=spoken_day(provider, closing.due_at, locale))
