"""The first page: user name and password, or a passkey."""

from flask import Response, request
from flask_babel import gettext as _

from idp.journeys.signin.authenticate import STEP, passkey_options, with_passkey, with_password
from idp.journeys.signin.login import InProgress
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered

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
        return page(login_id, STEP, lambda progress: _show(progress, "", errors))

    return posted(
        login_id, lambda: with_passkey(provider(), login_id, visitor(), challenge, credential), again, "login-passkey"
    )


def _show(progress: InProgress, name: str, errors: Errors | tuple[()]) -> Response:
    challenge, options = passkey_options(provider())
    return rendered("authenticate", errors, progress=progress, name=name, challenge=challenge, options=options)


def _hinted(progress: InProgress) -> str:
    return (progress.goal.request.login_hint or "") if progress.goal.request else ""
