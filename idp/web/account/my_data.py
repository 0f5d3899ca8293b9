"""Download my data: everything that is held, for programs and for reading."""

import json
from http import HTTPStatus

from flask import Response, make_response, request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp.domain.sessions.browser import Session
from idp.foundation.audit.log import Leaf
from idp.foundation.paper import sheet
from idp.foundation.refusal import Refusal
from idp.journeys.account import my_data as journey
from idp.journeys.account.my_data_json import document
from idp.web.account.activity_words import describe
from idp.web.account.frame import blueprint, page, session_for_changes
from idp.web.account.my_data_paper import paper
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.signin.dispatch import corrected

NAME = "my-data"


@blueprint.get("/account/data")
def data_page() -> Response:
    """What can be downloaded."""
    return _show(session_for_changes(while_closing=True))


@blueprint.post("/account/data")
def download() -> Response:
    """The file itself."""
    session = session_for_changes(while_closing=True)
    form = Form(request.form).choice("format", journey.FORMATS) or journey.FORMATS[0]
    try:
        copy = journey.download(provider(), session.person_id, form)
        return _file(_pdf(copy) if form == "pdf" else _json(copy), form)
    except Refusal as refusal:
        return _refused(session, refusal)


def _json(copy: journey.Copy) -> bytes:
    def in_words(leaf: Leaf) -> str:
        return describe(leaf, copy.person.id, lambda client_id: _service_name(copy, client_id))

    return json.dumps(document(copy, provider().issuer, in_words), ensure_ascii=False, indent=1).encode()


def _pdf(copy: journey.Copy) -> bytes:
    locale = get_locale()
    language, direction = bcp47(str(locale)), locale.text_direction if locale else "ltr"
    sections = paper(copy, lambda client_id: _service_name(copy, client_id))
    title = str(_("What we hold about you"))
    return sheet.write(sheet.Sheet(title, language, direction, copy.made_at, sections), provider().fonts_dir)


def _file(content: bytes, form: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = {"json": "application/json", "pdf": "application/pdf"}[form]
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(session: Session, refusal: Refusal) -> Response:
    known = {
        "too_many_attempts": _("You have downloaded your data often today. Try again tomorrow."),
        "paper.no_font": _(
            "The PDF cannot be made here, because a font for your letters is missing. The JSON file holds everything."
        ),
    }
    if refusal.code not in known:
        raise refusal
    shown = corrected(_show(session, known[refusal.code]), refusal)
    if refusal.code == "paper.no_font":
        shown.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return shown


def _show(session: Session, problem: str = "") -> Response:
    return page("data", session, "details", [("", problem)] if problem else ())


def _service_name(copy: journey.Copy, client_id: str) -> str:
    client = copy.clients.get(client_id) or provider().clients.find(client_id)
    return client_id if client is None else client.metadata.name(bcp47(str(get_locale())))
