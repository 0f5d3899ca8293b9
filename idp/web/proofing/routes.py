"""Addresses of a verification. Everything is about the session's own person: no address names a case or a picture."""

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import get_locale

from idp.domain.proofing import evidence
from idp.domain.proofing.cases import LIVE, State
from idp.foundation.refusal import Refusal
from idp.journeys.proofing import check as checking
from idp.journeys.proofing import progress
from idp.journeys.proofing.asked import Asked, asked
from idp.journeys.proofing.begin import begin as begin_case
from idp.journeys.proofing.begin import withdraw as withdraw_case
from idp.journeys.proofing.progress import Progress
from idp.protocol.assurance import Level
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.proofing import steps, words
from idp.web.redirects import local
from idp.web.signin.current import binding, require_session

blueprint = Blueprint("proofing", __name__, url_prefix="/verify-identity")
steps.register(blueprint)


@blueprint.get("")
def start() -> Response | str:
    """What it takes, and where it begins; somebody verified well enough goes straight back to the service."""
    done = _progress()
    sign_in = _asked(request.args.get("login", ""))
    if sign_in is not None and done.person.assurance >= sign_in.level > Level.LOW:
        return local(f"/signin/{sign_in.login_id}")
    if _state(done) == State.WAITING.value or done.person.assurance is Level.HIGH:
        return local(url_for("proofing.status", login=sign_in.login_id if sign_in else None))
    return render_template(
        "proofing/start.html",
        login="" if sign_in is None else sign_in.login_id,
        service=_service(sign_in),
        resuming=done.case is not None and done.case.state is State.OPEN,
    )


@blueprint.post("")
def begin() -> Response:
    """Open or resume the case for the level that the sign-in requires, or ask for the level first."""
    done = _progress()
    sign_in = _asked(Form(request.form).text("login"))
    if sign_in is not None and sign_in.level > done.person.assurance:
        begin_case(provider(), done.person.id, sign_in.level, sign_in.login_id)
        return steps.onward(done.person.id)
    if done.case is not None and done.case.state in LIVE:
        return steps.onward(done.person.id)
    return local(url_for("proofing.level"))


@blueprint.route("/level", methods=["GET", "POST"])
def level() -> Response | str:
    """The level, for somebody who was not sent by a service."""
    done = _progress()
    options = [option for option in words.level_options() if _level(option[0]) > done.person.assurance]
    form = Form(request.form)
    if request.method == "POST":
        chosen = form.choice("level", [code for code, *_ in options], missing=words.CHOOSE_LEVEL)
        if chosen:
            begin_case(provider(), done.person.id, _level(chosen))
            return steps.onward(done.person.id)
    value = done.case.level.word if done.case is not None and done.case.state is State.OPEN else ""
    return steps.render("level", 0, "start", form, options=options, value=value)


@blueprint.route("/check", methods=["GET", "POST"])
def check() -> Response | str:
    """Everything once more, and the button that submits it."""
    done = _progress()
    if done.case is None or done.case.state is not State.OPEN or not progress.may_visit(done, progress.LAST):
        return steps.onward(done.person.id)
    if request.method == "POST":
        try:
            checking.submit(provider(), done.person.id)
        except Refusal as refusal:
            if refusal.code not in ("proofing.changed", "proofing.incomplete", "proofing.no_open_case"):
                raise
        return steps.onward(done.person.id)
    return render_template(
        "proofing/check.html",
        rows=words.summary(done),
        pictures=words.pictures(done),
        back=url_for("proofing.document_image"),
    )


@blueprint.get("/status")
def status() -> Response | str:
    """Where the case stands: received, verified with the way back to the service, or not and what to do."""
    done = _progress()
    state = _state(done)
    if state in ("", State.OPEN.value):
        return steps.onward(done.person.id)
    if done.case is not None and done.case.former and state == State.APPROVED and done.person.assurance is Level.LOW:
        return local("/account/former")
    sign_in = _asked(request.args.get("login", "")) or _asked((done.case and done.case.login_id) or "")
    enough = sign_in is not None and done.person.assurance >= sign_in.level
    return render_template(
        "proofing/status.html",
        state=state,
        title=words.TITLES[state],
        level=done.person.assurance.word,
        reference=done.case.reference if done.case else "",
        reasons=[reason.value for reason in done.reasons],
        service=_service(sign_in),
        onward=f"/signin/{sign_in.login_id}" if sign_in is not None and enough else "",
    )


@blueprint.post("/withdraw")
def withdraw() -> Response:
    """Give up and delete."""
    withdraw_case(provider(), require_session(first_hand=True).person_id)
    return local(url_for("proofing.status"))


@blueprint.get("/picture/<any(portrait, document):kind>")
def picture(kind: str) -> Response:
    """The citizen's own picture, as it was kept."""
    done = _progress()
    piece = next((piece for piece in done.pictures if piece.kind == kind), None)
    if done.case is None or piece is None:
        abort(404)
    with provider().reading() as connection:
        content = evidence.content(connection, provider().vault, done.case.id, piece.id)
    return Response(content, mimetype=piece.media_type, headers={"Content-Disposition": "inline"})


def _progress() -> Progress:
    return progress.of(provider(), require_session(first_hand=True).person_id)


def _state(done: Progress) -> str:
    """Of the newest case; somebody verified as well as can be is verified, however that came about."""
    if done.person.assurance is Level.HIGH:
        return State.APPROVED.value
    return "" if done.case is None else done.case.state.value


def _asked(login_id: str) -> Asked | None:
    return asked(provider(), login_id, binding(), require_session(first_hand=True)) if login_id else None


def _service(sign_in: Asked | None) -> str:
    return "" if sign_in is None else sign_in.service(bcp47(str(get_locale())))


def _level(word: str) -> Level:
    return Level.of(word) or Level.HIGH
