"""The citizen's browser sessions."""

from collections.abc import Sequence

from idp.domain.grants import grants
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Session
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.journeys.notify import notify
from idp.journeys.oidc.log_out import end_session
from idp.journeys.provider import Provider


def living(provider: Provider, person_id: str) -> Sequence[Session]:
    """Last used first."""
    with provider.reading() as connection:
        return browser.of_person(connection, person_id, provider.store.now(), provider.lifetimes.session_idle)


def end_one(provider: Provider, person_id: str, session_id: str) -> None:
    """End one session, everywhere. Raises Refusal("account.unknown_session")."""
    mine = {session.id: session for session in living(provider, person_id)}
    if session_id not in mine:
        raise Refusal("account.unknown_session", "no such session")
    with provider.transaction() as tx:
        end_session(tx, provider, mine[session_id], "ended in the account", person_id)


def end_others(provider: Provider, person_id: str, keep: str) -> int:
    """End all but one; returns how many."""
    others = [session for session in living(provider, person_id) if session.id != keep]
    with provider.transaction() as tx:
        for session in others:
            end_session(tx, provider, session, "ended in the account", person_id)
    return len(others)


def not_me(provider: Provider, person_id: str) -> None:
    """Somebody else was here: end every session and revoke every grant; the next sign-in starts from nothing."""
    with provider.transaction() as tx:
        tx.record(Event("account.intrusion.reported", person_id, person_id))
        for session in browser.of_person(tx.connection, person_id, tx.now, provider.lifetimes.session_idle):
            end_session(tx, provider, session, "reported as not me", person_id)
        grants.revoke_person(tx, person_id)
        notify(tx, provider, person_id, "intrusion_reported")
