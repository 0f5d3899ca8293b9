"""Recognising a browser by the secret of its cookie."""

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
    return session
