"""Where private keys are kept."""

from typing import Protocol

from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

Key = ECKey | RSAKey | OKPKey | OctKey


class KeyStore(Protocol):
    """Makes, keeps and gives keys by identifier. A file folder in development, a security module in production."""

    def generate(self, kid: str, algorithm: str) -> Key:
        """Make and keep a new key for ES256, RS256, Ed25519, HS256 or A256GCM."""

    def load(self, kid: str) -> Key:
        """Raises MissingKey when the store does not hold it."""

    def destroy(self, kid: str) -> None:
        """Forget the private part, if it is there at all; what is public may stay."""


class MissingKey(Exception):
    """A key that the database knows is not in the key store. Restore it; never generate another in its place."""
