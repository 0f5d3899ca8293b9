"""OpenID Connect Core 1.0 section 8, https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes: subjects.

The pairwise algorithm is our choice, as section 8.1 allows: HMAC-SHA-256 under a key that never leaves the provider.
Left out: reading a person back from a subject, and storing what was issued: another key would change everybody's `sub`,
so it is never rotated.
"""

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

TYPES = ("pairwise", "public")
SHORTEST_KEY = 32
_PUBLIC = ""


def pairwise(key: bytes, sector: str, person: str) -> str:
    """The `sub` of `person` for every client of `sector`: 43 base64url characters. `key` is at least 32 octets.

    ValueError for an empty sector: all clients without one would share subjects.
    """
    if not sector or "|" in sector:
        raise ValueError("a pairwise subject needs a sector (a host name)")
    return _derive(key, sector, person)


def public(key: bytes, person: str) -> str:
    """The `sub` of `person` for every client registered with `subject_type` public; never our own identifier."""
    return _derive(key, _PUBLIC, person)


@lru_cache(maxsize=4096)
def _derive(key: bytes, sector: str, person: str) -> str:
    if len(key) < SHORTEST_KEY or not person:
        raise ValueError("a subject needs a key of 32 octets and a person")
    digest = hmac.digest(key, f"{sector}|{person}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
