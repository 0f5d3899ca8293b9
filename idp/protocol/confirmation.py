"""RFC 7800 section 3, https://www.rfc-editor.org/rfc/rfc7800#section-3: whose key a token is bound to (`cnf`).

With the members `jkt` of RFC 9449 section 6.1 and `x5t#S256` of RFC 8705 section 3.1. Left out: `jwk`, `jwe`, `kid` and
`jku`, which would carry or fetch a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Thumbprints of the keys that whoever asks has proved to hold, or that a token is bound to; base64url."""

    jkt: str | None = None
    """RFC 7638 thumbprint of a DPoP key."""
    x5t: str | None = None
    """RFC 8705 section 3.1: SHA-256 of the client certificate's DER."""

    @property
    def binds(self) -> bool:
        """Whether there is any key at all; a token without one is a bearer token."""
        return self.jkt is not None or self.x5t is not None

    def document(self) -> dict[str, str]:
        """The value of `cnf`; empty for a bearer token."""
        members = {"jkt": self.jkt, "x5t#S256": self.x5t}
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_document(cls, document: Mapping[str, str] | None) -> Self:
        """Of what `document` gave; it is our own, so nothing is checked again."""
        return cls((document or {}).get("jkt"), (document or {}).get("x5t#S256"))


UNBOUND: Final = Confirmation()
"""Nothing was proved, nothing is bound."""
