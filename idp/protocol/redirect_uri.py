"""RFC 6749 section 3.1.2, https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2: the addresses a browser may be sent to.

Only https, or http on a loopback interface; compared as strings, character by character (RFC 9700 section 2.1), but
for the port of a native application on a loopback address, which its system chooses (RFC 8252 section 7.3). Left out on
purpose: patterns, private-use schemes, and any port on the name `localhost` (section 8.3).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2048
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_CHARACTERS = re.compile(
    r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=-]|%[0-9A-Fa-f]{2})+"
)  # RFC 3986 section 2, without `*`, so no wildcard
_NATIVE = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::([1-9][0-9]{0,4}))?(/[^\n]*|\?[^\n]*)?")
_LARGEST_PORT = 65535
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")
_DOTS = re.compile(r"(^|/)(\.|%2e){1,2}(/|$)", re.IGNORECASE)


def fault(uri: object) -> str | None:
    """Why `uri` may not be registered, as the rest of a sentence; None if it may."""
    if not isinstance(uri, str) or not 0 < len(uri) <= LONGEST:
        return f"is not a text of 1 to {LONGEST} characters"
    if not _CHARACTERS.fullmatch(uri):
        return "holds a character that a URI may not hold (or a wildcard)"
    if "#" in uri:
        return "has a fragment"
    return _fault_of_parts(uri)


@lru_cache(maxsize=1024)
def host(uri: str) -> str:
    """The host of a valid `uri`, lower case, without the port."""
    return urlsplit(uri).hostname or ""


def is_registered(uri: str, registered: Iterable[str], *, native: bool = False) -> bool:
    """Whether `uri` is one of those `registered`: string equality and nothing else (RFC 3986 section 6.2.1).

    For a `native` application (RFC 8252 section 7.3), on http://127.0.0.1 and http://[::1] the port is not compared.
    """
    alike = _without_port(uri) if native else None
    return any(uri == one or (alike is not None and alike == _without_port(one)) for one in registered)


def _without_port(uri: str) -> tuple[str, str] | None:
    """What is compared of a loopback address: all but its port. None for every other address."""
    match = _NATIVE.fullmatch(uri)
    if match is None or int(match[2] or "1") > _LARGEST_PORT:
        return None
    return match[1], match[3] or ""


def _fault_of_parts(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return "is not a URI"
    if "@" in parts.netloc:
        return "has user information before the host"
    if not _HOST.fullmatch(name) or port == 0:
        return "has no valid host"
    if parts.scheme != "https" and not (parts.scheme == "http" and name in LOOPBACK):
        return "is neither https nor http on a loopback host"
    return "has a path with dot segments" if _DOTS.search(parts.path) else None
