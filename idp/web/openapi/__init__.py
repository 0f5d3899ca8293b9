"""What programs may call, as an OpenAPI 3.1 document: paths, methods, parameters, bodies and answers that there are.

It follows from what is enabled, as discovery does; it only describes, and leaves every answer to those who give it.
"""

import json
from functools import cache

from idp.journeys.provider import MutualTLS
from idp.web.openapi import errors, oidc, registration, signing
from idp.web.openapi.parts import Node

PATH = "/openapi.json"
_ABOUT = (
    "The endpoints of OpenID Connect and OAuth 2.0 for programs, and the signing API. Browsers are sent to the "
    "authorization and logout endpoints that the provider metadata names. Scripts of any origin may call the token, "
    "pushed request, user information and revocation endpoints (CORS), and read what is public; no cookie counts there."
)


@cache
def document(
    issuer: str,
    mutual_tls: MutualTLS | None = None,
    detail_types: tuple[str, ...] = (),
    *,
    registering: bool = False,
) -> bytes:
    """The document as JSON, encoded once."""
    parts = (oidc.described(issuer, detail_types), registration.described() if registering else {}, signing.described())
    servers = [issuer] if mutual_tls is None or not mutual_tls.url else [issuer, mutual_tls.url]
    told: Node = {
        "openapi": "3.1.0",
        "info": {"title": "Tessera", "version": "1", "description": _ABOUT},
        "servers": [{"url": url} for url in servers],
        "paths": {PATH: oidc.public("describe", "This document")}
        | {path: item for part in parts for path, item in part.get("paths", {}).items()},
        "components": {
            "schemas": errors.SCHEMAS | {name: one for part in parts for name, one in part.get("schemas", {}).items()},
            "responses": errors.RESPONSES,
            "headers": errors.HEADERS,
            "securitySchemes": _schemes(issuer, certificates=mutual_tls is not None, registering=registering),
        },
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _schemes(issuer: str, *, certificates: bool, registering: bool) -> Node:
    token = {"type": "http", "scheme": "bearer", "description": "An access token (RFC 6750)."}
    bound = {"type": "http", "scheme": "dpop", "description": "An access token bound to a key (RFC 9449 section 7.1)."}
    flow = {"tokenUrl": f"{issuer}/oidc/token", "scopes": {"signing": "Have documents signed"}}
    schemes: Node = {
        "client": {"type": "http", "scheme": "basic", "description": "client_id and client_secret (RFC 6749 2.3.1)."},
        "accessToken": token,
        "boundAccessToken": bound,
        "signing": {"type": "oauth2", "flows": {"clientCredentials": flow}},
    }
    if certificates:
        schemes["certificate"] = {"type": "mutualTLS", "description": "The client's certificate (RFC 8705)."}
    if registering:
        schemes["invitation"] = {"type": "http", "scheme": "bearer", "description": "An initial access token."}
        schemes["registration"] = {"type": "http", "scheme": "bearer", "description": "The registration access token."}
    return schemes
