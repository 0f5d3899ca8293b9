"""What every page of the account shares: a session, the navigation, a message after a change."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_babel import gettext as _

from idp.domain.sessions.browser import Session
from idp.journeys.account import home, passkeys, security
from idp.protocol.assurance import Amr, Strength
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import require_session

blueprint = Blueprint("account", __name__)
SECTIONS = ("services", "security", "sessions", "activity", "details", "contacts", "close", "data", "former")
FRESH = 600
"""Seconds since the last authentication within which a way to sign in may be changed."""


def session_for_changes(*, while_closing: bool = False) -> Session:
    """The session, if somebody proved just now to be there, with every factor that the account asks for.

    A session from before a second factor was added does not decide about the second factor. `while_closing` as in
    `require_session`.
    """
    session = require_session(fresh=FRESH, while_closing=while_closing)
    wanted = security.strength_for_changes(provider(), session.person_id)
    return session if session.strength >= wanted else require_session(wanted, FRESH, while_closing=while_closing)


@blueprint.get("/account")
def overview() -> Response:
    """The front page."""
    session = require_session()
    found = home.of(provider(), session.person_id)
    return page("overview", session, "", home=found, quiet=_quietly(session))


@blueprint.get("/account/<section>/<path:_elsewhere>")
def elsewhere(section: str, _elsewhere: str) -> Response:
    """An address that only a form leads to, come back to by reloading, by the back button, or in another language."""
    require_session(while_closing=True)
    if section not in SECTIONS:
        abort(404)
    return local(f"/account/{section}")


def page(
    template: str, session: Session, section: str, errors: Sequence[tuple[str, str]] = (), **values: object
) -> Response:
    """A page of the account, with its navigation."""
    places = [
        ("/account", _("Overview"), section == ""),
        ("/account/services", _("Your services"), section == "services"),
        ("/account/security", _("Security"), section == "security"),
        ("/account/sessions", _("Sessions"), section == "sessions"),
        ("/account/activity", _("Activity"), section == "activity"),
        ("/account/details", _("Your details"), section == "details"),
    ]
    done = DONE.get(request.args.get("done", ""), lambda: "")()
    shown = render_template(
        f"account/{template}.html",
        places=places,
        session=session,
        errors=list(errors),
        done=done,
        **values,
    )
    return make_response(shown)


def changed(section: str, what: str) -> Response:
    """Back to a section after a change, which it confirms; "" is the front page."""
    return local(f"/account/{section}".rstrip("/") + f"?done={what}")


def _quietly(session: Session) -> tuple[str, str] | None:
    """(challenge id, options) for a passkey that the browser makes beside the password that was used just now."""
    is_fresh = session.auth_time >= provider().store.now() - FRESH and session.strength > Strength.ONE_FACTOR
    if not is_fresh or session.handed_over or Amr.PASSWORD not in session.amr:
        return None
    return passkeys.quiet_options(provider(), session.person_id)


DONE = {
    "removed": lambda: _("It was removed."),
    "added": lambda: _("It was added. From now on you can sign in with it."),
    "renamed": lambda: _("The name was changed."),
    "password": lambda: _("Your password was changed."),
    "password-alone": lambda: _("Your password was changed, and every other browser was signed out."),
    "ended": lambda: _("The session was ended, and every service in it was told."),
    "forgotten": lambda: _("That browser is forgotten. Next time it asks for everything again."),
    "others-ended": lambda: _("All other sessions were ended, and every service in them was told."),
    "kept": lambda: _("Your account will not be closed. You can use your services again."),
    "contact-added": lambda: _("It was confirmed and added."),
    "contact-changed": lambda: _("The new one took the place of the old one."),
    "contact-preferred": lambda: _("From now on services receive this one."),
    "code-sent": lambda: _("Another code is on its way. Earlier ones no longer work."),
    "given-up": lambda: _("Nothing was changed."),
    "reclaim-stopped": lambda: _("It is stopped. Nobody else gets this account."),
    "withdrawn": lambda: _("The service may not receive anything about you any more."),
}
