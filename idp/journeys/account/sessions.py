"""The citizen's browser sessions."""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.domain.grants import grants
from idp.domain.sessions import browser, participants, remembered
from idp.domain.sessions.browser import Session
from idp.domain.sessions.remembered import Remembered
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.journeys.notify import notify
from idp.journeys.oidc.log_out import end_every_session, end_session
from idp.journeys.provider import Provider

REASON = "ended in the account"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session, and the names of the services that were opened in it, first opened first."""

    session: Session
    services: tuple[str, ...]


def living(provider: Provider, person_id: str) -> Sequence[Session]:
    """Last used first."""
    with provider.reading() as connection:
        return browser.of_person(connection, person_id, provider.store.now(), provider.lifetimes.session_idle)


def where(provider: Provider, person_id: str, language: str) -> list[SignedIn]:
    """The living sessions as a page shows them, last used first; `language` is that of the services' names."""
    held = living(provider, person_id)
    with provider.reading() as connection:
        took_part = [participants.of(connection, session.id) for session in held]
    return [SignedIn(session, _names(provider, ids, language)) for session, ids in zip(held, took_part, strict=True)]


def end_one(provider: Provider, person_id: str, session_id: str) -> None:
    """End one session, everywhere. Raises Refusal("account.unknown_session")."""
    mine = {session.id: session for session in living(provider, person_id)}
    if session_id not in mine:
        raise Refusal("account.unknown_session", "no such session")
    with provider.transaction() as tx:
        end_session(tx, provider, mine[session_id], REASON, person_id)


def end_others(provider: Provider, keep: Session) -> int:
    """End all but one; returns how many."""
    with provider.transaction() as tx:
        return end_every_session(tx, provider, keep.person_id, REASON, keep.person_id, keep)


def end_everywhere(provider: Provider, person_id: str) -> int:
    """End all; returns how many."""
    with provider.transaction() as tx:
        return end_every_session(tx, provider, person_id, REASON, person_id)


def remembering(provider: Provider, person_id: str) -> Sequence[Remembered]:
    """The browsers at which her password is enough, last used first."""
    with provider.reading() as connection:
        return remembered.of_person(connection, person_id, provider.store.now())


def forget(provider: Provider, person_id: str, known: str) -> None:
    """Ask for every factor at that browser again; one that was forgotten already stays so."""
    with provider.transaction() as tx:
        remembered.forget(tx, person_id, known, person_id)


def not_me(provider: Provider, person_id: str) -> None:
    """Somebody else was here: end every session and revoke every grant; the next sign-in starts from nothing."""
    with provider.transaction() as tx:
        tx.record(Event("account.intrusion.reported", person_id, person_id))
        end_every_session(tx, provider, person_id, "reported as not me", person_id)
        grants.revoke_person(tx, person_id)
        notify(tx, provider, person_id, "intrusion_reported")


def _names(provider: Provider, client_ids: Sequence[str], language: str) -> tuple[str, ...]:
    found = [provider.clients.find(client_id) for client_id in client_ids]
    return tuple(client.metadata.name(language) for client in found if client is not None)
