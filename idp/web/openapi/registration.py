"""Registration over the network (RFC 7591, RFC 7592), where the operator offers it."""

from dataclasses import Field, fields
from typing import Final

from idp.protocol import client_metadata as metadata
from idp.protocol import client_profile
from idp.protocol.client_metadata import ClientMetadata
from idp.web.openapi.parts import (
    ANYTHING,
    JSON,
    NUMBER,
    TEXT,
    TEXTS,
    TRUTH,
    Node,
    answer,
    body,
    one_of,
    record,
    refusals,
    schema,
)

_CHOICES: Final[Node] = {
    "token_endpoint_auth_method": one_of(metadata.AUTH_METHODS),
    "application_type": one_of(metadata.APPLICATION_TYPES),
    "subject_type": one_of(metadata.SUBJECT_TYPES),
    "access_token_format": one_of(metadata.ACCESS_TOKEN_FORMATS),
    "profile": one_of(client_profile.PROFILES),
    "grant_types": {"type": "array", "items": one_of(metadata.GRANT_TYPES)},
    "response_types": {"type": "array", "items": one_of(metadata.RESPONSE_TYPES)},
    "scope": TEXT,
    "jwks": ANYTHING,
    "default_max_age": NUMBER,
}
_KINDS: Final[dict[type, Node]] = {str: TEXT, bool: TRUTH, tuple: TEXTS}
_OURS: Final = ("client_id", *metadata.LOCALISED)
_IN_LANGUAGES: Final[Node] = {f"^{member}#.+$": TEXT for member in metadata.LOCALISED.values()}
"""RFC 7591 section 2.2: `client_name#ar` and so on."""
_NAME: Final[Node] = {
    "name": "client_id",
    "in": "path",
    "required": True,
    "schema": {**TEXT, "pattern": "^[A-Za-z0-9_-]+$"},
}
_REFUSED: Final = refusals(_400="Refused", _401="TokenRefused", _403="Forbidden", _413="TooLarge", _429="TooMany")


def described() -> Node:
    """Paths and schemas."""
    told = {"200": answer("The registration as it stands.", {JSON: schema("Registration")}), **_REFUSED}
    created = {"201": answer("Registered; it waits for approval.", {JSON: schema("Registration")}), **_REFUSED}
    ended = {"204": answer("The client is no more."), **_REFUSED}
    sent = body(JSON, schema("ClientMetadata"))
    one: Node = {
        "parameters": [_NAME],
        "get": _operation("readClient", "Read a registration", told),
        "put": _operation("changeClient", "Change a registration", told) | {"requestBody": sent},
        "delete": _operation("endClient", "End a registration", ended),
    }
    register = _operation("register", "Register a client", created, "invitation") | {"requestBody": sent}
    schemas = {"ClientMetadata": record(_members(), patternProperties=_IN_LANGUAGES), "Registration": _information()}
    return {"paths": {"/oidc/register": {"post": register}, "/oidc/register/{client_id}": one}, "schemas": schemas}


def _operation(name: str, summary: str, answers: Node, scheme: str = "registration") -> Node:
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["registration"],
        "responses": answers,
        "security": [{scheme: []}],
    }


def _members() -> Node:
    """Client metadata as it is typed; null is the same as left out."""
    return {
        **{field.name: _kind(field) for field in fields(ClientMetadata) if field.name not in _OURS},
        "client_id": TEXT,
        "client_secret": TEXT,
        "software_statement": TEXT,
    }


def _kind(field: "Field[object]") -> Node:
    """By its default; what is made anew for each client is an object."""
    return _CHOICES.get(field.name) or _KINDS.get(type(field.default), ANYTHING)


def _information() -> Node:
    """RFC 7591 section 3.2.1 and RFC 7592 section 3."""
    ours: Node = {
        "client_id_issued_at": NUMBER,
        "client_secret_expires_at": NUMBER,
        "registration_client_uri": TEXT,
        "registration_access_token": TEXT,
        "status": one_of(("pending", "refused", "active", "suspended")),
        "pending_change": ANYTHING,
        "refused_because": TEXT,
        "refusal_note": TEXT,
    }
    required = ("client_id", "registration_client_uri", "registration_access_token")
    return record(_members() | ours, required, patternProperties=_IN_LANGUAGES)
