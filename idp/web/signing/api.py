"""The signing API: a service posts a PDF, asks how the ceremony stands, fetches the signed file. JSON, bearer token."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import HTTPException

from idp.domain.clients.registry import Client
from idp.domain.signatures import intake
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.prove_possession import Proofs, Shown, fresh_nonce
from idp.journeys.signing import collect
from idp.journeys.signing.agency import authenticate
from idp.journeys.signing.collect import Standing
from idp.journeys.signing.prepare import Asked
from idp.journeys.signing.prepare import prepare as prepare_ceremony
from idp.protocol import strict_json
from idp.protocol.errors import INSUFFICIENT_SCOPE, INVALID_REQUEST, OAuthError
from idp.web import csrf
from idp.web.errors import program_answer
from idp.web.frame import provider
from idp.web.json_answer import json_answer
from idp.web.oidc import bearer
from idp.web.oidc.certificate import certificate

blueprint = Blueprint("api", __name__, url_prefix="/api/signing/requests")

LARGEST_BODY: Final = intake.LARGEST * 4 // 3 + 64 * 1024
"""A document of the largest size in base64, and the rest of the request, in octets."""
STATUS: Final[Mapping[str, int]] = {
    **bearer.STATUS,
    "signatures.unknown": 404,
    "signatures.not_signed": 409,
    "signatures.over": 409,
    "signatures.document_gone": 410,
    "signatures.idempotency_key_reused": 422,
    "too_many_attempts": 429,
}
UNPROCESSABLE: Final = 422
"""Of every other refusal: the request was understood, and the document cannot be signed."""


@blueprint.post("")
@csrf.exempt
def prepare() -> Response:
    """Open a ceremony for a document; 201 with its address for the citizen."""
    client = authenticate(provider(), _shown())
    ceremony = prepare_ceremony(provider(), client, _asked())
    response = json_answer(201, _told(Standing(ceremony, None)))
    response.headers["Location"] = url_for("signing.api.standing", ceremony_id=ceremony.id)
    return response


@blueprint.get("/<ceremony_id>")
@csrf.exempt
def standing(ceremony_id: str) -> Response:
    """How the ceremony stands."""
    client = authenticate(provider(), _shown())
    return json_answer(200, _told(collect.standing(provider(), client, ceremony_id)))


@blueprint.get("/<ceremony_id>/document")
@csrf.exempt
def document(ceremony_id: str) -> Response:
    """The signed PDF."""
    client = authenticate(provider(), _shown())
    content = collect.signed_document(provider(), client, ceremony_id)
    disposition = {"Content-Disposition": f'attachment; filename="{ceremony_id}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)


@blueprint.delete("/<ceremony_id>")
@csrf.exempt
def cancel(ceremony_id: str) -> Response:
    """Take the request back."""
    client: Client = authenticate(provider(), _shown())
    collect.cancel(provider(), client, ceremony_id)
    return Response(status=204)


@blueprint.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    response = program_answer(refusal.code, refusal.reason, STATUS.get(refusal.code, UNPROCESSABLE))
    challenge = _challenge(refusal)
    if challenge:
        response.headers["WWW-Authenticate"] = challenge
    if "retry_after" in refusal.facts:
        response.headers["Retry-After"] = str(refusal.facts["retry_after"])
    return response


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    """A body that is too large, above all."""
    return program_answer(INVALID_REQUEST, error.description or error.name, error.code or 500)


@blueprint.after_request
def _offer_nonce(response: Response) -> Response:
    """RFC 9449 section 8.2: whoever uses DPoP learns what the next proof may carry."""
    if "DPoP" in request.headers:
        response.headers["DPoP-Nonce"] = fresh_nonce(provider())
    return response


def _challenge(refusal: Refusal) -> str:
    """What was wrong with the token, if it was that."""
    if not isinstance(refusal, OAuthError) or refusal.code not in bearer.STATUS or refusal.code == INVALID_REQUEST:
        return ""
    scope = ('scope="signing"',) if refusal.code == INSUFFICIENT_SCOPE else ()
    return bearer.challenge(request.headers.get("Authorization"), refusal, *scope)


def _shown() -> Shown:
    """RFC 6750 section 2.1: the header, and nothing else."""
    proofs = Proofs(
        request.method,
        provider().issuer + request.path,
        request.headers.get("DPoP"),
        certificate(request.environ),
    )
    return bearer.shown(request.headers.get("Authorization"), proofs)


def _asked() -> Asked:
    """The request's body, read strictly. Raises OAuthError(invalid_request)."""
    request.max_content_length = LARGEST_BODY
    if request.mimetype != "application/json":
        raise OAuthError(INVALID_REQUEST, "The body must be application/json.")
    try:
        told = strict_json.parse_object(request.get_data(cache=False), largest=LARGEST_BODY)
    except strict_json.NotStrictJSON as error:
        raise OAuthError(INVALID_REQUEST, f"The body cannot be read: {error}.") from error
    return Asked(
        document=_document(_member(told, "document", str)),
        title=_member(told, "title", str),
        reason=_member(told, "reason", str),
        return_uri=_member(told, "return_uri", str),
        sub=_member(told, "sub", str, None),
        expires_in=_member(told, "expires_in", int, None),
        idempotency_key=request.headers.get("Idempotency-Key"),
    )


def _member(told: Mapping[str, Any], name: str, kind: type, *otherwise: object) -> Any:
    if name not in told and otherwise:
        return otherwise[0]
    value = told.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        word = "a text" if kind is str else "a whole number"
        raise OAuthError(INVALID_REQUEST, f"{name} must be {word}.")
    return value


def _document(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise OAuthError(INVALID_REQUEST, "document must be base64 (RFC 4648 section 4).") from error


def _told(told: Standing) -> dict[str, object]:
    """What a service learns. The redirect of the browser is only a hint; this is the answer."""
    ceremony = told.ceremony
    signed = ceremony.signed_sha256 is not None
    always: dict[str, object] = {
        "id": ceremony.id,
        "url": provider().issuer + url_for("signing.review.overview", ceremony_id=ceremony.id),
        "status": ceremony.status.value,
        "code": ceremony.code,
        "sha256": ceremony.document_sha256,
        "created_at": ceremony.created_at,
        "expires_at": ceremony.expires_at,
    }
    later = {
        "sub": told.sub,
        "decline_reason": ceremony.decline_reason,
        "decline_comment": ceremony.decline_comment,
        "signed_at": ceremony.ended_at if signed else None,
        "signed_sha256": ceremony.signed_sha256,
    }
    return always | {name: value for name, value in later.items() if value}
