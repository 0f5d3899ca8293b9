"""Provider metadata and keys: public, the same for everybody, encoded before anybody asks."""

import json

from flask import Flask, Response

from idp.journeys.provider import Provider
from idp.protocol.discovery import Enabled, metadata

LANGUAGES = ("en", "zh-Hant", "ar")
TRUST_FRAMEWORKS = ("arcadia",)
_PUBLIC = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


def init(app: Flask, provider: Provider) -> None:
    """Add the two well-known documents and the JWKS."""
    document = json.dumps(metadata(_enabled(provider.issuer)), separators=(",", ":")).encode()

    def configuration() -> Response:
        return Response(document, mimetype="application/json", headers=_PUBLIC)

    def keys() -> Response:
        return Response(provider.keyring.jwks(), mimetype="application/json", headers=_PUBLIC)

    app.add_url_rule("/.well-known/openid-configuration", "openid_configuration", configuration)
    app.add_url_rule("/.well-known/oauth-authorization-server", "oauth_authorization_server", configuration)
    app.add_url_rule("/oidc/jwks", "jwks", keys)


def _enabled(issuer: str) -> Enabled:
    paths = {
        "authorization_endpoint": "/oidc/authorize",
        "token_endpoint": "/oidc/token",
        "userinfo_endpoint": "/oidc/userinfo",
        "jwks_uri": "/oidc/jwks",
        "introspection_endpoint": "/oidc/introspect",
        "revocation_endpoint": "/oidc/revoke",
        "end_session_endpoint": "/oidc/logout",
    }
    endpoints = {name: issuer + path for name, path in paths.items()}
    return Enabled(issuer, endpoints, ui_locales=LANGUAGES, trust_frameworks=TRUST_FRAMEWORKS)
