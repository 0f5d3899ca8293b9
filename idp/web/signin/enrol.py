"""Adding a second factor, because the service needs more than a password proves."""

from flask import Response, request
from flask_babel import gettext as _

from idp.journeys.signin.enrol import STEP, add_passkey, add_totp, begin_totp, needs_hardware, passkey_options
from idp.journeys.signin.login import InProgress
from idp.journeys.signin.text_message import enrollable
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.device import device_name
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered

CODE, DIGITS = "login-code", 6


@blueprint.get(f"/signin/<login_id>/{STEP}")
def enrol_page(login_id: str) -> Response:
    """Offer an authenticator app and a passkey."""
    return page(login_id, STEP, lambda progress: _show(progress, ()))


@blueprint.post(f"/signin/<login_id>/{STEP}")
def enrol_totp(login_id: str) -> Response:
    """Bind the app that shows the right code."""
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits that the app shows."), field_id=CODE)

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, errors))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: add_totp(provider(), login_id, visitor(), code), again, CODE)


@blueprint.post(f"/signin/<login_id>/{STEP}/passkey")
def enrol_passkey(login_id: str) -> Response:
    """Bind a passkey."""
    return _bind(login_id, "enrol-passkey", device_name(request.headers.get("User-Agent", "")))


@blueprint.post(f"/signin/<login_id>/{STEP}/security-key")
def enrol_security_key(login_id: str) -> Response:
    """Bind a security key."""
    return _bind(login_id, "enrol-security-key", "")


def _bind(login_id: str, field_id: str, label: str) -> Response:
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, errors))

    def work() -> None:
        add_passkey(provider(), login_id, visitor(), challenge, credential, label)

    return posted(login_id, work, again, field_id)


def _show(progress: InProgress, errors: Errors | tuple[()]) -> Response:
    security_key = passkey_options(provider(), progress.login.id, visitor(), security_key=True)
    if needs_hardware(progress):
        names = sorted({make.name for make in provider().makes.values() if make.hardware})
        return rendered("enrol_hardware", errors, progress=progress, security_key=security_key, makes=names)
    enrolment = begin_totp(provider(), progress.login.id, visitor())
    challenge, options = passkey_options(provider(), progress.login.id, visitor())
    telephones = enrollable(provider(), progress)
    values = {
        "telephones": telephones,
        "enrolment": enrolment,
        "challenge": challenge,
        "options": options,
        "security_key": security_key,
    }
    return rendered("enrol", errors, progress=progress, **values)
