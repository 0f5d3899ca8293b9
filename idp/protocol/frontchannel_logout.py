"""OpenID Connect Front-Channel Logout 1.0, https://openid.net/specs/openid-connect-frontchannel-1_0.html.

A service that registers an address for it has that address opened in a frame when its user signs out here. Left out:
relying on it: many browsers send no cookies there, so a service that can be called is told by back channel too.
"""

from urllib.parse import urlsplit

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.response_mode import redirect_location


def address(client: ClientMetadata, issuer: str, session: str) -> str | None:
    """What to open for `client` (section 3). Which session ended is said to whoever registered for that alone."""
    if not client.frontchannel_logout_uri:
        return None
    told = {"iss": issuer, "sid": session} if client.frontchannel_logout_session_required else {}
    return redirect_location(client.frontchannel_logout_uri, told)


def origin_is_its_own(client: ClientMetadata) -> bool:
    """Section 2: scheme, host and port of the address are those of a redirect URI."""
    return _origin(client.frontchannel_logout_uri) in {_origin(uri) for uri in client.redirect_uris}


def _origin(uri: str) -> tuple[str, str, int | None]:
    parts = urlsplit(uri)
    return parts.scheme, parts.hostname or "", parts.port
