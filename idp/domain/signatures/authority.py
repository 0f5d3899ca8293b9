"""The embedded certificate authority: root, issuing authority, one-shot certificates, OCSP and CRLs (RFC 5280, 6960).

It makes advanced signatures in a closed house. It claims nothing of EN 319 411 or of qualified certificates.
"""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp.domain.signatures.port import Issued
from idp.foundation.keyring.port import MissingKey

LEAF_SECONDS = 600
"""A one-shot certificate's life."""
BACKDATED_SECONDS = 60
"""For verifiers whose clock is behind."""
FRESH_SECONDS = LEAF_SECONDS // 2
"""How long its OCSP answer holds: at most half the certificate's life, or long-term validation finds no proof."""
CRL_SECONDS = 7 * 24 * 3600
YEAR = 365 * 24 * 3600
LONGEST_NAME = 64
"""ub-organization-name (RFC 5280, appendix A.1)."""
POLICY = x509.ObjectIdentifier("2.25.221837264509114")

AuthorityKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Member:
    """One authority's certificate and key."""

    certificate: x509.Certificate
    key: AuthorityKey


@dataclass(frozen=True, slots=True)
class AuthorityMaterial:
    """Everything the embedded authorities hold. The root's key may be kept elsewhere once its CRL is made."""

    root: Member
    issuing: Member
    timestamping: Member
    root_crl: bytes

    def save(self, folder: Path) -> None:
        """Files of mode 0600 in a folder of mode 0700."""
        folder.mkdir(mode=0o700, parents=True)
        for name in ("root", "issuing", "timestamping"):
            member: Member = getattr(self, name)
            _write(folder / f"{name}.pem", member.certificate.public_bytes(serialization.Encoding.PEM))
            _write(folder / f"{name}.key", _private(member.key))
        _write(folder / "root.crl", self.root_crl)

    @classmethod
    def load(cls, folder: Path) -> "AuthorityMaterial":
        """Raises MissingKey naming the file that is missing."""
        members = {name: _member(folder, name) for name in ("root", "issuing", "timestamping")}
        return cls(**members, root_crl=_content(folder / "root.crl"))


def create_authority(now: int, country: str = "XA", organisation: str = "Tessera") -> AuthorityMaterial:
    """New keys and certificates for root, issuing authority and time-stamping authority.

    `country` is ISO 3166-1 alpha-2, `organisation` who runs them.
    """
    named = partial(_name, country, organisation[:LONGEST_NAME])
    root_key = ec.generate_private_key(ec.SECP384R1())
    root_name = named("Tessera Root")
    root = Member(_authority(root_name, root_key, root_name, root_key, now, 20 * YEAR, path_length=1), root_key)
    issuing_key = ec.generate_private_key(ec.SECP256R1())
    issuing_name = named("Tessera Citizen Signatures")
    issuing = Member(
        _authority(issuing_name, issuing_key, root_name, root_key, now, 10 * YEAR, path_length=0), issuing_key
    )
    stamp_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    stamping = Member(_timestamping(named("Tessera Time-stamps"), stamp_key, root, now), stamp_key)
    return AuthorityMaterial(root, issuing, stamping, _crl(root, now, 20 * YEAR))


class EmbeddedAuthority:
    """The built-in CertificateAuthority."""

    def __init__(self, material: AuthorityMaterial) -> None:
        self.material = material

    @property
    def roots(self) -> Sequence[x509.Certificate]:
        """See CertificateAuthority.roots."""
        return (self.material.root.certificate,)

    def issue(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: int) -> Issued:
        """See CertificateAuthority.issue: ten minutes, for signing by a natural person and nothing else."""
        issuing = self.material.issuing
        certificate = (
            _builder(subject, key, issuing.certificate.subject, now - BACKDATED_SECONDS, LEAF_SECONDS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(content_commitment=True), critical=True)
            .add_extension(_issued_by(issuing), critical=False)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), critical=False)
            .sign(issuing.key, hashes.SHA256())
        )
        chain = (issuing.certificate, self.material.root.certificate)
        crls = (self.material.root_crl, _crl(issuing, now, CRL_SECONDS))
        return Issued(certificate, chain, _good(certificate, issuing, now), crls)


def _good(certificate: x509.Certificate, issuing: Member, now: int) -> bytes:
    """An OCSP response (RFC 6960) signed by the issuer itself."""
    at = _moment(now)
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=certificate,
            issuer=issuing.certificate,
            algorithm=hashes.SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + dt.timedelta(seconds=FRESH_SECONDS),
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, issuing.certificate)
        .sign(issuing.key, hashes.SHA256())
    )
    return response.public_bytes(serialization.Encoding.DER)


def _crl(issuer: Member, now: int, lifetime: int) -> bytes:
    """An empty list: one-shot certificates end before anybody could ask to revoke them."""
    at = _moment(now - BACKDATED_SECONDS)
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + dt.timedelta(seconds=lifetime))
        .add_extension(x509.CRLNumber(now), critical=False)
        .add_extension(_issued_by(issuer), critical=False)
        .sign(issuer.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def _authority(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: int,
    lifetime: int,
    *,
    path_length: int,
) -> x509.Certificate:
    return (
        _builder(name, key.public_key(), issuer, now - BACKDATED_SECONDS, lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True, digital_signature=path_length == 0), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA384())
    )


def _timestamping(name: x509.Name, key: rsa.RSAPrivateKey, root: Member, now: int) -> x509.Certificate:
    """RFC 3161 section 2.3: one extended key usage, critical."""
    return (
        _builder(name, key.public_key(), root.certificate.subject, now - BACKDATED_SECONDS, 5 * YEAR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_issued_by(root), critical=False)
        .sign(root.key, hashes.SHA384())
    )


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    issuer: x509.Name,
    begin: int,
    lifetime: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_moment(begin))
        .not_valid_after(_moment(begin + lifetime + BACKDATED_SECONDS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(**allowed: bool) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in every})


def _issued_by(issuer: Member) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _name(country: str, organisation: str, common: str) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, country), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _moment(at: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)


def _private(key: AuthorityKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        file.write(content)


def _member(folder: Path, name: str) -> Member:
    certificate = x509.load_pem_x509_certificate(_content(folder / f"{name}.pem"))
    key = _checked(_content(folder / f"{name}.key"))
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise TypeError(f"{name}.key is of a kind that this authority does not use")
    return Member(certificate, key)


@lru_cache(maxsize=16)
def _checked(pem: bytes) -> PrivateKeyTypes:
    """OpenSSL tests the primes of an RSA key each time that it reads one; what was read already is good."""
    return serialization.load_pem_private_key(pem, password=None)


def _content(path: Path) -> bytes:
    if not path.exists():
        raise MissingKey(f"{path} is missing: restore it from your backup of the keys folder")
    return path.read_bytes()
