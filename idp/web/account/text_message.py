"""Codes by text message as a way to sign in: choose a number, then type the code that was sent there."""

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.account import text_message
from idp.journeys.signin.text_message import bindable
from idp.web.account.frame import blueprint, changed, page, session_for_changes
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.dispatch import corrected
from idp.web.signin.words import message

DIGITS = 6
LONGEST_ID, LONGEST_KEPT = 64, 600
CODE, AGAIN = "sms-code", "sms-send"


@blueprint.get("/account/security/text-message")
def text_message_page() -> Response:
    """Say what it is worth, and offer the proven numbers."""
    return _show(session_for_changes())


@blueprint.get("/account/security/text-message/code")
def text_message_code_page() -> Response:
    """The page for the code stands in the answer to sending it."""
    return local("/account/security/text-message")


@blueprint.post("/account/security/text-message")
def send_text_message() -> Response:
    """Send a code, or another."""
    session = session_for_changes()
    form = Form(request.form)
    to, kept = form.text("to", limit=LONGEST_ID), form.text("kept", limit=LONGEST_KEPT)
    try:
        sent = text_message.begin(provider(), session.person_id, to, request.remote_addr or "", kept)
    except Refusal as refusal:
        return corrected(_show(session, to, kept, [(AGAIN, _said(refusal))]), refusal)
    return _show(session, to, sent)


@blueprint.post("/account/security/text-message/code")
def add_text_message() -> Response:
    """Bind the number that the code was sent to."""
    session = session_for_changes()
    form = Form(request.form)
    to, kept = form.text("to", limit=LONGEST_ID), form.text("kept", limit=LONGEST_KEPT)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits from the message."), field_id=CODE)
    try:
        if not form.errors:
            text_message.add(provider(), session.person_id, kept, code)
            return changed("security", "added")
    except Refusal as refusal:
        return corrected(_show(session, to, kept, [(CODE, _said(refusal))]), refusal)
    return corrected(_show(session, to, kept, form.errors))


def _show(session: Session, to: str = "", kept: str = "", errors: Errors | tuple[()] = ()) -> Response:
    telephones = bindable(provider(), session.person_id)
    sent_to = next((one for one in telephones if kept and one.id == to), None)
    values = {"telephones": telephones, "sent_to": sent_to, "kept": kept, "texts": "sms" in provider().channels}
    return page("text_message", session, "security", errors, **values)


def _said(refusal: Refusal) -> str:
    words = message(refusal)
    if words is None:
        raise refusal
    return words
