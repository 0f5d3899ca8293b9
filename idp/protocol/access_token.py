"""RFC 6749 section 1.4 and RFC 6750, https://www.rfc-editor.org/rfc/rfc6750: opaque tokens that are only a reference.

An access token, a refresh token and a code are a prefix and 256 random bits in canonical base64url: exact length, one
spelling, so a truncated or padded one is refused before a database is asked. Only their SHA-256 is stored.
Left out: what a JWT says (jwt_access_token); of one, the `jti` is what is remembered.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from enum import StrEnum

from idp.protocol.errors import INVALID_GRANT, INVALID_TOKEN, OAuthError

OCTETS = 32


class Kind(StrEnum):
    """What a token is for; its value is the prefix, which secret scanners can look for."""

    ACCESS = "tat_"
    REFRESH = "trt_"
    CODE = "tac_"
    INVITATION = "tit_"
    """RFC 7591 section 1.2: an initial access token."""
    REGISTRATION = "trg_"
    """RFC 7592 section 1.2: a registration access token."""


_SHAPE = {kind: re.compile(rf"{kind}[A-Za-z0-9_-]{{42}}[AEIMQUYcgkosw048]") for kind in Kind}
_REFUSAL = dict.fromkeys(Kind, INVALID_TOKEN) | {Kind.REFRESH: INVALID_GRANT, Kind.CODE: INVALID_GRANT}


def mint(kind: Kind, octets: bytes) -> str:
    """A token from 32 random `octets`."""
    if len(octets) != OCTETS:
        raise ValueError(f"a token is made of {OCTETS} octets")
    return kind + urlsafe_b64encode(octets).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal. The token has 256 bits, so no salt is needed."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def recognise(kind: Kind, text: str) -> str:
    """The digest to look up for `text`, presented as a `kind`.

    Raises OAuthError(invalid_grant) for a code or refresh token of another shape, (invalid_token) for the others.
    """
    if not _SHAPE[kind].fullmatch(text):
        raise OAuthError(_REFUSAL[kind], "The token or code is not one of ours.")
    return digest(text)


def kind_of(text: str) -> Kind | None:
    """What `text` can be (revocation and introspection take any token); None if it is none of ours."""
    return next((kind for kind, shape in _SHAPE.items() if shape.fullmatch(text)), None)
