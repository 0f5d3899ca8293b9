"""Provider metadata: the same for everybody, encoded once."""

import json
from functools import cache

from idp.journeys.provider import MutualTLS
from idp.protocol.discovery import Enabled, metadata

LANGUAGES = ("en", "zh-Hant", "ar")
PATHS = {
    "authorization_endpoint": "/oidc/authorize",
    "token_endpoint": "/oidc/token",
    "userinfo_endpoint": "/oidc/userinfo",
    "jwks_uri": "/oidc/jwks",
    "pushed_authorization_request_endpoint": "/oidc/par",
    "introspection_endpoint": "/oidc/introspect",
    "revocation_endpoint": "/oidc/revoke",
    "end_session_endpoint": "/oidc/logout",
}


@cache
def document(
    issuer: str,
    trust_framework: str,
    mutual_tls: MutualTLS | None = None,
    detail_types: tuple[str, ...] = (),
    *,
    registration: bool = False,
) -> bytes:
    """OpenID Connect Discovery section 3 and RFC 8414 section 2, as JSON."""
    paths = PATHS | ({"registration_endpoint": "/oidc/register"} if registration else {})
    endpoints = {name: issuer + path for name, path in paths.items()}
    enabled = Enabled(
        issuer,
        endpoints,
        ui_locales=LANGUAGES,
        trust_frameworks=(trust_framework,),
        certificates=mutual_tls is not None,
        certificate_authorities=mutual_tls is not None and bool(mutual_tls.authorities),
        mtls_url="" if mutual_tls is None else mutual_tls.url,
        detail_types=detail_types,
    )
    return json.dumps(metadata(enabled), separators=(",", ":")).encode()
