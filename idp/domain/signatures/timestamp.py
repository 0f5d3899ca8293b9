"""The embedded time-stamping authority (RFC 3161, https://www.rfc-editor.org/rfc/rfc3161).

pyHanko builds the token; the RSA key is what its builder can sign with.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from idp.domain.signatures.authority import EmbeddedAuthority
from idp.foundation.deferred import deferred

keys: Any = deferred("asn1crypto.keys")
tsp: Any = deferred("asn1crypto.tsp")
asn1_x509: Any = deferred("asn1crypto.x509")
timestamps: Any = deferred("pyhanko.sign.timestamps")


class EmbeddedTimestampAuthority:
    """The built-in TimestampAuthority."""

    def __init__(self, authority: EmbeddedAuthority) -> None:
        self._member = authority.material.timestamping
        self._root = authority.material.root.certificate

    @property
    def certificates(self) -> Sequence[Certificate]:
        """See TimestampAuthority.certificates."""
        return (self._member.certificate, self._root)

    def answer(self, request: bytes, now: int) -> bytes:
        """See TimestampAuthority.answer."""
        response: bytes = self._stamper(now).request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return response

    def _stamper(self, now: int) -> Any:
        private = self._member.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate, root = (
            asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in self.certificates
        )
        return timestamps.DummyTimeStamper(
            certificate,
            keys.PrivateKeyInfo.load(private),
            certs_to_embed=[root],
            fixed_dt=dt.datetime.fromtimestamp(now, dt.UTC),
        )
