"""A passkey made of software, for tests without a browser: what an authenticator and its client would send."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idp.foundation.randomness import octets

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class SoftKey:
    """A P-256 credential, bound to a relying party. Its flags, counter and origin may be set to lie."""

    def __init__(self, rp_id: str, origin: str, handle: str = "") -> None:
        self.rp_id, self.origin, self.handle = rp_id, origin, handle
        self.raw_id, self.count, self.present, self.verified = octets(32), 0, True, True
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def id(self) -> str:
        return encoded(self.raw_id)

    def make(self, options: str) -> str:
        """The new credential with no attestation, as JSON (Web Authentication Level 3 sections 6.5 and 8.7)."""
        asked = json.loads(options)
        self.handle = decoded(asked["user"]["id"]).decode()
        held = bytes(16) + struct.pack(">H", len(self.raw_id)) + self.raw_id + self.cose_key()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + held}
        response = {
            "clientDataJSON": encoded(self._client_data("webauthn.create", asked["challenge"])),
            "attestationObject": encoded(cbor2.dumps(attestation)),
        }
        return self._credential(response)

    def answer(self, options: str) -> str:
        """The assertion, as JSON, for the challenge in `options` (section 6.3.3)."""
        self.count += 1
        client_data = self._client_data("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(self.handle.encode()),
        }
        return self._credential(response)

    def cose_key(self) -> bytes:
        """The public key as RFC 9053 has it."""
        numbers = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = more | (PRESENT if self.present else 0) | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _credential(self, response: dict[str, str]) -> str:
        return json.dumps({"id": self.id, "rawId": self.id, "type": "public-key", "response": response})


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The octets of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
