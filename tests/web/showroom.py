"""A small application that stands on nothing but the frame of the web storey: it shows every component once."""

from pathlib import Path

from flask import Flask, g, render_template
from jinja2 import ChoiceLoader, FileSystemLoader

from idp.web import csrf, headers, locale, theme

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "zh_Hant", "ar")
ERRORS = [
    ("login-username", "Enter your e-mail address"),
    ("login-password", "Enter your password"),
    ("document", "Choose a document"),
    ("born-day", "There is no 31 February"),
]


def bare_app(*, secure: bool = False) -> Flask:
    """The frame alone, on the product's own templates, files and theme."""
    app = Flask("showroom", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "idp/web/static"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent)])
    headers.init(app, https=secure)
    locale.init(app, LANGUAGES, cookie_secure=secure)
    theme.init(app, theme.load(ROOT / "theme.toml"))
    csrf.init(app, b"k" * 32, cookie_secure=secure)
    return app


def make_app() -> Flask:
    """/ shows the components at rest, /wrong in error, /wide on a console page, /error an error page."""
    app = bare_app()
    app.add_url_rule("/", "rest", lambda: render_template("showroom.html"))
    app.add_url_rule("/wrong", "wrong", lambda: render_template("showroom.html", errors=ERRORS))
    app.add_url_rule("/wide", "wide", lambda: render_template("showroom.html", wide_page=True))
    app.add_url_rule("/error", "error", _error)
    app.add_url_rule("/leave", "leave", _leave, methods=["POST"])
    return app


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


def _leave() -> str:
    g.left = True
    return "left"
