"""Whose account it is, and the ways to prove it. One page each."""

from flask import Response, abort, request
from flask_babel import gettext as _

from idp.domain.sessions import logins
from idp.domain.sessions.logins import Login
from idp.journeys.recovery import claim, ways
from idp.journeys.signin.login import begin
from idp.web.forms import Errors, Form
from idp.web.frame import provider
from idp.web.recovery.frame import DIGITS, blueprint, page, posted, rendered
from idp.web.redirects import local
from idp.web.signin.current import bind, binding, opener, visitor
from idp.web.signin.dispatch import corrected

NAME, CODE = "recover-name", "recover-code"
LONGEST = 1024
DAY = 24 * 3600


@blueprint.get("/recover")
def start() -> Response:
    """A new recovery; it comes back to the sign-in that it was begun from, if there is one."""
    came_from = request.args.get("from", "")
    back = f"/signin/{came_from}" if came_from.replace("-", "").replace("_", "").isalnum() else "/account"
    login_id = begin(provider(), opener(), return_to="/account")
    with provider().transaction() as tx:
        logins.establish(tx, login_id, binding(), back=back)
    return bind(local(f"/recover/{login_id}"))


@blueprint.get("/recover/identity")
def identity_page() -> Response:
    """What it takes for somebody who has lost everything, before anything begins."""
    return rendered("identity", days=provider().lifetimes.reclaim // DAY)


@blueprint.get("/recover/<login_id>")
def progress(login_id: str) -> Response:
    """The step that is due, or back to signing in."""
    login = claim.look_at(provider(), login_id, visitor())
    step = claim.step_of(login)
    return local(login.facts.get("back", "/account") if step is None else f"/recover/{login_id}/{step}")


@blueprint.get("/recover/<login_id>/<path:_elsewhere>")
def not_a_page(login_id: str, _elsewhere: str) -> Response:
    """An address that only a form leads to."""
    return local(f"/recover/{login_id}")


@blueprint.get("/recover/<login_id>/name")
def name_page(login_id: str) -> Response:
    """Ask whose account it is."""
    return page(login_id, "name", lambda login: rendered("name", login=login, value=""))


@blueprint.post("/recover/<login_id>/name")
def give_name(login_id: str) -> Response:
    """Remember it; nothing is said about whether there is one."""
    form = Form(request.form)
    missing = _("Enter your user name or e-mail address.")
    name = form.text("username", limit=320, missing=missing, field_id=NAME)

    def again(errors: Errors) -> Response:
        return page(login_id, "name", lambda login: rendered("name", errors, login=login, value=name))

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, lambda: ways.give_name(provider(), login_id, visitor(), name), again, NAME)


@blueprint.get("/recover/<login_id>/ways")
def ways_page(login_id: str) -> Response:
    """Offer every way; the same ones to everybody."""
    return page(login_id, "ways", lambda login: _ways(login, ()))


@blueprint.post("/recover/<login_id>/send/<way>")
def send(login_id: str, way: str) -> Response:
    """Send a code, and ask for it."""
    _known(way, tuple(ways.MESSAGES))

    def again(errors: Errors) -> Response:
        return page(login_id, "ways", lambda login: _ways(login, errors))

    sent = posted(login_id, lambda: ways.send(provider(), login_id, visitor(), way), again, "")
    return sent if sent.status_code != 303 else local(f"/recover/{login_id}/way/{way}")  # noqa: PLR2004 (See Other)


@blueprint.get("/recover/<login_id>/way/<way>")
def way_page(login_id: str, way: str) -> Response:
    """Ask for a code, or for what she knows."""
    _known(way, ways.ways(provider()))
    return page(login_id, "ways", lambda login: _way(login, way, ()))


@blueprint.post("/recover/<login_id>/way/<way>")
def prove(login_id: str, way: str) -> Response:
    """Check it."""
    _known(way, ways.ways(provider()))
    form = Form(request.form)
    text = _typed(form, way)

    def again(errors: Errors) -> Response:
        return page(login_id, "ways", lambda login: _way(login, way, errors))

    def work() -> None:
        check = ways.enter_code if way in ways.MESSAGES else ways.show_secret
        check(provider(), login_id, visitor(), way, text)

    if form.errors:
        return corrected(again(form.errors))
    return posted(login_id, work, again, CODE)


def _typed(form: Form, way: str) -> str:
    if way == "password":
        return form.secret("password", limit=LONGEST, missing=_("Enter your password."), field_id=CODE)
    if way == "recovery_code":
        return form.text("code", limit=64, missing=_("Enter one of your recovery codes."), field_id=CODE)
    wrong = (
        _("Enter the six digits that the app shows.") if way == "totp" else _("Enter the six digits of the message.")
    )
    return form.digits("code", count=DIGITS, wrong=wrong, field_id=CODE)


def _known(way: str, known: tuple[str, ...]) -> None:
    if way not in known:
        abort(404)


def _ways(login: Login, errors: Errors | tuple[()]) -> Response:
    proved = login.facts.get("ways", [])
    offered = [way for way in ways.ways(provider()) if way not in proved]
    return rendered("ways", errors, login=login, offered=offered, proved=proved, messages=ways.MESSAGES)


def _way(login: Login, way: str, errors: Errors | tuple[()]) -> Response:
    if way in login.facts.get("ways", []):
        return local(f"/recover/{login.id}")
    return rendered("way", errors, login=login, way=way, messages=ways.MESSAGES)
