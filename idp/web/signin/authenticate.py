"""The first page: user name and password, or a passkey."""

from collections.abc import Sequence

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.authenticators.response import credential_id
from idp.foundation.refusal import Refusal
from idp.journeys.account.passkeys import unknown as signal_unknown
from idp.journeys.signin.authenticate import STEP, passkey_options, with_passkey, with_password
from idp.journeys.signin.handover import is_offered
from idp.journeys.signin.login import InProgress
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered
from idp.web.signin.logo import logo

NAME, PASSWORD = "login-username", "login-password"


@blueprint.get(f"/signin/<login_id>/{STEP}")
def authenticate_page(login_id: str) -> Response:
    """Ask who it is."""
    return page(login_id, STEP, lambda progress: _show(progress, _hinted(progress), ()))


@blueprint.post(f"/signin/<login_id>/{STEP}")
def authenticate(login_id: str) -> Response:
    """Check a name and a password."""
    form = Form(request.form)
    name = form.text("username", limit=320, missing=_("Enter your user name or e-mail address."), field_id=NAME)
    text = form.secret("password", limit=1024, missing=_("Enter your password."), field_id=PASSWORD)

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, name, errors))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: with_password(provider(), login_id, visitor(), name, text), again, NAME)


@blueprint.post(f"/signin/<login_id>/{STEP}/passkey")
def authenticate_with_passkey(login_id: str) -> Response:
    """Check a passkey's answer."""
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, "", errors, unknown))

    def work() -> None:
        try:
            with_passkey(provider(), login_id, visitor(), challenge, credential)
        except Refusal as refusal:
            if refusal.code == "authenticators.passkey.unknown":
                unknown.append(signal_unknown(provider(), credential_id(credential) or ""))
            raise

    unknown: list[tuple[str, str]] = []
    return posted(login_id, work, again, "login-passkey")


def _show(
    progress: InProgress, name: str, errors: Errors | tuple[()], signals: Sequence[tuple[str, str]] = ()
) -> Response:
    challenge, options = passkey_options(provider())
    values = {"challenge": challenge, "options": options, "signals": signals, "handover": is_offered(progress)}
    values["logo"] = logo(progress)
    return rendered("authenticate", errors, progress=progress, name=name, **values)


def _hinted(progress: InProgress) -> str:
    return (progress.goal.request.login_hint or "") if progress.goal.request else ""
