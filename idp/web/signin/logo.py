"""A service's logo, from the service itself and from nobody else.

A picture tells whoever has it that somebody is signing in. The service knows that, because it sent her here; so its own
origins may be asked, and no other (OpenID Connect Registration section 9.2 wants the same against borrowed logos).
"""

from urllib.parse import urlsplit

from idp.journeys.signin.login import InProgress
from idp.web.headers import allow_image


def logo(progress: InProgress) -> str:
    """The address to show, which the page's policy then allows; empty for none, and for one that is elsewhere."""
    client = progress.goal.client
    if client is None or not client.metadata.logo_uri:
        return ""
    address = client.metadata.logo_uri
    if _origin(address) not in {_origin(uri) for uri in client.metadata.redirect_uris}:
        return ""
    allow_image(address)
    return address


def _origin(uri: str) -> tuple[str, str]:
    parts = urlsplit(uri)
    return parts.scheme, parts.netloc.lower()
