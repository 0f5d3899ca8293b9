"""PAdES (ETSI EN 319 142-1), baseline B-LTA, by pyHanko: a one-shot key, and everything to check it later.

`prepare` makes the key and has it certified; only what it returns can be sealed. B-LTA rather than B-T, because a
certificate of ten minutes is expired whenever anybody looks: the OCSP answer, the lists and a document time-stamp
inside the file show that it was good when it was used.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from idp.domain.signatures.names import Signer, subject
from idp.domain.signatures.port import CertificateAuthority, Issued, TimestampAuthority
from idp.domain.signatures.verification import Conclusion, verify
from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

asn1_crl: Any = deferred("asn1crypto.crl")
asn1_keys: Any = deferred("asn1crypto.keys")
asn1_ocsp: Any = deferred("asn1crypto.ocsp")
tsp: Any = deferred("asn1crypto.tsp")
asn1_x509: Any = deferred("asn1crypto.x509")
incremental_writer: Any = deferred("pyhanko.pdf_utils.incremental_writer")
fields: Any = deferred("pyhanko.sign.fields")
signers: Any = deferred("pyhanko.sign.signers")
timestamps: Any = deferred("pyhanko.sign.timestamps")
certvalidator: Any = deferred("pyhanko_certvalidator.context")
certregistry: Any = deferred("pyhanko_certvalidator.registry")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A one-shot key with its certificate, for one document only."""

    sha256: str
    issued: Issued
    key: ec.EllipticCurvePrivateKey = field(repr=False)


def prepare(document: bytes, signer: Signer, certificates: CertificateAuthority, now: int) -> Prepared:
    """Make a key that will sign this document and nothing else, and have it certified."""
    key = ec.generate_private_key(ec.SECP256R1())
    issued = certificates.issue(subject(signer), key.public_key(), now)
    return Prepared(hashlib.sha256(document).hexdigest(), issued, key)


def seal(
    prepared: Prepared,
    document: bytes,
    timestamps_by: TimestampAuthority,
    now: int,
    *,
    reason: str,
    location: str = "",
) -> bytes:
    """The signed file, checked by our own verifier before it is released.

    Raises Refusal("signatures.document_changed") for other bytes than were prepared, ("signatures.self_check") if the
    result does not verify: then nothing is delivered.
    """
    if hashlib.sha256(document).hexdigest() != prepared.sha256:
        raise Refusal("signatures.document_changed", "the document is not the one that was prepared")
    signed = _signed(prepared, document, timestamps_by, now, reason, location)
    report = verify(signed, [prepared.issued.chain[-1]], now)
    if not report.signatures or any(one.conclusion is not Conclusion.VALID for one in report.signatures):
        raise Refusal("signatures.self_check", f"the signed file does not verify: {report.reason or 'see signatures'}")
    return signed


def _signed(
    prepared: Prepared, document: bytes, timestamps_by: TimestampAuthority, now: int, reason: str, location: str
) -> bytes:
    writer = incremental_writer.IncrementalPdfFileWriter(io.BytesIO(document))
    taken = writer.prev.embedded_signatures
    metadata = signers.PdfSignatureMetadata(
        field_name=f"Signature{len(taken) + 1}",
        md_algorithm="sha256",
        reason=reason,
        location=location or None,
        name=_common_name(prepared.issued.certificate),
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=_context(prepared.issued, timestamps_by, now),
    )
    signer = signers.PdfSigner(metadata, signer=_signer(prepared), timestamper=_stamper(timestamps_by, now))
    output = io.BytesIO()
    signer.sign_pdf(writer, output=output)
    return output.getvalue()


def _signer(prepared: Prepared) -> Any:
    chain = [prepared.issued.certificate, *prepared.issued.chain]
    store = certregistry.SimpleCertificateStore()
    store.register_multiple(_certificates(chain))
    private = prepared.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signers.SimpleSigner(
        signing_cert=_certificates([prepared.issued.certificate])[0],
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


def _stamper(authority: TimestampAuthority, now: int) -> Any:
    class Stamper(timestamps.TimeStamper):  # type: ignore[misc]
        """pyHanko's interface to our authority."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            """Answer without a network."""
            return tsp.TimeStampResp.load(authority.answer(req.dump(), now))

    return Stamper()


def _context(issued: Issued, timestamps_by: TimestampAuthority, now: int) -> Any:
    """What pyHanko checks the chain against while it signs; it never fetches anything."""
    return certvalidator.ValidationContext(
        trust_roots=_certificates([issued.chain[-1]]),
        other_certs=_certificates([issued.certificate, *issued.chain, *timestamps_by.certificates]),
        ocsps=[asn1_ocsp.OCSPResponse.load(issued.ocsp)],
        crls=[asn1_crl.CertificateList.load(one) for one in issued.crls],
        allow_fetching=False,
        revocation_mode="require",
        moment=_moment(now),
    )


def _common_name(certificate: Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _moment(at: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)


def _certificates(certificates: Iterable[Certificate]) -> list[Any]:
    encoding = serialization.Encoding.DER
    return [asn1_x509.Certificate.load(one.public_bytes(encoding)) for one in certificates]
