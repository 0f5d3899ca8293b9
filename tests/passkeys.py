"""A passkey made of software, for tests without a browser: what an authenticator and its client would send."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Literal

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idp.foundation.randomness import octets

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass(frozen=True)
class Batch:
    """What a key vouches for itself with: its AAGUID, and its maker's key and certificates, DER, its own first."""

    aaguid: bytes
    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...]


class SoftKey:
    """A P-256 credential, bound to a relying party. Its flags, counter and origin may be set to lie.

    With a `batch` it vouches for what it is, in the packed format; with "self" it vouches for itself.
    """

    def __init__(self, rp_id: str, origin: str, handle: str = "") -> None:
        self.rp_id, self.origin, self.handle = rp_id, origin, handle
        self.raw_id, self.count, self.present, self.verified = octets(32), 0, True, True
        self.synced, self.backed_up = False, False
        self.batch: Batch | Literal["self"] | None = None
        self.transports, self.aaguid = ["usb"], bytes(16)
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def id(self) -> str:
        return encoded(self.raw_id)

    def make(self, options: str) -> str:
        """The new credential, as JSON (Web Authentication Level 3 sections 6.5, 8.2 and 8.7)."""
        asked = json.loads(options)
        self.handle = decoded(asked["user"]["id"]).decode()
        aaguid = self.batch.aaguid if isinstance(self.batch, Batch) else self.aaguid
        held = aaguid + struct.pack(">H", len(self.raw_id)) + self.raw_id + self.cose_key()
        client_data = self._client_data("webauthn.create", asked["challenge"])
        response = {
            "clientDataJSON": encoded(client_data),
            "attestationObject": encoded(cbor2.dumps(self._attestation(self._data(ATTESTED) + held, client_data))),
            "transports": self.transports,
        }
        return self._credential(response)

    def answer(self, options: str) -> str:
        """The assertion, as JSON, for the challenge in `options` (section 6.3.3)."""
        self.count += 1
        client_data = self._client_data("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self.private.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
            "userHandle": encoded(self.handle.encode()),
        }
        return self._credential(response)

    def cose_key(self) -> bytes:
        """The public key as RFC 9053 has it."""
        numbers = self.private.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})

    def _attestation(self, data: bytes, client_data: bytes) -> dict[str, object]:
        if self.batch is None:
            return {"fmt": "none", "attStmt": {}, "authData": data}
        key, chain = (self.batch.key, self.batch.chain) if isinstance(self.batch, Batch) else (self.private, ())
        signature = key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        statement = {"alg": -7, "sig": signature} | ({"x5c": list(chain)} if chain else {})
        return {"fmt": "packed", "attStmt": statement, "authData": data}

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, more: int = 0) -> bytes:
        flags = more | (PRESENT if self.present else 0) | (VERIFIED if self.verified else 0)
        flags |= (ELIGIBLE if self.synced else 0) | (BACKED_UP if self.backed_up else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _credential(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": self.id, "rawId": self.id, "type": "public-key", "response": response})


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The octets of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
