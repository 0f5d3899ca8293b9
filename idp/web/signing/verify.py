"""The public page that checks a signed file: no sign-in, nothing kept."""

from typing import Final

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _

from idp.domain.signatures.verification import LARGEST, Report
from idp.foundation.refusal import Refusal
from idp.journeys.signing import verify as checking
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.signing.access import refused

blueprint = Blueprint("verify", __name__, url_prefix="/verify-signature")
blueprint.register_error_handler(Refusal, refused)

FIELD: Final = "signed-file"
MEGABYTE: Final = 1024 * 1024


@blueprint.get("")
def form() -> Response:
    """Choose a file."""
    return _page(Form(request.form))


@blueprint.post("")
def check() -> Response:
    """Say what the file's signatures are worth, in plain words."""
    form = Form(request.form, request.files)
    too_big = _("The file is larger than %(limit)s MB. Choose a smaller one.", limit=LARGEST // MEGABYTE)
    content = form.upload(FIELD, limit=LARGEST, missing=_("Choose a PDF file."), too_big=too_big)
    report = None if content is None else checking.verify(provider(), content, request.remote_addr or "")
    if report is not None and report.reason not in ("", "unsigned"):
        form.fail(FIELD, _unreadable(report.reason))
    return _page(form, report)


def _unreadable(reason: str) -> str:
    if reason == "not_pdf":
        return str(_("The file is not a PDF document. Choose the signed PDF itself."))
    return str(_("The file is damaged, or too complicated to read safely. Ask for it again from where you got it."))


def _page(form: Form, report: Report | None = None) -> Response:
    page = render_template("signing/verify.html", errors=form.errors, report=None if form.errors else report)
    return make_response(page, 422 if form.errors else 200)
