"""New ways to sign in, once the account was proved to be one's own."""

from flask import Response, request
from flask_babel import gettext as _

from idp.domain.sessions.logins import Login
from idp.journeys.recovery import bind, claim
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.password_strength import Meter, meter
from idp.web.recovery.frame import DIGITS, blueprint, page, posted, rendered
from idp.web.redirects import local
from idp.web.signin.current import visitor
from idp.web.signin.dispatch import corrected

PASSWORD, PASSKEY, CODE, SAVED = "recover-password", "recover-passkey", "recover-totp", "codes-saved"


@blueprint.get("/recover/<login_id>/method")
def method_page(login_id: str) -> Response:
    """Ask for a new password, or offer a passkey."""
    return page(login_id, "method", lambda login: _method(login, ()))


@blueprint.post("/recover/<login_id>/method")
def choose_password(login_id: str) -> Response:
    """Prepare the password."""
    form = Form(request.form)
    text = form.secret("password", limit=1024, missing=_("Choose a password."), field_id=PASSWORD)

    def again(errors: Errors) -> Response:
        alone = bind.stands_alone(claim.look_at(provider(), login_id, visitor()))
        shown = meter(text, second_factor=not alone)
        return page(login_id, "method", lambda login: _method(login, errors, shown))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: bind.choose_password(provider(), login_id, visitor(), text), again, PASSWORD)


@blueprint.post("/recover/<login_id>/passkey")
def add_passkey(login_id: str) -> Response:
    """Prepare a passkey, as the way in or as the second factor."""
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")

    def again(errors: Errors) -> Response:
        step = claim.step_of(claim.look_at(provider(), login_id, visitor())) or ""
        show = {"method": _method, "second-factor": _second_factor}.get(step)
        if show is None:
            return local(f"/recover/{login_id}")
        return page(login_id, step, lambda login: show(login, errors))

    def work() -> None:
        bind.add_passkey(provider(), login_id, visitor(), challenge, credential)

    return posted(login_id, work, again, PASSKEY)


@blueprint.get("/recover/<login_id>/second-factor")
def second_factor_page(login_id: str) -> Response:
    """Ask for an authenticator app, or offer a passkey."""
    return page(login_id, "second-factor", lambda login: _second_factor(login, ()))


@blueprint.post("/recover/<login_id>/second-factor")
def add_totp(login_id: str) -> Response:
    """Prepare the app that shows the right code."""
    form = Form(request.form)
    code = form.digits("code", count=DIGITS, wrong=_("Enter the six digits that the app shows."), field_id=CODE)

    def again(errors: Errors) -> Response:
        return page(login_id, "second-factor", lambda login: _second_factor(login, errors))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: bind.add_totp(provider(), login_id, visitor(), code), again, CODE)


@blueprint.get("/recover/<login_id>/recovery-codes")
def recovery_codes_page(login_id: str) -> Response:
    """Show the new recovery codes, once."""
    return page(login_id, "recovery-codes", lambda login: _codes(login, ()))


@blueprint.post("/recover/<login_id>/recovery-codes")
def codes_saved(login_id: str) -> Response:
    """She has saved them, and goes to sign in."""
    form = Form(request.form)
    form.checked("saved", missing=_("Save the codes, then tick the box."), field_id=SAVED)

    def again(errors: Errors) -> Response:
        return page(login_id, "recovery-codes", lambda login: _codes(login, errors))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: bind.codes_saved(provider(), login_id, visitor()), again, SAVED)


def _method(login: Login, errors: Errors | tuple[()], shown: Meter | None = None) -> Response:
    challenge, options = bind.passkey_options(provider(), login.id, visitor())
    values = {"challenge": challenge, "options": options, "meter": shown, "alone": bind.stands_alone(login)}
    return rendered("method", errors, login=login, **values)


def _second_factor(login: Login, errors: Errors | tuple[()]) -> Response:
    enrolment = bind.begin_totp(provider(), login.id, visitor())
    challenge, options = bind.passkey_options(provider(), login.id, visitor())
    values = {"enrolment": enrolment, "challenge": challenge, "options": options}
    return rendered("second_factor", errors, login=login, **values)


def _codes(login: Login, errors: Errors | tuple[()]) -> Response:
    return rendered("codes", errors, login=login, codes=bind.recovery_codes(provider(), login.id, visitor()))
