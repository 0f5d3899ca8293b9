"""A maker of security keys: a root, and batch certificates that vouch for its keys (WebAuthn Level 3 section 8.2.1)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from idp.domain.authenticators.attestation import AAGUID, OCTET_STRING, UNIT
from tests.passkeys import Batch

MODEL = "0a0b0c0d-0e0f-4011-8213-141516171819"
YEAR = timedelta(days=365)


class Maker:
    """Who makes keys; `serial` is that of the newest batch."""

    def __init__(self, name: str = "Arcadian Keys") -> None:
        self.name, self.serial = name, 1000
        self._key = ec.generate_private_key(ec.SECP256R1())
        start = datetime.now(UTC) - YEAR
        self.root = self._signed(_subject(name, "Root"), self._key.public_key(), start, 20 * YEAR, authority=True)

    def batch(
        self,
        model: str = MODEL,
        *,
        names: str | None = MODEL,
        unit: str = UNIT,
        authority: bool = False,
        begins: datetime | None = None,
        lasts: timedelta = 9 * YEAR,
    ) -> Batch:
        """What a key of `model` vouches with; its certificate is for the model that it `names`, if any."""
        key = ec.generate_private_key(ec.SECP256R1())
        self.serial += 1
        begins = begins or datetime.now(UTC) - YEAR / 2
        subject = _subject(self.name, unit)
        leaf = self._signed(subject, key.public_key(), begins, lasts, authority=authority, names=names)
        return Batch(bytes.fromhex(model.replace("-", "")), key, (leaf.public_bytes(Encoding.DER),))

    def listed(self, folder: Path, **entry: object) -> Path:
        """An allow-list with one model of this maker, as an operator writes it."""
        (folder / "root.pem").write_bytes(self.root.public_bytes(Encoding.PEM))
        values = {"aaguid": MODEL, "name": "Arcadian Key", "roots": ["root.pem"], "hardware": True} | entry
        lines = [f"{name} = {_toml(value)}" for name, value in values.items()]
        file = folder / "attestation.toml"
        file.write_text("\n".join(["[[make]]", *lines, ""]))
        return file

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        begins: datetime,
        lasts: timedelta,
        *,
        authority: bool,
        names: str | None = None,
    ) -> x509.Certificate:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(_subject(self.name, "Root")).public_key(key)
        made = made.serial_number(self.serial).not_valid_before(begins).not_valid_after(begins + lasts)
        made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if names is not None:
            content = OCTET_STRING + bytes.fromhex(names.replace("-", ""))
            made = made.add_extension(x509.UnrecognizedExtension(AAGUID, content), critical=False)
        return made.sign(self._key, hashes.SHA256())


def _subject(name: str, unit: str) -> x509.Name:
    parts = {
        NameOID.COUNTRY_NAME: "XA",
        NameOID.ORGANIZATION_NAME: name,
        NameOID.ORGANIZATIONAL_UNIT_NAME: unit,
        NameOID.COMMON_NAME: f"{name} {unit}",
    }
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'
