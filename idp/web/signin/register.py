"""Registering: an address, a code, a way to sign in, a second factor, recovery codes. One page each."""

from collections.abc import Callable

from flask import Response, request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp.domain.sessions.logins import Login
from idp.foundation.refusal import Refusal
from idp.journeys.signin import register
from idp.journeys.signin.login import begin
from idp.protocol.email_address import EMAIL, canonical
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.password_strength import Meter, meter
from idp.web.redirects import local
from idp.web.signin.current import bind, opener, visitor
from idp.web.signin.device import device_name
from idp.web.signin.dispatch import OUT_OF_TURN, blueprint, corrected, rendered
from idp.web.signin.words import message

DIGITS = 6
TOTAL = len(register.STEPS)


@blueprint.get("/register")
def start() -> Response:
    """A new registration, leading to the account; within a sign-in the sign-in's own is used."""
    login_id = begin(provider(), opener(), return_to="/account")
    return bind(local(f"/register/{login_id}"))


@blueprint.get("/register/<login_id>")
def progress(login_id: str) -> Response:
    """The step that is due, or on to where the citizen was going."""
    step = register.step_of(register.look_at(provider(), login_id, visitor()))
    return local(f"/signin/{login_id}" if step is None else f"/register/{login_id}/{step}")


@blueprint.get("/register/<login_id>/<path:_elsewhere>")
def not_a_page(login_id: str, _elsewhere: str) -> Response:
    """An address that only a form leads to."""
    return local(f"/register/{login_id}")


@blueprint.get("/register/<login_id>/address")
def address_page(login_id: str) -> Response:
    """Ask for an e-mail address."""
    return _page(login_id, "address", lambda login: rendered("register_address", login=login, total=TOTAL, value=""))


@blueprint.post("/register/<login_id>/address")
def give_address(login_id: str) -> Response:
    """Send a code there."""
    form = Form(request.form)
    email = canonical(form.text("email", limit=254, missing=_("Enter your e-mail address.")))
    if email and not EMAIL.fullmatch(email):
        form.fail("email", _("Enter an e-mail address in the form name@example.org."))

    def again(errors: Errors) -> Response:
        return _page(
            login_id,
            "address",
            lambda login: rendered("register_address", errors, login=login, total=TOTAL, value=email),
        )

    if form.errors:
        return corrected(again(form.errors))
    locale = str(get_locale() or "en")
    return _posted(
        login_id, lambda: register.give_address(provider(), login_id, visitor(), email, locale), again, "email"
    )


@blueprint.get("/register/<login_id>/code")
def code_page(login_id: str) -> Response:
    """Ask for the code that was mailed."""
    return _page(login_id, "code", lambda login: _code(login, ()))


@blueprint.post("/register/<login_id>/code")
def prove_address(login_id: str) -> Response:
    """Check the code."""
    form = Form(request.form)
    code = form.digits(
        "code", count=DIGITS, wrong=_("Enter the six digits from the message."), field_id="register-code"
    )
    return _check_code(login_id, code, form.errors)


@blueprint.get("/register/<login_id>/link")
def link_page(login_id: str) -> Response:
    """The link of the message: the code is filled in, and sent by the citizen, not by a mail scanner."""
    code = "".join(character for character in request.args.get("code", "") if character.isdecimal())[:DIGITS]
    return _page(login_id, "code", lambda login: _code(login, (), code))


@blueprint.post("/register/<login_id>/link")
def prove_address_by_link(login_id: str) -> Response:
    """As the code page."""
    return prove_address(login_id)


@blueprint.post("/register/<login_id>/another-address")
def another_address(login_id: str) -> Response:
    """Nothing came, or the address was wrong: begin again with the address."""
    return _posted(
        login_id,
        lambda: register.change_address(provider(), login_id, visitor()),
        lambda _errors: progress(login_id),
        "",
    )


@blueprint.get("/register/<login_id>/method")
def method_page(login_id: str) -> Response:
    """Ask for a password, or offer a passkey."""
    return _page(login_id, "method", lambda login: _method(login, ()))


@blueprint.post("/register/<login_id>/method")
def choose_password(login_id: str) -> Response:
    """Set the password."""
    form = Form(request.form)
    text = form.secret("password", limit=1024, missing=_("Choose a password."), field_id="register-password")

    def again(errors: Errors) -> Response:
        shown = meter(text, second_factor=True)
        return _page(login_id, "method", lambda login: _method(login, errors, shown))

    if form.errors:
        return corrected(again(form.errors))
    return _posted(
        login_id, lambda: register.choose_password(provider(), login_id, visitor(), text), again, "register-password"
    )


@blueprint.post("/register/<login_id>/passkey")
def add_passkey(login_id: str) -> Response:
    """Bind a passkey, as the way in or as the second factor."""
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")
    label = device_name(request.headers.get("User-Agent", ""))

    def again(errors: Errors) -> Response:
        step = register.step_of(register.look_at(provider(), login_id, visitor())) or ""
        shown = {"method": _method, "second-factor": _second_factor}.get(step)
        return (
            local(f"/register/{login_id}")
            if shown is None
            else _page(login_id, step, lambda login: shown(login, errors))
        )

    def work() -> None:
        register.add_passkey(provider(), login_id, visitor(), challenge, credential, label)

    return _posted(login_id, work, again, "register-passkey")


@blueprint.get("/register/<login_id>/second-factor")
def register_second_factor_page(login_id: str) -> Response:
    """Ask for an authenticator app, or offer a passkey."""
    return _page(login_id, "second-factor", lambda login: _second_factor(login, ()))


@blueprint.post("/register/<login_id>/second-factor")
def add_totp(login_id: str) -> Response:
    """Bind the app that shows the right code."""
    form = Form(request.form)
    wrong = _("Enter the six digits that the app shows.")
    code = form.digits("code", count=DIGITS, wrong=wrong, field_id="register-totp")

    def again(errors: Errors) -> Response:
        return _page(login_id, "second-factor", lambda login: _second_factor(login, errors))

    if form.errors:
        return corrected(again(form.errors))
    return _posted(
        login_id, lambda: register.add_totp(provider(), login_id, visitor(), code, ""), again, "register-totp"
    )


@blueprint.get("/register/<login_id>/recovery-codes")
def recovery_codes_page(login_id: str) -> Response:
    """Show the recovery codes, once."""
    return _page(login_id, "recovery-codes", lambda login: _codes(login, ()))


@blueprint.post("/register/<login_id>/recovery-codes")
def codes_saved(login_id: str) -> Response:
    """The citizen has saved them."""
    form = Form(request.form)
    form.checked("saved", missing=_("Save the codes, then tick the box."), field_id="codes-saved")

    def again(errors: Errors) -> Response:
        return _page(login_id, "recovery-codes", lambda login: _codes(login, errors))

    if form.errors:
        return corrected(again(form.errors))
    return _posted(login_id, lambda: register.codes_saved(provider(), login_id, visitor()), again, "codes-saved")


def _check_code(login_id: str, code: str, errors: Errors) -> Response:
    def again(found: Errors) -> Response:
        return _page(login_id, "code", lambda login: _code(login, found))

    if errors:
        return corrected(again(errors))
    return _posted(
        login_id, lambda: register.prove_address(provider(), login_id, visitor(), code), again, "register-code"
    )


def _page(login_id: str, step: str, show: Callable[[Login], Response]) -> Response:
    login = register.look_at(provider(), login_id, visitor())
    if register.step_of(login) != step:
        return local(f"/register/{login_id}")
    return show(login)


def _posted(login_id: str, work: Callable[[], None], again: Callable[[Errors], Response], field_id: str) -> Response:
    try:
        work()
    except Refusal as refusal:
        words = None if refusal.code == OUT_OF_TURN else message(refusal)
        if words is None and refusal.code != OUT_OF_TURN:
            raise
        if words is not None:
            return corrected(again([(field_id, words)]), refusal)
    return local(f"/register/{login_id}")


def _code(login: Login, errors: Errors | tuple[()], code: str = "") -> Response:
    address = register.address_of(provider(), login)
    return rendered("register_code", errors, login=login, total=TOTAL, address=address, code=code)


def _method(login: Login, errors: Errors | tuple[()], shown: Meter | None = None) -> Response:
    challenge, options = register.passkey_options(provider(), login.id, visitor())
    values = {"challenge": challenge, "options": options, "meter": shown}
    return rendered("register_method", errors, login=login, total=TOTAL, **values)


def _second_factor(login: Login, errors: Errors | tuple[()]) -> Response:
    enrolment = register.begin_totp(provider(), login.id, visitor())
    challenge, options = register.passkey_options(provider(), login.id, visitor())
    values = {"enrolment": enrolment, "challenge": challenge, "options": options}
    return rendered("register_second_factor", errors, login=login, total=TOTAL, **values)


def _codes(login: Login, errors: Errors | tuple[()]) -> Response:
    codes = register.recovery_codes(provider(), login.id, visitor())
    return rendered("register_codes", errors, login=login, total=TOTAL, codes=codes)
