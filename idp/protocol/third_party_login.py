"""OpenID Connect Core 1.0 section 4, https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin.

A way into a service from here: it begins a sign-in of its own. Left out: `login_hint`, because the service is told who
comes by the sign-in and not before; `target_link_uri`, because where she arrives is the service's business.
"""

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.response_mode import redirect_location


def entrance(client: ClientMetadata, issuer: str) -> str:
    """Where to send somebody who wants to use the service: its sign-in, or else its front page; empty for neither."""
    if not client.initiate_login_uri:
        return client.client_uri
    return redirect_location(client.initiate_login_uri, {"iss": issuer})
