"""Provider metadata: the same for everybody."""

import json
from collections.abc import Mapping

from idp.journeys.provider import Provider
from idp.journeys.signing.agency import SCOPE
from idp.protocol.assurance import reachable
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


def document(provider: Provider, links: Mapping[str, str]) -> bytes:
    """OpenID Connect Discovery section 3 and RFC 8414 section 2, as JSON. `links` are paths by their metadata names."""
    return json.dumps(metadata(_enabled(provider, links)), separators=(",", ":")).encode()


def _enabled(provider: Provider, links: Mapping[str, str]) -> Enabled:
    """What this installation offers, of everything that settings and the country pack switch on."""
    paths = PATHS | ({"registration_endpoint": "/oidc/register"} if provider.registering.offered else {})
    mutual_tls = provider.mutual_tls
    return Enabled(
        provider.issuer,
        {name: provider.issuer + path for name, path in paths.items()},
        ui_locales=LANGUAGES,
        acr_values=reachable(provider.policy, provider.strongest),
        own_scopes=(SCOPE,),
        trust_frameworks=(provider.trust_framework,),
        certificates=mutual_tls is not None,
        certificate_authorities=mutual_tls is not None and bool(mutual_tls.authorities),
        mtls_url="" if mutual_tls is None else mutual_tls.url,
        detail_types=tuple(provider.detail_types),
        links={name: provider.issuer + path for name, path in links.items()},
    )
