"""How a program is refused: one object with a stable code, what happened in words, and perhaps a reference."""

from typing import Final

from idp.web.openapi.parts import JSON, TEXT, Node, answer, record, schema

SCHEMAS: Final[Node] = {
    "Error": record(
        {
            "error": {
                "type": "string",
                "description": "A stable code (RFC 6749 section 5.2), or one of the signing API.",
            },
            "error_description": {"type": "string", "description": "What happened, for developers."},
            "reference": {"type": "string", "description": "What to quote when you ask the operator."},
        },
        ("error",),
    ),
    "Failure": record({"error": TEXT, "error_description": TEXT, "reference": TEXT}, ("error", "reference")),
}
HEADERS: Final[Node] = {
    "challenge": {"description": "How to come back (RFC 9110 section 11.6.1).", "required": True, "schema": TEXT},
    "retryAfter": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}},
    "nonce": {"description": "What the next DPoP proof may carry (RFC 9449 section 8.2).", "schema": TEXT},
}
NONCE: Final[Node] = {"DPoP-Nonce": {"$ref": "#/components/headers/nonce"}}
_CHALLENGE: Final[Node] = {"WWW-Authenticate": {"$ref": "#/components/headers/challenge"}}
_WAIT: Final[Node] = {"Retry-After": {"$ref": "#/components/headers/retryAfter"}}
_BASIC: Final[Node] = {
    "WWW-Authenticate": {"description": "If the Authorization header was tried.", "schema": TEXT},
}


def _error(description: str, headers: Node | None = None, of: str = "Error") -> Node:
    return answer(description, {JSON: schema(of)}, NONCE | (headers or {}))


RESPONSES: Final[Node] = {
    "Refused": _error("The request is not as it must be; `error` says which specified rule it breaks."),
    "ClientRefused": _error("invalid_client: the client did not prove who it is.", _BASIC),
    "TokenRefused": _error("The token is missing, not good (any more), or needs another proof.", _CHALLENGE),
    "Forbidden": _error("The token is good, but not for this."),
    "NotFound": _error("There is nothing at this address, or nothing of yours."),
    "Conflict": _error("This cannot be done any more, or not yet."),
    "Gone": _error("The document was deleted."),
    "TooLarge": _error("The request is too large; it was not read."),
    "Unprocessable": _error("The request was understood, and the document cannot be signed; `error` says why."),
    "TooMany": _error("Too many attempts.", _WAIT),
    "Failed": _error("The fault is ours.", of="Failure"),
    "Unavailable": _error("We are busy; nothing was changed.", _WAIT, of="Failure"),
}
