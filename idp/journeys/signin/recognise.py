"""Recognising a browser by the secret of its cookie."""

from dataclasses import replace

from idp.domain.authenticators import levels
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Session
from idp.journeys.provider import Provider


def recognise(provider: Provider, secret: str | None) -> Session | None:
    """The living session of the cookie's secret, or None. Its use is remembered, about once a minute."""
    session = _living(provider, secret)
    if session is None:
        return None
    now, idle = provider.store.now(), provider.lifetimes.session_idle
    standing = _as_it_stands(session, now)
    return use(provider, standing) if browser.needs_touch(session, now, idle) else standing


def look_at(provider: Provider, secret: str | None) -> Session | None:
    """As `recognise`, for whoever only asks how long it lasts: that is no use."""
    return _living(provider, secret)


def use(provider: Provider, session: Session) -> Session:
    """Somebody is there: the session may rest anew."""
    with provider.transaction() as tx:
        browser.touch(tx, session)
        return replace(session, last_seen_at=tx.now)


def seconds_left(provider: Provider, session: Session) -> int:
    """Until the session ends if it is not used, and never later than its absolute end."""
    rests_until = session.last_seen_at + provider.lifetimes.session_idle
    return max(0, min(rests_until, session.expires_at) - provider.store.now())


def _living(provider: Provider, secret: str | None) -> Session | None:
    if not secret:
        return None
    with provider.reading() as connection:
        return browser.find(connection, secret, provider.store.now(), provider.lifetimes.session_idle)


def _as_it_stands(session: Session, now: int) -> Session:
    """What was proved counts for less as time goes by (NIST SP 800-63B section 2): a session need not end for that."""
    strength = levels.standing(session.amr, session.auth_time, session.last_seen_at, now)
    if strength >= session.strength:
        return session
    return replace(session, strength=strength, amr=levels.still_counting(session.amr, strength))
