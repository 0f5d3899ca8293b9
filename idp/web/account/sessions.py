"""Sessions: where somebody is signed in, how, and what was opened there; a page says what follows before one ends."""

from collections.abc import Sequence

from flask import Response
from flask_babel import get_locale

from idp.domain.sessions.browser import Session
from idp.journeys.account import sessions
from idp.journeys.account.sessions import SignedIn
from idp.web.account.frame import blueprint, changed, page
from idp.web.account.how_words import how
from idp.web.claim_words import listed
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.redirects import local
from idp.web.signin.current import forget_session, require_session
from idp.web.signin.device import device_words


@blueprint.get("/account/sessions")
def sessions_page() -> Response:
    """Where the citizen is signed in."""
    session = require_session(while_closing=True)
    remembering = sessions.remembering(provider(), session.person_id)
    return _show("sessions", session, _where(session), remembering=remembering)


@blueprint.get("/account/sessions/<session_id>/end")
def end_session_page(session_id: str) -> Response:
    """Say what will end with it; one that has ended already is not asked about."""
    session = require_session(while_closing=True)
    ending = [one for one in _where(session) if one.session.id == session_id]
    return _show("end_sessions", session, ending, which="one") if ending else local("/account/sessions")


@blueprint.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End one; one's own means signing out."""
    session = require_session(while_closing=True)
    sessions.end_one(provider(), session.person_id, session_id)
    if session_id == session.id:
        return forget_session(local("/"))
    return changed("sessions", "ended")


@blueprint.get("/account/sessions/end-others")
def end_other_sessions_page() -> Response:
    """Say what will end."""
    session = require_session(while_closing=True)
    ending = [one for one in _where(session) if one.session.id != session.id]
    return _show("end_sessions", session, ending, which="others") if ending else local("/account/sessions")


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End all but this one."""
    session = require_session(while_closing=True)
    sessions.end_others(provider(), session)
    return changed("sessions", "others-ended")


@blueprint.get("/account/sessions/end-everywhere")
def end_everywhere_page() -> Response:
    """Say what will end."""
    session = require_session(while_closing=True)
    return _show("end_sessions", session, _where(session), which="all")


@blueprint.post("/account/sessions/end-everywhere")
def end_everywhere() -> Response:
    """End all, this one too."""
    session = require_session(while_closing=True)
    sessions.end_everywhere(provider(), session.person_id)
    return forget_session(local("/"))


@blueprint.post("/account/sessions/remembered/<remembered_id>/forget")
def forget_browser(remembered_id: str) -> Response:
    """Ask for every factor there again."""
    session = require_session(while_closing=True)
    sessions.forget(provider(), session.person_id, remembered_id)
    return changed("sessions", "forgotten")


def _where(session: Session) -> list[SignedIn]:
    """This browser's first."""
    found = sessions.where(provider(), session.person_id, bcp47(str(get_locale())))
    return sorted(found, key=lambda one: one.session.id != session.id)


def _show(template: str, session: Session, living: Sequence[SignedIn], **values: object) -> Response:
    shown = {"living": living, "device_words": device_words, "how": how, "listed": listed, **values}
    return page(template, session, "sessions", (), **shown)
