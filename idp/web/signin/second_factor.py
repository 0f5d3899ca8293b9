"""The second page: a code, a passkey, or a recovery code."""

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.authenticators import registry
from idp.journeys.signin.login import InProgress
from idp.journeys.signin.second_factor import (
    STEP,
    held_by,
    passkey_options,
    with_code,
    with_passkey,
    with_recovery_code,
)
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.signin import remember
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered

CODE, RECOVERY = "login-code", "login-recovery-code"
DIGITS = 6


@blueprint.get(f"/signin/<login_id>/{STEP}")
def second_factor_page(login_id: str) -> Response:
    """Ask for the second factor the person holds."""
    return page(login_id, STEP, lambda progress: _show(progress, ()))


@blueprint.post(f"/signin/<login_id>/{STEP}")
def second_factor(login_id: str) -> Response:
    """Check a code of an authenticator app."""
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits that the app shows."), field_id=CODE)

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, errors))

    def work() -> None:
        with_code(provider(), login_id, visitor(), code, remember=remember.wished(form))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, work, again, CODE)


@blueprint.post(f"/signin/<login_id>/{STEP}/passkey")
def second_factor_passkey(login_id: str) -> Response:
    """Check a passkey's answer."""
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, errors))

    return posted(
        login_id, lambda: with_passkey(provider(), login_id, visitor(), challenge, credential), again, "login-passkey"
    )


@blueprint.get(f"/signin/<login_id>/{STEP}/recovery-code")
def recovery_code_page(login_id: str) -> Response:
    """Ask for a saved recovery code instead."""
    return page(login_id, STEP, lambda progress: rendered("recovery_code", progress=progress))


@blueprint.post(f"/signin/<login_id>/{STEP}/recovery-code")
def recovery_code(login_id: str) -> Response:
    """Check a saved recovery code."""
    form = Form(request.form)
    code = form.text("code", limit=64, missing=_("Enter one of your recovery codes."), field_id=RECOVERY)

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: rendered("recovery_code", errors, progress=progress))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: with_recovery_code(provider(), login_id, visitor(), code), again, RECOVERY)


def _show(progress: InProgress, errors: Errors | tuple[()]) -> Response:
    held = {one.method for one in held_by(provider(), progress)}
    methods = held if "sms" in provider().channels else held - {registry.SMS}
    challenge, options = passkey_options(provider(), progress) if "passkey" in methods else ("", "")
    values = {"methods": methods, "challenge": challenge, "options": options, **remember.box()}
    return rendered("second_factor", errors, progress=progress, **values)
