"""Recognising a browser by the secret of its cookie."""

from dataclasses import replace

from idp.domain.authenticators import levels
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Session
from idp.journeys.provider import Provider


def recognise(provider: Provider, secret: str | None) -> Session | None:
    """The living session of the cookie's secret, or None. Its use is remembered, about once a minute."""
    if not secret:
        return None
    now = provider.store.now()
    with provider.reading() as connection:
        session = browser.find(connection, secret, now, provider.lifetimes.session_idle)
    if session is not None and browser.needs_touch(session, now):
        with provider.transaction() as tx:
            browser.touch(tx, session)
    return None if session is None else _as_it_stands(session, now)


def _as_it_stands(session: Session, now: int) -> Session:
    """What was proved counts for less as time goes by (NIST SP 800-63B section 2): a session need not end for that."""
    strength = levels.standing(session.amr, session.auth_time, session.last_seen_at, now)
    if strength >= session.strength:
        return session
    return replace(session, strength=strength, amr=levels.still_counting(session.amr, strength))
