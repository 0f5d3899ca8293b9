"""A small application that stands on nothing but the frame of the web storey: it shows every component once."""

from pathlib import Path

from flask import Flask, Response, g, jsonify, redirect, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.structs import AuthenticatorSelectionCriteria, ResidentKeyRequirement, UserVerificationRequirement
from werkzeug.wrappers import Response as BaseResponse

from idp.foundation.refusal import Refusal
from idp.web import csrf, headers, locale, session_time, theme
from tests.compiled import Compiled

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh_Hant", "ar")
ERRORS = [
    ("login-username", "Enter your e-mail address"),
    ("login-password", "Enter your password"),
    ("document", "Choose a document"),
    ("born-day", "There is no 31 February"),
]
COMPILED = Compiled()
CHALLENGE = b"one challenge for every showroom ceremony"


def bare_app(*, secure: bool = False) -> Flask:
    """The frame alone, on the product's own templates, files and theme."""
    app = Flask("showroom", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "idp/web/static"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = COMPILED
    app.register_error_handler(Refusal, lambda refusal: (refusal.code, 403))
    headers.init(app, https=secure)
    locale.init(app, LANGUAGES, cookie_secure=secure)
    theme.init(app, theme.load(ROOT / "theme.toml"))
    session_time.init(app)
    csrf.init(app, b"k" * 32, cookie_secure=secure)
    app.add_url_rule("/leave", "leave", lambda: "left", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    app.add_url_rule("/token", "token", _token, methods=["POST"])
    app.add_url_rule("/approve", "approve", _approve)
    app.add_url_rule("/", "rest", lambda: render_template("showroom.html"))
    return app


def make_app() -> Flask:
    """/ shows the components at rest, /wrong in error, /wide on a console page, /error an error page."""
    app = bare_app()
    app.add_url_rule("/wrong", "wrong", lambda: render_template("showroom.html", errors=ERRORS))
    app.add_url_rule("/wide", "wide", lambda: render_template("showroom.html", wide_page=True))
    app.add_url_rule("/error", "error", _error)
    app.add_url_rule("/asked", "asked", _asked)
    _Ceremonies("localhost").init(app)
    return app


@csrf.exempt
def _token() -> Response:
    return jsonify(access_token="…")


def _approve() -> str:
    headers.allow_form_action("https://revenue.arcadia.example:8443/callback?x=1")
    headers.allow_form_action("http://[::1]:9000/callback")
    headers.allow_form_action("org.arcadia.app:/callback")
    return render_template("showroom.html")


def _asked() -> str:
    g.ui_locales = ["tlh", "ar-EG"]
    return render_template("showroom.html")


def _error() -> tuple[str, int]:
    page = render_template(
        "error.html",
        title="We cannot find that page",
        happened="The address is not one of ours.",
        why="It may have been typed or copied incompletely.",
        todo=["Check the address.", "Start again from the service you came from."],
        reference="7KQ2MWXD",
    )
    return page, 404


class _Ceremonies:
    """/enrol makes a passkey and /enter uses it, both verified as a relying party must."""

    def __init__(self, rp_id: str) -> None:
        self.rp_id = rp_id
        self.key, self.count = b"", 0

    def init(self, app: Flask) -> None:
        app.add_url_rule("/enrol", "enrol", self.enrol, methods=["GET", "POST"])
        app.add_url_rule("/enter", "enter", self.enter, methods=["GET", "POST"])

    def enrol(self) -> str | BaseResponse:
        if request.method == "POST":
            made = verify_registration_response(
                credential=request.form["credential"],
                expected_challenge=CHALLENGE,
                expected_rp_id=self.rp_id,
                expected_origin=request.host_url.rstrip("/"),
            )
            self.key, self.count = made.credential_public_key, made.sign_count
            return redirect("/enter", 303)
        options = generate_registration_options(
            rp_id=self.rp_id,
            rp_name="Showroom",
            user_name="ana@example.org",
            challenge=CHALLENGE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return render_template("showroom_passkey.html", kind="create", options=options_to_json(options))

    def enter(self) -> str:
        if request.method == "POST":
            verify_authentication_response(
                credential=request.form["credential"],
                expected_challenge=CHALLENGE,
                expected_rp_id=self.rp_id,
                expected_origin=request.host_url.rstrip("/"),
                credential_public_key=self.key,
                credential_current_sign_count=self.count,
                require_user_verification=True,
            )
            return "welcome"
        options = generate_authentication_options(
            rp_id=self.rp_id, challenge=CHALLENGE, user_verification=UserVerificationRequirement.REQUIRED
        )
        return render_template("showroom_passkey.html", kind="get", options=options_to_json(options))
