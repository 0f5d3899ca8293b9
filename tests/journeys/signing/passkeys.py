"""A passkey made of software, for tests without a browser."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from idp.domain.authenticators import registry
from idp.foundation.randomness import octets
from idp.journeys.provider import Provider

USER_PRESENT, USER_VERIFIED = 0x01, 0x04


class SoftPasskey:
    """A P-256 credential of one person, bound to the provider."""

    def __init__(self, provider: Provider, person_id: str) -> None:
        self._provider, self._person_id = provider, person_id
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id, self._count = encoded(octets(32)), 0
        with provider.transaction() as tx:
            columns = {"credential_id": self._id, "verifier": encoded(self._cose_key())}
            registry.add(tx, person_id, registry.PASSKEY, "Soft passkey", **columns)

    def answer(self, options: str) -> str:
        """The credential, as JSON, for the challenge in `options` (Web Authentication Level 3 section 6.3.3)."""
        client_data = json.dumps(
            {"type": "webauthn.get", "challenge": json.loads(options)["challenge"], "origin": self._provider.issuer}
        ).encode()
        self._count += 1
        rp_hash = hashlib.sha256(self._provider.rp_id.encode()).digest()
        authenticator_data = rp_hash + struct.pack(">BI", USER_PRESENT | USER_VERIFIED, self._count)
        signed = authenticator_data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(authenticator_data),
            "signature": encoded(self._key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": encoded(self._person_id.encode()),
        }
        return json.dumps({"id": self._id, "rawId": self._id, "type": "public-key", "response": response})

    def _cose_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


def encoded(content: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The octets of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
