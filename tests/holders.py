"""Who holds a key: DPoP proofs and certificates of clients as they make them, or as an attacker would."""

import hashlib
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.foundation.randomness import identifier

YEAR = timedelta(days=365)
Key = ECKey | RSAKey | OKPKey


def b64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def ath(token: str) -> str:
    """RFC 9449 section 4.2."""
    return b64(hashlib.sha256(token.encode()).digest())


def a_proof(key: Key, now: int, *, alg: str = "ES256", header: dict[str, Any] | None = None, **claims: object) -> str:
    """A DPoP proof; `header` and `claims` replace members, None takes one out. The signature is good."""
    heads = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False)} | (header or {})
    says = {"jti": identifier(), "htm": "GET", "htu": "http://localhost/oidc/userinfo", "iat": now} | claims
    return signed(key, alg, _without_none(heads), _without_none(says))


def signed(key: Key, alg: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Any header, any claims, and a signature by `alg`."""
    signing_input = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signing_input}.{b64(jws.JWSRegistry.algorithms[alg].sign(signing_input.encode(), key))}"


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


class Holder:
    """A certificate and its key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.key, self.certificate = key, certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def header(self) -> str:
        """As nginx hands it over."""
        return quote(self.pem, safe="")

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def thumbprint(self) -> str:
        return b64(self.certificate.fingerprint(hashes.SHA256()))

    @property
    def jwks(self) -> dict[str, Any]:
        """What a client of self_signed_tls_client_auth registers."""
        return {"keys": [ECKey.import_key(self.key_pem).as_dict(private=False)]}


class Authority:
    """Issues certificates to clients, and one to a server. `now` is in the middle of their time."""

    def __init__(self, now: int, name: str = "Arcadian Root") -> None:
        self.now = datetime.fromtimestamp(now, UTC)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        extensions = ((x509.BasicConstraints(ca=True, path_length=0), True), (usage, True))
        self.certificate = self._signed(self.name, self.key, 10 * YEAR, extensions)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issues(
        self,
        *names: x509.GeneralName,
        subject: x509.Name | None = None,
        lasts: timedelta = YEAR,
        usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    ) -> Holder:
        """A certificate with the alternative names, if any."""
        key = ec.generate_private_key(ec.SECP256R1())
        said = [(x509.ExtendedKeyUsage([usage]), False), *extensions]
        if names:
            said.append((x509.SubjectAlternativeName(names), False))
        return Holder(key, self._signed(subject or _name("agency"), key, lasts, tuple(said)))

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        lasts: timedelta,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...],
    ) -> x509.Certificate:
        identifier_of_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - YEAR / 2)
            .not_valid_after(self.now - YEAR / 2 + lasts)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(identifier_of_key, critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())


def self_signed(
    now: int,
    name: str = "agency",
    lasts: timedelta = YEAR,
    key: ec.EllipticCurvePrivateKey | None = None,
    serial: int | None = None,
) -> Holder:
    """A certificate that nobody else vouches for, of a new key and a random number unless they are given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    begins = datetime.fromtimestamp(now, UTC) - YEAR / 2
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(name)).public_key(key.public_key())
    builder = builder.serial_number(serial or x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(begins + lasts)
    return Holder(key, builder.sign(key, hashes.SHA256()))


def _name(common: str) -> x509.Name:
    named = [(NameOID.COUNTRY_NAME, "XA"), (NameOID.ORGANIZATION_NAME, "Arcadia"), (NameOID.COMMON_NAME, common)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in named])
