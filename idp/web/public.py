"""Pages that anybody may read: the front door, the legal texts, and whether the provider is alive."""

from flask import Blueprint, Response, abort, jsonify, make_response, render_template
from sqlalchemy import select, text

from idp.foundation.clock import monotonic
from idp.web.frame import provider
from idp.web.page_rule import LOOK

blueprint = Blueprint("public", __name__)
LEGAL = ("privacy", "accessibility", "terms")


@blueprint.route("/", methods=LOOK)
def home() -> str:
    """What this is and where to go."""
    return render_template("public/home.html")


@blueprint.route("/legal/<name>", methods=LOOK)
def legal(name: str) -> str:
    """One of the texts the footer links to."""
    if name not in LEGAL:
        abort(404)
    return render_template(f"public/{name}.html")


@blueprint.route("/health/live", methods=LOOK)
def live() -> Response:
    """This process answers."""
    return jsonify(status="live")


@blueprint.route("/health/ready", methods=LOOK)
def ready() -> Response:
    """The database answers too; without it, 503 by the ordinary way of errors."""
    began = monotonic()
    with provider().reading() as connection:
        connection.execute(select(text("1")))
    return make_response(jsonify(status="ready", database_ms=round((monotonic() - began) * 1000, 1)))
