"""The client's certificate, which the reverse proxy that ended TLS hands over in one header.

The header is taken out of every request, and believed only when the peer that connected to us is a proxy the operator
named: whoever else sends it made it up. Werkzeug and the pages never see it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import unquote

from idp.protocol.errors import INVALID_REQUEST, OAuthError

HANDED_OVER: Final = "tessera.client_certificate"
"""Where it waits in the WSGI environment: no header has such a name."""
LARGEST: Final = 16 * 1024

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]


class CertificateHeader:
    """Reads the header of this name, from these proxies."""

    def __init__(self, header: str, proxies: Sequence[str]) -> None:
        self._name = f"HTTP_{header.upper().replace('-', '_')}"
        self._proxies = tuple(ip_network(proxy) for proxy in proxies)

    def around(self, app: WSGIApp) -> WSGIApp:
        """The application, which finds the certificate where `certificate` looks, and nowhere else."""

        @wraps(app)
        def wrapped(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            self.take(environ)
            return app(environ, start_response)

        return wrapped

    def take(self, environ: Environ) -> None:
        """Move the header's value to where only we look, or away. Must see the address of the peer itself."""
        value = environ.pop(self._name, None)
        if value and self._is_trusted(environ.get("REMOTE_ADDR", "")):
            environ[HANDED_OVER] = value

    def _is_trusted(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in proxy for proxy in self._proxies)


def certificate(environ: Environ) -> str | None:
    """The PEM that was handed over, URL-encoded as nginx does it; None without. Raises OAuthError(invalid_request)."""
    value = environ.get(HANDED_OVER)
    if value is None:
        return None
    if "," in value or len(value) > LARGEST:
        raise OAuthError(INVALID_REQUEST, "The client certificate was handed over twice, or is too large.")
    return unquote(value)
