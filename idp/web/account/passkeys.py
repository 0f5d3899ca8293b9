"""Adding a passkey or a security key, and what the browser makes by itself beside a password."""

from http import HTTPStatus

from flask import Response, make_response, request

from idp.foundation.refusal import Refusal
from idp.journeys.account import passkeys
from idp.web.account.frame import blueprint, changed, session_for_changes
from idp.web.account.security import offer_ways
from idp.web.frame import provider
from idp.web.signin.device import device_name
from idp.web.signin.dispatch import corrected
from idp.web.signin.words import message


@blueprint.post("/account/security/passkey")
def add_passkey() -> Response:
    """Bind a passkey."""
    return _add("enrol-passkey", device_name(request.headers.get("User-Agent", "")))


@blueprint.post("/account/security/security-key")
def add_security_key() -> Response:
    """Bind a security key."""
    return _add("enrol-security-key", "")


@blueprint.post("/account/security/passkey/quietly")
def add_quietly() -> Response:
    """Bind what the browser made by itself. A script reads the answer, which is empty."""
    session = session_for_changes()
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")
    label = device_name(request.headers.get("User-Agent", ""))
    passkeys.add_quietly(provider(), session.person_id, challenge, credential, label)
    return make_response("", HTTPStatus.NO_CONTENT)


def _add(field_id: str, label: str) -> Response:
    session = session_for_changes()
    challenge, credential = request.form.get("challenge", ""), request.form.get("credential", "")
    try:
        passkeys.add(provider(), session.person_id, challenge, credential, label)
    except Refusal as refusal:
        words = message(refusal)
        if words is None:
            raise
        return corrected(offer_ways(session, [(field_id, words)]), refusal)
    return changed("security", "added")
