"""Who may see the pages of a ceremony, and what stands on the page when somebody may not."""

from typing import Final

from flask import Response, abort, request
from flask_babel import lazy_gettext as _l

from idp.domain.people import records
from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.signin.login import begin
from idp.journeys.signing.review import AUTHENTICATION, REQUIRED
from idp.web.errors import Words, refusal_page
from idp.web.frame import provider
from idp.web.redirects import local
from idp.web.signin.current import bind, opener, require_session

_UNSIGNED = _l("Nothing was signed.")
WORDS: Final[dict[str, tuple[int, Words]]] = {
    "signatures.unknown": (
        404,
        (
            _l("There is no such document"),
            _l("The address is not complete, or the document is not kept any more."),
            _l("Open the link again from the service that asked you to sign."),
        ),
    ),
    "signatures.no_such_page": (
        404,
        (_l("There is no such page"), _l("The document has fewer pages."), _l("Go back to the document.")),
    ),
    "signatures.not_signed": (
        409,
        (_l("The document is not signed"), _l("There is no signed copy of it."), _l("Go back to the document.")),
    ),
    "signatures.not_yours": (
        403,
        (
            _l("This document is not for you"),
            _l("The service asked somebody else to sign it, or somebody else opened it first."),
            _l("If you were asked to sign, tell the service that sent you here. It can send a new request."),
        ),
    ),
    "signatures.over": (
        409,
        (
            _l("This can no longer be signed"),
            _l("The request was signed, declined or taken back before, or its time is over."),
            _l("Return to the service that asked you to sign. It can send a new request."),
        ),
    ),
    "signatures.activation_spent": (
        409,
        (
            _l("Please confirm once more"),
            _l("Your confirmation was used before, or is too old."),
            _l("Go back and confirm again."),
        ),
    ),
    "signatures.document_changed": (
        500,
        (
            _l("The document changed, so nothing was signed"),
            _l("What we keep is not what the service sent. We stopped before anything was signed."),
            _l("Tell us the reference number below, and ask the service for a new request."),
        ),
    ),
    "signatures.self_check": (
        500,
        (
            _l("The signature could not be made"),
            _l("What we made did not pass our own check, so we threw it away. The service received nothing."),
            _l("Open the document again and confirm once more. If it happens again, tell us the reference number."),
        ),
    ),
    "signatures.document_gone": (
        410,
        (
            _l("The document is not kept any more"),
            _l("Documents are deleted 30 days after they were signed or declined."),
            _l("Ask the service that you signed for. It has a copy."),
        ),
    ),
    "signing.service_gone": (
        409,
        (
            _l("This service cannot ask for signatures now"),
            _l("Its registration is suspended."),
            _l("Contact the service."),
        ),
    ),
    "signing.inactive": (
        403,
        (_l("This account cannot sign"), _UNSIGNED, _l("Contact support.")),
    ),
    "signatures.name": (
        409,
        (
            _l("Your name cannot be printed in a signature"),
            _l("Your record holds no name, or one with characters that a certificate cannot carry."),
            _l("Visit a citizens' office to have your record corrected."),
        ),
    ),
}


def signer() -> Session:
    """The citizen's session, with two factors and a verified identity; or off to get what is missing, and back here."""
    session = require_session(AUTHENTICATION, first_hand=True)
    with provider().reading() as connection:
        person = records.get(connection, session.person_id)
    if person.assurance < REQUIRED:
        login_id = begin(
            provider(),
            opener(),
            return_to=request.path,
            strength=AUTHENTICATION,
            identity=REQUIRED,
            first_hand=True,
        )
        abort(bind(local(f"/signin/{login_id}")))
    return session


def refused(refusal: Refusal) -> Response:
    """The page for a refusal of this room; every other is answered as everywhere."""
    status, words = WORDS.get(refusal.code, (None, None))
    return refusal_page(refusal, status, words)
