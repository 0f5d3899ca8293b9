"""Security: the ways to sign in."""

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.authenticators import registry
from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.account import passkeys, security
from idp.journeys.signin.new_password import has_second_factor
from idp.web.account.authenticator_words import kept_in, kind_of, spoken
from idp.web.account.frame import blueprint, changed, page, session_for_changes
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.password_strength import meter
from idp.web.redirects import local
from idp.web.signin.current import require_session
from idp.web.signin.dispatch import corrected
from idp.web.signin.words import message

DIGITS = 6
LONGEST_LABEL = 60


@blueprint.get("/account/security")
def security_page() -> Response:
    """Every way to sign in."""
    return _security(require_session())


@blueprint.get("/account/security/add")
def add_page() -> Response:
    """Offer a passkey, a security key and an authenticator app."""
    return offer_ways(session_for_changes())


@blueprint.get("/account/security/totp")
@blueprint.get("/account/security/passkey")
@blueprint.get("/account/security/security-key")
def add_again() -> Response:
    """Come back to after a correction, by reloading or in another language."""
    return local("/account/security/add")


@blueprint.post("/account/security/totp")
def add_totp() -> Response:
    """Bind the app that shows the right code."""
    session = session_for_changes()
    form = Form(request.form)
    kept = form.text("kept", limit=600)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits that the app shows."), field_id="totp-code")
    try:
        if not form.errors:
            security.add_totp(provider(), session.person_id, kept, code, form.text("label", limit=LONGEST_LABEL))
            return changed("security", "added")
    except Refusal as refusal:
        form.fail("totp-code", _said(refusal))
        return corrected(offer_ways(session, form.errors, kept), refusal)
    return corrected(offer_ways(session, form.errors, kept))


@blueprint.get("/account/security/<authenticator_id>")
def authenticator_page(authenticator_id: str) -> Response:
    """Rename or remove one."""
    session = require_session()
    held = {one.id: one for one in security.held(provider(), session.person_id).authenticators}
    if authenticator_id not in held:
        raise Refusal("authenticators.unknown", "no such authenticator")
    if held[authenticator_id].method == registry.PASSWORD:
        return local("/account/security/password")
    return page("authenticator", session, "security", one=held[authenticator_id], kind=kind_of(held[authenticator_id]))


@blueprint.post("/account/security/<authenticator_id>/rename")
def rename(authenticator_id: str) -> Response:
    """Give it another name."""
    session = require_session()
    label = Form(request.form).text("label", limit=LONGEST_LABEL)
    security.rename(provider(), session.person_id, authenticator_id, label)
    return changed("security", "renamed")


@blueprint.get("/account/security/<authenticator_id>/remove")
def removal_page(authenticator_id: str) -> Response:
    """Ask once more, and say what remains."""
    session = session_for_changes()
    held = {one.id: one for one in security.held(provider(), session.person_id).authenticators}
    one = held.pop(authenticator_id, None)
    if one is None:
        return local("/account/security")
    left = [spoken(other) for other in held.values() if not other.disabled]
    return page("removal", session, "security", one=one, kind=kind_of(one), left=left)


@blueprint.post("/account/security/<authenticator_id>/remove")
def remove(authenticator_id: str) -> Response:
    """Take it away, after a fresh authentication."""
    session = session_for_changes()
    try:
        security.remove(provider(), session.person_id, authenticator_id)
    except Refusal as refusal:
        return corrected(_security(session, [("", _why_kept(refusal))]))
    return changed("security", "removed")


@blueprint.get("/account/security/password")
def password_page() -> Response:
    """Ask for a new password."""
    return _password(session_for_changes())


@blueprint.post("/account/security/password")
def change_password() -> Response:
    """Set it."""
    session = session_for_changes()
    form = Form(request.form)
    text = form.secret("password", limit=1024, missing=_("Choose a password."), field_id="new-password")
    end_others = form.checked("end-others")
    try:
        if not form.errors:
            security.change_password(provider(), session.person_id, text, session if end_others else None)
            return changed("security", "password-alone" if end_others else "password")
    except Refusal as refusal:
        form.fail("new-password", _said(refusal))
    return corrected(_password(session, form.errors, text, end_others=end_others))


@blueprint.get("/account/security/recovery-codes")
def codes_were_shown() -> Response:
    """The codes are shown once, in the answer to making them."""
    return local("/account/security")


@blueprint.post("/account/security/recovery-codes")
def recovery_codes() -> Response:
    """Make a new set and show it once."""
    session = session_for_changes()
    codes = security.new_recovery_codes(provider(), session.person_id)
    return page("recovery_codes", session, "security", codes=codes)


def _security(session: Session, errors: Errors | tuple[()] = ()) -> Response:
    held = security.held(provider(), session.person_id)
    values = {"kind_of": kind_of, "kept_in": kept_in, "signals": passkeys.signals(provider(), session.person_id)}
    return page("security", session, "security", errors, held=held, **values)


def offer_ways(session: Session, errors: Errors | tuple[()] = (), kept: str | None = None) -> Response:
    """The page with everything that can be added; `kept` is the app's secret that is being confirmed."""
    enrolment, carried = security.begin_totp(provider(), session.person_id, kept)
    challenge, options = passkeys.options(provider(), session.person_id)
    values = {"enrolment": enrolment, "kept": carried, "challenge": challenge, "options": options}
    values |= {"security_key": passkeys.options(provider(), session.person_id, security_key=True)}
    return page("add", session, "security", errors, texts="sms" in provider().channels, **values)


def _password(
    session: Session, errors: Errors | tuple[()] = (), text: str = "", *, end_others: bool = True
) -> Response:
    second_factor = has_second_factor(provider(), session.person_id)
    shown = meter(text, second_factor=second_factor)
    held = security.held(provider(), session.person_id).authenticators
    spare = next((one for one in held if one.method == registry.PASSWORD), None)
    removable = spare is not None and any(one.opens_alone for one in held)
    values = {"has_second_factor": second_factor, "meter": shown, "spare": spare if removable else None}
    return page("password", session, "security", errors, end_others=end_others, **values)


def _why_kept(refusal: Refusal) -> str:
    reasons: dict[str, str] = {
        "authenticators.last": _("Without it you could not sign in any more. Add another way first."),
        "authenticators.last_second_factor": _(
            "Without it a password alone would open your account. Add another passkey or authenticator app first."
        ),
    }
    if refusal.code not in reasons:
        raise refusal
    return reasons[refusal.code]


def _said(refusal: Refusal) -> str:
    words = message(refusal)
    if words is None:
        raise refusal
    return words
