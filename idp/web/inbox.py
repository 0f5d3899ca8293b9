"""The development inbox: what would have left as mail or text message. Exists on loopback issuers only."""

import re

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from markupsafe import Markup, escape

from idp.foundation.messages.inbox import latest
from idp.web.frame import provider

blueprint = Blueprint("inbox", __name__)
_LINK = re.compile(r"https?://[^\s<>\"]+")


@blueprint.get("/inbox")
def inbox() -> Response:
    """Newest first; `?to=` shows one address only, `?format=json` serves programs."""
    with provider().reading() as connection:
        messages = latest(connection, provider().box, request.args.get("to", ""))
    if request.args.get("format") == "json":
        return jsonify(
            [{"to": one.address, "subject": one.subject, "text": one.text, "at": one.at} for one in messages]
        )
    return make_response(render_template("inbox/inbox.html", messages=messages, linked=linked))


def linked(text: str) -> Markup:
    """The text, with its addresses as links."""
    parts: list[Markup | str] = []
    end = 0
    for match in _LINK.finditer(text):
        link = escape(match.group())
        parts += [escape(text[end : match.start()]), Markup('<a href="{0}">{0}</a>').format(link)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])
