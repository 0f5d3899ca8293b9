"""The endpoints of OpenID Connect and OAuth 2.0 that programs call."""

from collections.abc import Mapping, Sequence
from typing import Final

from idp.protocol import (
    authorization,
    client_authentication,
    client_metadata,
    pkce,
    response_mode,
    signed_introspection,
    token_exchange,
)
from idp.protocol.parameters import LONGEST, LONGEST_VALUE
from idp.web.openapi.errors import NONCE
from idp.web.openapi.parts import (
    ANYTHING,
    FORM,
    JSON,
    NUMBER,
    TEXT,
    TRUTH,
    Node,
    answer,
    body,
    headed,
    header,
    one_of,
    record,
    refusals,
    schema,
)

DPOP: Final = header("DPoP", "A proof of possession (RFC 9449 section 4).")
_CLIENT: Final[list[Node]] = [{"client": []}, {}]
"""RFC 6749 section 2.3: the header, or what stands in the body, or a certificate."""
_TOKEN: Final[list[Node]] = [{"accessToken": []}, {"boundAccessToken": []}]
_CACHED: Final[Node] = {"Cache-Control": {"schema": {"const": "public, max-age=300"}, "required": True}}
_RESOURCES: Final[Node] = {"type": "array", "items": TEXT, "description": "May stand several times (RFC 8707)."}


def described(issuer: str, detail_types: Sequence[str]) -> Node:
    """Paths and schemas."""
    paths: Node = {
        "/oidc/token": {"post": _token()},
        "/oidc/par": {"post": _push(issuer, detail_types)},
        "/oidc/introspect": {"post": _introspect()},
        "/oidc/revoke": {"post": _revoke()},
        "/oidc/userinfo": _userinfo(),
        "/oidc/jwks": public("keys", "The keys that we sign with (RFC 7517)", schema("Keys")),
        "/.well-known/openid-configuration": public("metadata", "Provider metadata", schema("Metadata")),
        "/.well-known/oauth-authorization-server": public("serverMetadata", "The same (RFC 8414)", schema("Metadata")),
    }
    return {"paths": paths, "schemas": SCHEMAS}


def public(name: str, summary: str, told: Node = ANYTHING) -> Node:
    """GET and HEAD of what anybody may read and keep for five minutes."""
    get = {
        "operationId": name,
        "summary": summary,
        "tags": ["metadata"],
        "responses": {
            "200": answer("As it is now.", {JSON: told}, _CACHED),
            **refusals(_400="Refused", _413="TooLarge"),
        },
        "security": [],
    }
    return {"get": get, "head": headed(get)}


def _text(name: str, description: str = "") -> Node:
    about = {"description": description} if description else {}
    return {"type": "string", "maxLength": LONGEST.get(name, LONGEST_VALUE), **about}


def _texts(*names: str) -> Node:
    return {name: _text(name) for name in names}


def _form(properties: Mapping[str, Node], *required: str) -> Node:
    """What is sent, beside what a client proves itself with that does not use the header."""
    proof: Node = {
        **_texts("client_id", "client_secret", "client_assertion"),
        "client_assertion_type": {"const": client_authentication.ASSERTION_TYPE},
    }
    return record({**proof, **properties}, required)


def _of_client(name: str, summary: str, form: Node, answers: Node, parameters: Sequence[Node] = ()) -> Node:
    refused = refusals(_400="Refused", _401="ClientRefused", _413="TooLarge", _429="TooMany")
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["oauth"],
        "parameters": [DPOP, *parameters],
        "requestBody": body(FORM, form),
        "responses": answers | refused,
        "security": _CLIENT,
    }


def _token() -> Node:
    narrowing: Node = {"authorization_details": _NARROWED, "resource": _RESOURCES}
    grants = {
        "authorization_code": _form(
            {**_texts("code", "redirect_uri", "code_verifier"), **narrowing}, "grant_type", "code"
        ),
        "refresh_token": _form({**_texts("refresh_token", "scope"), **narrowing}, "grant_type", "refresh_token"),
        "client_credentials": _form({**_texts("scope"), "resource": _RESOURCES}, "grant_type"),
        token_exchange.GRANT_TYPE: _exchange(),
    }
    for kind, form in grants.items():
        form["properties"]["grant_type"] = {"const": kind}
    answers = {"200": answer("Tokens that nobody may keep but the client.", {JSON: schema("Tokens")}, NONCE)}
    return _of_client("token", "Tokens (RFC 6749 section 3.2)", {"oneOf": list(grants.values())}, answers)


def _exchange() -> Node:
    kind: Node = {"const": token_exchange.ACCESS_TOKEN}
    properties: Node = {
        **_texts("subject_token", "actor_token", "scope"),
        **dict.fromkeys(("subject_token_type", "actor_token_type", "requested_token_type"), kind),
        **dict.fromkeys(("resource", "audience"), _RESOURCES),
        "authorization_details": _NARROWED,
    }
    return _form(properties, "grant_type", "subject_token", "subject_token_type")


def _push(issuer: str, detail_types: Sequence[str]) -> Node:
    details = f"JSON (RFC 9396) of the types {', '.join(detail_types)}." if detail_types else "No types are offered."
    properties: Node = {
        **_texts(
            "redirect_uri", "scope", "state", "nonce", "code_challenge", "acr_values", "login_hint", "id_token_hint"
        ),
        **_texts("ui_locales", "prompt", "max_age", "dpop_jkt"),
        "response_type": one_of(client_metadata.RESPONSE_TYPES),
        "response_mode": one_of(response_mode.MODES),
        "code_challenge_method": one_of(pkce.METHODS),
        "display": one_of(authorization.DISPLAYS),
        "claims": _text("claims", "JSON (OpenID Connect Core section 5.5)."),
        "authorization_details": _text("authorization_details", details),
        "request": _text("request", f"A request object (RFC 9101) for {issuer}, instead of all others."),
        "resource": _RESOURCES,
    }
    answers = {"201": answer("Kept; send the browser with it.", {JSON: schema("Pushed")}, NONCE)}
    return _of_client("push", "Push an authorization request (RFC 9126)", _form(properties), answers)


def _introspect() -> Node:
    accept = header("Accept", f"{signed_introspection.MEDIA_TYPE} for a signed answer (RFC 9701).")
    accept["schema"] = one_of((JSON, signed_introspection.MEDIA_TYPE))
    told = {JSON: schema("Introspection"), signed_introspection.MEDIA_TYPE: TEXT}
    form = _form(_texts("token", "token_type_hint"), "token")
    answers = {"200": answer("What you may know of it.", told, NONCE)}
    return _of_client("introspect", "What a token is worth (RFC 7662)", form, answers, [accept])


def _revoke() -> Node:
    answers = {"200": answer("It is not good any more, whatever it was.", {JSON: ANYTHING}, NONCE)}
    form = _form(_texts("token", "token_type_hint"), "token")
    return _of_client("revoke", "End a token (RFC 7009)", form, answers)


def _userinfo() -> Node:
    told = {JSON: schema("Person"), "application/jwt": TEXT}
    refused = refusals(_400="Refused", _401="TokenRefused", _403="Forbidden", _413="TooLarge")
    get: Node = {
        "operationId": "userinfo",
        "summary": "Who signed in (OpenID Connect Core section 5.3)",
        "tags": ["openid"],
        "parameters": [DPOP],
        "responses": {"200": answer("The claims that were agreed to.", told, NONCE), **refused},
        "security": _TOKEN,
    }
    sent = body(FORM, record(_texts("access_token"))) | {"required": False}
    post = get | {"operationId": "userinfoByPost", "requestBody": sent, "security": [*_TOKEN, {}]}
    return {"get": get, "post": post}


_NARROWED: Final[Node] = _text(
    "authorization_details", "JSON: for which of the objects that were granted the token is (RFC 9396 section 6)."
)

SCHEMAS: Final[Node] = {
    "Tokens": record(
        {
            "access_token": TEXT,
            "token_type": one_of(("Bearer", "DPoP")),
            "expires_in": NUMBER,
            "scope": TEXT,
            "id_token": TEXT,
            "refresh_token": TEXT,
            "authorization_details": {"type": "array", "items": ANYTHING},
            "issued_token_type": {"const": token_exchange.ACCESS_TOKEN},
        },
        ("access_token", "token_type", "expires_in"),
    ),
    "Pushed": record({"request_uri": TEXT, "expires_in": NUMBER}, ("request_uri", "expires_in")),
    "Introspection": record(
        {
            "active": TRUTH,
            "iss": TEXT,
            "client_id": TEXT,
            "scope": TEXT,
            "token_type": one_of(("Bearer", "DPoP")),
            **dict.fromkeys(("iat", "exp", "auth_time"), NUMBER),
            "aud": {"type": ["string", "array"], "items": TEXT},
            "sub": TEXT,
            "acr": TEXT,
            "cnf": ANYTHING,
            "act": ANYTHING,
            "authorization_details": {"type": "array", "items": ANYTHING},
        },
        ("active",),
    ),
    "Person": record({"sub": TEXT, "verified_claims": {"type": ["object", "array"]}}, ("sub",)),
    "Keys": record({"keys": {"type": "array", "items": record({"kty": TEXT, "kid": TEXT}, ("kty", "kid"))}}, ("keys",)),
    "Metadata": record(
        {"issuer": TEXT, "token_endpoint": TEXT, "jwks_uri": TEXT}, ("issuer", "token_endpoint", "jwks_uri")
    ),
}
