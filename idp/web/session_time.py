"""How long a session still lasts, for its page to say so in time (WCAG 2.2, criterion 2.2.1, timing adjustable).

Asking does not keep a session alive; only somebody who says that she is there does.
"""

import hashlib
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.domain.sessions.browser import Session
from idp.journeys.signin.recognise import look_at, seconds_left, use
from idp.web.frame import provider
from idp.web.json_answer import json_answer
from idp.web.signin.current import SESSION, cookies, current_session, here, signed_in_as

blueprint = Blueprint("session_time", __name__)
WARNING = 120
"""Seconds before the end at which the page speaks; half of the time for a session that may rest no longer than that."""
MINUTE = 60


@dataclass(frozen=True, slots=True)
class SessionTime:
    """What a page knows: seconds until the end, seconds before it to speak, whose page it is, and its address."""

    seconds: int
    warning: int
    minutes: int
    whose: str
    here: str


def init(app: Flask) -> None:
    """Give templates `session_time()`: None on a page that needs no session."""
    app.jinja_env.globals["session_time"] = _of_this_page


@blueprint.get("/session")
def how_long() -> Response:
    """The seconds left, without using the session."""
    return _answer(look_at(provider(), cookies().get(request, SESSION)))


@blueprint.post("/session/extend")
def extend() -> Response:
    """Somebody is there."""
    session = current_session()
    return _answer(None if session is None else use(provider(), session))


def _answer(session: Session | None) -> Response:
    if session is None:
        return json_answer(200, {"seconds": 0})
    seconds = seconds_left(provider(), session)
    extendable = session.expires_at - provider().store.now() > seconds
    words = _words(seconds, extendable=extendable)
    return json_answer(200, {"seconds": seconds, "extendable": extendable, "whose": _mark(session), "words": words})


def _words(seconds: int, *, extendable: bool) -> str:
    if seconds >= MINUTE:
        left: str = ngettext(
            "You will be signed out in about %(num)s minute.",
            "You will be signed out in about %(num)s minutes.",
            -(-seconds // MINUTE),
        )
    else:
        left = ngettext(
            "You will be signed out in %(num)s second.", "You will be signed out in %(num)s seconds.", seconds
        )
    if extendable:
        return left
    return f"{left} {_('You have been signed in for as long as is allowed. Save your work, then sign in again.')}"


def _of_this_page() -> SessionTime | None:
    session = signed_in_as()
    if session is None:
        return None
    idle = provider().lifetimes.session_idle
    warning = min(WARNING, idle // 2)
    return SessionTime(seconds_left(provider(), session), warning, -(-idle // MINUTE), _mark(session), here())


def _mark(session: Session) -> str:
    """Tells whether a page is of the person who is signed in by now, and nothing else."""
    return hashlib.sha256(f"page of {session.person_id}".encode()).hexdigest()[:16]
