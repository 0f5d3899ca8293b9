"""The meter beside a new password: live for browsers with scripts, on the corrected page for those without."""

from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from idp.foundation.refusal import Refusal
from idp.journeys import password_strength
from idp.journeys.password_strength import Reading
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.signin.words import message

blueprint = Blueprint("password_strength", __name__)
KINDS = ("alone", "second-factor")
"""What the password will be used with, which says how long it must be."""


@dataclass(frozen=True, slots=True)
class Meter:
    """What the page shows: the score of 0 to 4, and its word."""

    score: int
    word: str


@blueprint.post("/password-strength")
def strength() -> Response:
    """The score and its words, as JSON, for the script of the page."""
    form = Form(request.form)
    text, kind = form.secret("password", limit=1024), form.choice("kind", KINDS)
    if not text:
        raise Refusal("forms.malformed", "no password to measure")
    address = request.remote_addr or ""
    reading = password_strength.measure(provider(), address, text, second_factor=kind == "second-factor")
    shown = _shown(reading)
    why = None if reading.refusal is None else message(reading.refusal)
    return jsonify(score=shown.score, words=f"{shown.word} {why}" if why else shown.word)


def meter(text: str, *, second_factor: bool) -> Meter | None:
    """What a corrected page shows of the password that was refused; None if none was typed."""
    if not text:
        return None
    return _shown(password_strength.read(provider(), text, second_factor=second_factor))


def _shown(reading: Reading) -> Meter:
    words = (
        _("Very easy to guess."),
        _("Easy to guess."),
        _("Could be harder to guess."),
        _("Hard to guess."),
        _("Very hard to guess."),
    )
    return Meter(reading.score, words[reading.score])
