"""The signing API: have a citizen sign a PDF."""

from typing import Final

from idp.domain.signatures.ceremonies import DECLINE_REASONS, Status
from idp.journeys.signing.prepare import LONGEST_KEY, LONGEST_LIFE, LONGEST_TEXT, SHORTEST_LIFE
from idp.web.openapi.errors import NONCE
from idp.web.openapi.oidc import DPOP
from idp.web.openapi.parts import (
    JSON,
    NUMBER,
    TEXT,
    Node,
    answer,
    body,
    header,
    one_of,
    record,
    refusals,
    schema,
)

_AT: Final = "/api/signing/requests"
_SECURITY: Final[list[Node]] = [{"signing": ["signing"]}, {"accessToken": []}, {"boundAccessToken": []}]
_ID: Final[Node] = {
    "name": "ceremony_id",
    "in": "path",
    "required": True,
    "schema": {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"},
}
_SHORT: Final[Node] = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}


def described() -> Node:
    """Paths and schemas."""
    prepare = _operation("prepare", "Open a ceremony for a document", _prepared(), parameters=[_key()])
    standing = _operation("standing", "How a ceremony stands", {"200": _told("As it stands."), **_refused()})
    file = answer("The signed PDF.", {"application/pdf": {}}, NONCE)
    fetched = {"200": file, **_refused(_409="Conflict", _410="Gone")}
    document = _operation("signedDocument", "The signed PDF", fetched)
    cancelled = {"204": answer("Taken back."), **_refused(_409="Conflict")}
    cancel = _operation("cancel", "Take the request back", cancelled)
    paths = {
        _AT: {"post": prepare | {"requestBody": body(JSON, schema("SigningRequest"))}},
        f"{_AT}/{{ceremony_id}}": {
            "parameters": [_ID],
            "get": standing,
            "delete": cancel,
        },
        f"{_AT}/{{ceremony_id}}/document": {"parameters": [_ID], "get": document},
    }
    return {"paths": paths, "schemas": SCHEMAS}


def _operation(name: str, summary: str, answers: Node, parameters: list[Node] | None = None) -> Node:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["signing"],
        "parameters": [DPOP, *(parameters or [])],
        "responses": answers,
        "security": _SECURITY,
    }


def _refused(**more: str) -> Node:
    return refusals(_400="Refused", _401="TokenRefused", _403="Forbidden", _404="NotFound", _429="TooMany", **more)


def _prepared() -> Node:
    address: Node = {"Location": {"required": True, "schema": TEXT}}
    return {"201": _told("Opened.", address), **_refused(_413="TooLarge", _422="Unprocessable")}


def _told(description: str, headers: Node | None = None) -> Node:
    return answer(description, {JSON: schema("Ceremony")}, NONCE | (headers or {}))


def _key() -> Node:
    key = header("Idempotency-Key", "The same request with the same key opens no second ceremony.")
    return key | {"schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY}}


SCHEMAS: Final[Node] = {
    "SigningRequest": record(
        {
            "document": {"type": "string", "contentEncoding": "base64", "contentMediaType": "application/pdf"},
            "title": _SHORT,
            "reason": _SHORT,
            "return_uri": {"type": "string", "description": "One of your redirect_uris."},
            "sub": _SHORT,
            "expires_in": {"type": "integer", "minimum": SHORTEST_LIFE, "maximum": LONGEST_LIFE},
        },
        ("document", "title", "reason", "return_uri"),
    ),
    "Ceremony": record(
        {
            "id": TEXT,
            "url": TEXT,
            "status": one_of(Status),
            "code": TEXT,
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "created_at": NUMBER,
            "expires_at": NUMBER,
            "sub": TEXT,
            "decline_reason": one_of(DECLINE_REASONS),
            "decline_comment": TEXT,
            "signed_at": NUMBER,
            "signed_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        ("id", "url", "status", "code", "sha256", "created_at", "expires_at"),
    ),
}
