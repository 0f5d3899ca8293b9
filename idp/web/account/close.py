"""Closing the account, and keeping it after all: signed in, or by the link in a letter."""

from flask import Response, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.account import close as journey
from idp.web.account.frame import blueprint, page, session_for_changes
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.redirects import local
from idp.web.signin.current import CLOSING, forget_session, remember_session, require_session
from idp.web.signin.dispatch import corrected

UNDERSTOOD = "close-understood"
LONGEST_LINK = 100
OVER = "people.closing_over"


@blueprint.get("/account/close")
def close_page() -> Response:
    """What closing means, or when it will happen."""
    session = require_session(while_closing=True)
    if _at_stake(session).waiting is None:
        session = session_for_changes()
    return _show(session)


@blueprint.post("/account/close")
def close_account() -> Response:
    """Begin to wait."""
    session = session_for_changes()
    form = Form(request.form)
    form.checked("understood", missing=_("Tick the box if you want to close your account."), field_id=UNDERSTOOD)
    if form.errors:
        return corrected(_show(session, form.errors))
    try:
        secret = journey.request(provider(), session)
    except Refusal as refusal:
        if refusal.code != "people.works_here":
            raise
        return corrected(_show(session))
    return remember_session(local(CLOSING), secret)


@blueprint.post("/account/close/keep")
def keep_account() -> Response:
    """Keep it after all; pressing the button twice is no mistake."""
    session = require_session(while_closing=True)
    try:
        journey.keep(provider(), session.person_id)
    except Refusal as refusal:
        if refusal.code != OVER:
            raise
    return local("/account?done=kept")


@blueprint.get("/keep-account")
def keep_page() -> Response:
    """The link in the letter. Looking changes nothing: mail scanners look too."""
    link = request.args.get("link", "")[:LONGEST_LINK]
    try:
        closing = journey.behind_link(provider(), link)
    except Refusal as refusal:
        return _over(refusal)
    return _said("keep", link=link, closing=closing)


@blueprint.post("/keep-account")
def keep_by_link() -> Response:
    """Keep the account, wherever the letter is read."""
    try:
        journey.keep_by_link(provider(), Form(request.form).text("link", limit=LONGEST_LINK))
    except Refusal as refusal:
        return _over(refusal)
    return forget_session(_said("kept"))


def _show(session: Session, errors: Errors | tuple[()] = ()) -> Response:
    stake = _at_stake(session)
    template = "close" if stake.waiting is None else "closing"
    return page(template, session, "close", errors, stake=stake)


def _at_stake(session: Session) -> journey.AtStake:
    return journey.at_stake(provider(), session.person_id, bcp47(str(get_locale())))


def _over(refusal: Refusal) -> Response:
    if refusal.code != OVER:
        raise refusal
    shown = _said("keep_over")
    shown.status_code = 410
    return shown


def _said(template: str, **values: object) -> Response:
    return make_response(render_template(f"account/{template}.html", **values))
