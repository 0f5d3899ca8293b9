"""Who is at the browser: the session behind its cookie, and the secret that binds sign-ins to it."""

from typing import NoReturn

from flask import Response, abort, current_app, g, request

from idp.domain.people.records import Status
from idp.domain.sessions.browser import Session
from idp.foundation.randomness import token
from idp.journeys.account.close import status_of
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.login import Opener, begin
from idp.journeys.signin.recognise import recognise
from idp.journeys.signin.standing import ADMITTED
from idp.protocol.assurance import Strength
from idp.web.cookies import Cookies
from idp.web.frame import provider
from idp.web.redirects import local

SESSION = "session"
BINDING = "signin"
REMEMBERED = "remembered"
CLOSING = "/account/close"
LONGEST_REMEMBERED = 1000
"""Characters; the cookie holds about 340 when it remembers as many people as it may."""


def cookies() -> Cookies:
    """The one way this application sets cookies."""
    return Cookies(current_app.config["SECURE_COOKIES"])


def current_session() -> Session | None:
    """The browser's living session, read once in each request."""
    if "session_found" not in g:
        g.session_found = recognise(provider(), cookies().get(request, SESSION))
    found: Session | None = g.session_found
    return found


def require_session(
    strength: Strength = Strength.ONE_FACTOR,
    fresh: int | None = None,
    *,
    first_hand: bool = False,
    while_closing: bool = False,
) -> Session:
    """The session, or off to sign in and back to this page.

    `strength` is what the authentication must have proved; `fresh` how many seconds ago at most. `first_hand`, which
    `fresh` includes, says that it must have been at this browser and not approved at another device. Who is closing her
    account is shown that instead, except on pages that say `while_closing`.
    """
    session = current_session()
    since = 0 if fresh is None else provider().store.now() - fresh
    first_hand = first_hand or fresh is not None
    if session is None or not _satisfies(session, strength, since, first_hand=first_hand):
        # Nor is a session that was handed over raised by handing over more.
        here = first_hand or (session is not None and session.handed_over)
        _sign_in_first(strength, since, first_hand=here)
    status = status_of(provider(), session.person_id)
    if status is Status.CLOSING and not while_closing:
        abort(local(CLOSING))
    if status not in ADMITTED:
        abort(forget_session(local("/")))
    g.signed_in_as = session
    return session


def signed_in_as() -> Session | None:
    """Whose page is being answered; None for one that asks for no session."""
    found: Session | None = g.get("signed_in_as")
    return found


def visitor() -> Visitor:
    """The browser as the sign-in journeys know it."""
    known = cookies().get(request, REMEMBERED) or ""
    return Visitor(binding(), current_session(), address(), known[:LONGEST_REMEMBERED])


def address() -> str:
    """The browser's network address, as a trusted proxy tells it or as we see it."""
    return request.remote_addr or ""


def binding() -> str:
    """The secret that sign-ins of this browser are bound to; empty if it has none yet."""
    kept: str | None = g.get("binding")
    return kept or cookies().get(request, BINDING) or ""


def bind(response: Response) -> Response:
    """Give the browser its secret, if it was made in this request."""
    if "binding" in g:
        cookies().set(response, BINDING, g.binding, None)
    return response


def new_binding() -> str:
    """The browser's secret, made now if there was none."""
    if not binding():
        g.binding = token()
    return binding()


def opener() -> Opener:
    """The browser as one that opens a sign-in; `bind` the answer to it."""
    return Opener(new_binding(), address())


def remember_session(response: Response, secret: str | None) -> Response:
    """Set the session's cookie after a sign-in; it ends with the browser, or earlier with the session."""
    if secret is not None:
        cookies().set(response, SESSION, secret, None)
    return response


def remember_browser(response: Response, value: str | None) -> Response:
    """Set the cookie that says whom the browser remembers, if it changed."""
    if value is not None:
        cookies().set(response, REMEMBERED, value, provider().lifetimes.remembered)
    return response


def forget_session(response: Response) -> Response:
    """Clear the session's cookie."""
    cookies().clear(response, SESSION)
    return response


def here() -> str:
    """Where somebody comes back to. Whose session ended under a form comes to its page: nothing is posted again."""
    return request.full_path.rstrip("?") if request.method == "GET" else _nearest_page(request.path)


def _satisfies(session: Session, strength: Strength, since: int, *, first_hand: bool) -> bool:
    return session.strength >= strength and session.auth_time >= since and not (first_hand and session.handed_over)


def _sign_in_first(strength: Strength, fresh_since: int, *, first_hand: bool) -> NoReturn:
    login_id = begin(
        provider(),
        opener(),
        return_to=here(),
        strength=strength,
        fresh_since=fresh_since,
        first_hand=first_hand,
    )
    abort(bind(local(f"/signin/{login_id}")))


def _nearest_page(path: str) -> str:
    addresses = current_app.url_map.bind("")
    while path and not addresses.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"
