"""The citizen's pages of a ceremony: the overview, each page as a picture, declining, and the receipt."""

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from idp.domain.signatures.ceremonies import DECLINE_REASONS
from idp.foundation.refusal import Refusal
from idp.journeys.signing import decline as declining
from idp.journeys.signing import review as reviewing
from idp.journeys.signing.review import Review
from idp.protocol.response_mode import redirect_location
from idp.web.forms import Form
from idp.web.frame import provider
from idp.web.locale import bcp47
from idp.web.redirects import local
from idp.web.signing.access import refused, signer

blueprint = Blueprint("review", __name__, url_prefix="/sign/<ceremony_id>")
blueprint.register_error_handler(Refusal, refused)

LONGEST_COMMENT: Final = 500


@blueprint.get("")
def overview(ceremony_id: str) -> Response:
    """Who asks, what for, every page, and two buttons."""
    opened = reviewing.open_for(provider(), ceremony_id, signer().person_id)
    if not opened.ceremony.open:
        return local(url_for("signing.review.done", ceremony_id=ceremony_id))
    return show("overview", opened, signed=False)


@blueprint.get("/pages/<int:number>.png")
def page(ceremony_id: str, number: int) -> Response:
    """One page of the document."""
    picture = reviewing.page(provider(), ceremony_id, signer().person_id, number)
    return Response(picture, mimetype="image/png")


@blueprint.get("/document")
def document(ceremony_id: str) -> Response:
    """The document before signing, for somebody who reads it better elsewhere."""
    content = reviewing.original(provider(), ceremony_id, signer().person_id)
    return _file(content, f"document-{ceremony_id[:8]}.pdf")


@blueprint.get("/signed")
def signed(ceremony_id: str) -> Response:
    """The citizen's own copy."""
    content = reviewing.signed(provider(), ceremony_id, signer().person_id)
    return _file(content, f"document-{ceremony_id[:8]}-signed.pdf")


@blueprint.get("/decline")
def decline_page(ceremony_id: str) -> Response:
    """Why not?"""
    return _decline_page(ceremony_id, Form(request.form))


@blueprint.post("/decline")
def decline(ceremony_id: str) -> Response:
    """Decline, for the reason given."""
    form = Form(request.form)
    reason = form.choice("reason", DECLINE_REASONS, missing=_("Choose why you do not sign."))
    comment = form.text("comment", limit=LONGEST_COMMENT, lines=True)
    if reason == "other" and not comment:
        form.fail("comment", _("Say why you do not sign."))
    if form.errors:
        return _decline_page(ceremony_id, form, reason, comment)
    declining.decline(provider(), ceremony_id, signer().person_id, reason, comment)
    return local(url_for("signing.review.done", ceremony_id=ceremony_id))


@blueprint.get("/done")
def done(ceremony_id: str) -> Response:
    """The receipt, or how else it ended; before the end, back to the overview."""
    ended = reviewing.review(provider(), ceremony_id, signer().person_id)
    if ended.ceremony.open:
        return local(url_for("signing.review.overview", ceremony_id=ceremony_id))
    return show("done", ended)


@blueprint.get("/return")
def leave(ceremony_id: str) -> Response:
    """On to the service, which asks us how it ended: what the browser brings is only a hint.

    The address was registered when the ceremony began, and must still be.
    """
    ended = reviewing.review(provider(), ceremony_id, signer().person_id)
    if ended.ceremony.return_uri not in ended.client.metadata.redirect_uris:
        raise Refusal("signing.service_gone", "the return address is not registered any more")
    hint = {"signing_request": ceremony_id}
    return make_response(redirect(redirect_location(ended.ceremony.return_uri, hint), 303))


def show(template: str, about: Review, errors: list[tuple[str, str]] | None = None, **values: object) -> Response:
    """A page of the ceremony."""
    service = about.client.metadata.name(bcp47(str(get_locale())))
    page = render_template(
        f"signing/{template}.html", about=about, ceremony=about.ceremony, service=service, errors=errors or [], **values
    )
    return make_response(page, 422 if errors else 200)


def _decline_page(ceremony_id: str, form: Form, reason: str = "", comment: str = "") -> Response:
    about = reviewing.review(provider(), ceremony_id, signer().person_id)
    if not about.ceremony.open:
        return local(url_for("signing.review.done", ceremony_id=ceremony_id))
    return show("decline", about, form.errors, reasons=decline_reasons(), reason=reason, comment=comment)


def decline_reasons() -> list[tuple[str, str]]:
    """Code and words of each reason, in the reader's language."""
    return [
        ("incorrect", _("Something in the document is wrong")),
        ("unexpected", _("I did not expect this document")),
        ("unclear", _("I do not understand what I would sign")),
        ("unwilling", _("I do not agree with what it says")),
        ("other", _("Another reason")),
    ]


def _file(content: bytes, name: str) -> Response:
    return Response(
        content, mimetype="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
