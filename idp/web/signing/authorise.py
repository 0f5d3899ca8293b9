"""The page on which the citizen confirms with a passkey or a code, and signs."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from idp.foundation.refusal import Refusal
from idp.journeys.signing import authorise as authorising
from idp.journeys.signing.review import review
from idp.journeys.signing.sign import sign
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.words import message
from idp.web.signing.access import refused, signer
from idp.web.signing.review import show

blueprint = Blueprint("authorise", __name__, url_prefix="/sign/<ceremony_id>/authorise")
blueprint.register_error_handler(Refusal, refused)

CODE: Final = "sign-code"
PASSKEY: Final = "sign-passkey"
DIGITS: Final = 6
TOO_MANY: Final = 429


@blueprint.get("")
def ask(ceremony_id: str) -> Response:
    """Offer the factors that the citizen holds."""
    return _page(ceremony_id, signer().person_id)


@blueprint.post("")
def with_code(ceremony_id: str) -> Response:
    """Sign by a code of an authenticator app."""
    person_id = signer().person_id
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits that the app shows."), field_id=CODE)
    if form.errors:
        return _page(ceremony_id, person_id, form.errors)
    return _sign(ceremony_id, person_id, lambda: authorising.with_code(provider(), ceremony_id, person_id, code), CODE)


@blueprint.post("/passkey")
def with_passkey(ceremony_id: str) -> Response:
    """Sign by a passkey's answer about this very document."""
    person_id = signer().person_id
    question = (request.form.get("challenge", ""), request.form.get("nonce", ""))
    answer = request.form.get("credential", "")
    return _sign(
        ceremony_id,
        person_id,
        lambda: authorising.with_passkey(provider(), ceremony_id, person_id, question, answer),
        PASSKEY,
    )


def _sign(ceremony_id: str, person_id: str, activate: Callable[[], str], field_id: str) -> Response:
    """Get an activation and use it; what the citizen can correct is shown on the same page."""
    try:
        activation = activate()
    except Refusal as refusal:
        words = message(refusal)
        if words is None:
            raise
        response = _page(ceremony_id, person_id, [(field_id, words)])
        if refusal.code == "too_many_attempts":
            response.status_code = TOO_MANY
        return response
    sign(provider(), ceremony_id, person_id, activation)
    return local(url_for("signing.review.done", ceremony_id=ceremony_id))


def _page(ceremony_id: str, person_id: str, errors: list[tuple[str, str]] | None = None) -> Response:
    about = review(provider(), ceremony_id, person_id)
    if not about.ceremony.open:
        return local(url_for("signing.review.done", ceremony_id=ceremony_id))
    try:
        factors = authorising.factors(provider(), ceremony_id, person_id)
    except Refusal as refusal:
        if refusal.code != "signing.no_factor":
            raise
        return show("no_factor", about)
    return show("authorise", about, errors, factors=factors)
