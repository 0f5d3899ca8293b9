"""Sessions."""

from flask import Response

from idp.journeys.account import sessions
from idp.web.account.frame import blueprint, changed, page
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import forget_session, require_session


@blueprint.get("/account/sessions")
def sessions_page() -> Response:
    """Where the citizen is signed in."""
    session = require_session(while_closing=True)
    return page("sessions", session, "sessions", living=sessions.living(provider(), session.person_id))


@blueprint.post("/account/sessions/<session_id>/end")
def end_session(session_id: str) -> Response:
    """End one; one's own means signing out."""
    session = require_session(while_closing=True)
    sessions.end_one(provider(), session.person_id, session_id)
    if session_id == session.id:
        return forget_session(local("/"))
    return changed("sessions", "ended")


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """End all but this one."""
    session = require_session(while_closing=True)
    sessions.end_others(provider(), session.person_id, session.id)
    return changed("sessions", "others-ended")
