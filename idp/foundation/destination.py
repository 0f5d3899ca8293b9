"""Where an outbound request may go: public addresses, and what the operator allowed by name.

A relying party's registration names URLs that this provider will call. Without this check it could make the provider
call the provider's own network (server-side request forgery, OWASP SSRF Prevention Cheat Sheet).
"""

import ipaddress
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from idp.foundation import names
from idp.foundation.refusal import Refusal

PORTS = {"https": 443, "http": 80}
PATIENCE = 5
"""Seconds for finding a host, unless whoever asks has less time."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): the last 32 bits are an IPv4 address behind a gateway."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL whose host was resolved once and found allowed; whoever connects uses `addresses`, never the name."""

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The Host header: the port is left out when it is the scheme's own (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def resolve(url: str, allow: frozenset[str], seconds: float = PATIENCE) -> Destination:
    """Look the host up once and judge every address it has.

    `allow` holds hosts and host:port pairs whose addresses need not be public. Raises Refusal("outbound.url_refused"),
    Refusal("outbound.timed_out"), Refusal("outbound.unresolved") or Refusal("outbound.address_refused").
    """
    scheme, host, port, target = _parts(url)
    try:
        addresses = tuple(names.everywhere.addresses(host, port, seconds))
    except TimeoutError:
        raise Refusal("outbound.timed_out", f"{host} was not found within {seconds:g} s") from None
    except (OSError, UnicodeError):
        raise Refusal("outbound.unresolved", f"{host} has no address") from None
    if allow.isdisjoint({host, f"{host}:{port}"}):
        _insist_on_public(host, addresses)
    return Destination(scheme, host, port, target, addresses)


def is_public(address: Address) -> bool:
    """Whether an address is one that anybody on the Internet reaches alike, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise Refusal("outbound.url_refused", "this is not a URL") from None
    if parts.scheme not in PORTS or not parts.hostname or parts.auth:
        raise Refusal("outbound.url_refused", "only http and https URLs with a host and no user name are called")
    return parts.scheme, parts.hostname.strip("[]"), parts.port or PORTS[parts.scheme], parts.request_uri


def _insist_on_public(host: str, addresses: tuple[str, ...]) -> None:
    private = [address for address in addresses if not is_public(ipaddress.ip_address(address.partition("%")[0]))]
    if private:
        raise Refusal("outbound.address_refused", f"{host} is at {private[0]}, which is not public and not allowed")
