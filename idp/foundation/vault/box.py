"""Sealing of things that belong to no person's record yet: a queued message, a registration half done."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal

NONCE = 12


class Box:
    """AES-256-GCM under one key of the keyring; `context` says what is inside and must match when it is opened."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, context: str, value: bytes) -> bytes:
        """nonce ‖ ciphertext."""
        nonce = octets(NONCE)
        return nonce + self._cipher.encrypt(nonce, value, context.encode())

    def open(self, context: str, sealed: bytes) -> bytes:
        """Raises Refusal("box.unreadable") if it was changed, cut, moved or sealed under another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())
        except (InvalidTag, ValueError):
            raise Refusal("box.unreadable", f"a sealed {context} does not open") from None
