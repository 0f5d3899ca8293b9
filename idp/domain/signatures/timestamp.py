"""The embedded time-stamping authority (RFC 3161, https://www.rfc-editor.org/rfc/rfc3161).

pyHanko builds and signs the token. The key is held, not handed over as octets: OpenSSL tests the primes of an RSA key
each time that it reads one, which takes seventy times as long as a signature.
"""

import asyncio
import datetime as dt
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.x509 import Certificate, random_serial_number

from idp.domain.signatures.authority import POLICY, AuthorityKey, EmbeddedAuthority
from idp.foundation.deferred import deferred

cms: Any = deferred("asn1crypto.cms")
tsp: Any = deferred("asn1crypto.tsp")
asn1_x509: Any = deferred("asn1crypto.x509")
signers: Any = deferred("pyhanko.sign.signers.pdf_cms")
certregistry: Any = deferred("pyhanko_certvalidator.registry")

DIGEST = "sha256"
GRANTED = {"status": "granted"}


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
        """See TimestampAuthority.answer. The certificates come along, whether they were asked for or not."""
        certificate, root = (_read(one) for one in self.certificates)
        moment = dt.datetime.fromtimestamp(now, dt.UTC)
        content = {"content_type": "tst_info", "content": _info(tsp.TimeStampReq.load(request), certificate, moment)}
        signing = _signer(self._member.key, certificate, root).async_sign_general_data(
            cms.EncapsulatedContentInfo(content),
            DIGEST,
            detached=False,
            signed_attr_settings=signers.PdfCMSSignedAttributes(signing_time=moment),
        )
        response: bytes = tsp.TimeStampResp({"status": GRANTED, "time_stamp_token": _aside(signing)}).dump()
        return response


def _info(request: Any, certificate: Any, moment: dt.datetime) -> Any:
    """Section 2.4.2."""
    said = {
        "version": "v1",
        "policy": POLICY.dotted_string,
        "message_imprint": request["message_imprint"],
        "serial_number": random_serial_number(),
        "gen_time": moment,
        "tsa": asn1_x509.GeneralName("directory_name", certificate.subject),
    }
    if request["nonce"].native is not None:
        said["nonce"] = request["nonce"]
    return cms.ParsableOctetString(tsp.TSTInfo(said).dump())


def _signer(key: AuthorityKey, certificate: Any, root: Any) -> Any:
    class Held(signers.Signer):  # type: ignore[misc]
        """pyHanko's interface to a key that is held elsewhere."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 (pyHanko's own)
            if isinstance(key, ec.EllipticCurvePrivateKey):
                return key.sign(data, ec.ECDSA(hashes.SHA256()))
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    chain = certregistry.SimpleCertificateStore()
    chain.register(root)
    return Held(signing_cert=certificate, cert_registry=chain)


def _read(certificate: Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _aside(signing: Coroutine[Any, Any, Any]) -> Any:
    """What comes of it, in a thread: pyHanko asks us from within an event loop, where no other can run."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, signing).result()
