"""A leaked password is replaced before the sign-in goes on."""

from flask import Response, request
from flask_babel import gettext as _

from idp.journeys.signin.login import InProgress
from idp.journeys.signin.new_password import STEP, has_second_factor, renew
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.password_strength import meter
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import blueprint, corrected, page, posted, rendered

FIELD = "new-password"


@blueprint.get(f"/signin/<login_id>/{STEP}")
def new_password_page(login_id: str) -> Response:
    """Say why, and ask for another."""
    return page(login_id, STEP, lambda progress: _show(progress, "", ()))


@blueprint.post(f"/signin/<login_id>/{STEP}")
def new_password(login_id: str) -> Response:
    """Replace it."""
    form = Form(request.form)
    text = form.secret("password", limit=1024, missing=_("Choose a password."), field_id=FIELD)

    def again(errors: Errors) -> Response:
        return page(login_id, STEP, lambda progress: _show(progress, text, errors))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: renew(provider(), login_id, visitor(), text), again, FIELD)


def _show(progress: InProgress, text: str, errors: Errors | tuple[()]) -> Response:
    second = has_second_factor(provider(), progress.person_id)
    shown = meter(text, second_factor=second)
    return rendered("new_password", errors, progress=progress, has_second_factor=second, meter=shown)
