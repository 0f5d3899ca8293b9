"""Programs that nobody here wrote judge what is delivered: Poppler and OpenSSL, the file as it is and a forged one."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import cms, parser
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idp.domain.signatures.authority import BACKDATED_SECONDS, LEAF_SECONDS
from idp.foundation.clock import system_clock
from idp.journeys.signing import collect
from idp.journeys.signing.sign import sign

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[([\d\s]+)\]")


@dataclass(frozen=True)
class Delivered:
    """A signed file, taken apart in a folder."""

    folder: Path
    content: bytes

    @property
    def file(self):
        return self._written("signed.pdf", self.content)

    @property
    def range(self):
        return [int(number) for number in BYTE_RANGE.search(self.content).group(1).split()]

    @property
    def cms(self):
        """The first signature, without the padding."""
        _begin, first, second, _rest = self.range
        padded = bytes.fromhex(self.content[first + 1 : second - 1].decode())
        return padded[: parser.peek(padded)]

    @property
    def signed_data(self):
        return cms.ContentInfo.load(self.cms)["content"]

    @property
    def certificate(self):
        """Whose key made the signature."""
        held = [one.chosen for one in self.signed_data["certificates"]]
        serial = self.signed_data["signer_infos"][0]["sid"].chosen["serial_number"].native
        return x509.load_der_x509_certificate(next(one for one in held if one.serial_number == serial).dump())

    def poppler(self):
        return run("pdfsig", "-nocert", self.file)

    def openssl(self, roots):
        """The signature as a CMS over the byte range."""
        begin, first, second, rest = self.range
        covered = self.content[begin:first] + self.content[second : second + rest]
        given = ("-in", self._written("cms", self.cms), "-content", self._written("content", covered))
        trust = ("-CAfile", self._written("roots", roots), "-purpose", "any")
        return run(
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", *given, *trust, "-out", self.folder / "out"
        )

    def openssl_on_its_time_stamp(self, roots):
        """The time-stamp (RFC 3161) over the signature's value."""
        signer = self.signed_data["signer_infos"][0]
        attributes = {one["type"].native: one["values"] for one in signer["unsigned_attrs"]}
        token = self._written("token", attributes["signature_time_stamp_token"][0].dump())
        stamped = self._written("stamped", signer["signature"].contents)
        trust = ("-CAfile", self._written("roots", roots))
        return run("openssl", "ts", "-verify", "-token_in", "-in", token, "-data", stamped, *trust)

    def _written(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def roots(provider):
    return b"".join(root.public_bytes(serialization.Encoding.PEM) for root in provider.certificates.roots)


@pytest.fixture
def delivers(provider, agency, desk, anna, clock, tmp_path):
    """Has Anna sign now, as those programs go by the machine's clock."""

    def deliver():
        clock.now = max(clock.now, system_clock())
        ceremony = desk.opened_by(anna)
        sign(provider, ceremony.id, anna.id, desk.activated_by(anna, ceremony))
        return Delivered(tmp_path, collect.signed_document(provider, agency, ceremony.id))

    clock.now = system_clock() - 30
    return deliver


def test_what_is_delivered_is_accepted_by_poppler_and_openssl(delivers, roots):
    delivered = delivers()
    told = delivered.poppler()

    assert "Signature is Valid." in told
    assert "Anna Lindqvist" in told
    assert "CMS Verification successful" in delivered.openssl(roots)
    assert "Verification: OK" in delivered.openssl_on_its_time_stamp(roots)


def test_a_changed_file_is_accepted_by_neither(delivers, roots, tmp_path):
    content = delivers().content
    forged = Delivered(tmp_path, content.replace(b"ReportLab", b"ReportLib", 1))

    assert forged.content != content
    assert "Signature is Valid." not in forged.poppler()
    assert "CMS Verification failure" in forged.openssl(roots)


def test_each_signature_has_a_key_of_its_own_that_is_certified_for_minutes(delivers):
    one, other = delivers().certificate, delivers().certificate
    life = one.not_valid_after_utc - one.not_valid_before_utc

    assert isinstance(one.public_key().curve, ec.SECP256R1)
    assert one.public_key() != other.public_key()
    assert life.total_seconds() <= LEAF_SECONDS + 2 * BACKDATED_SECONDS
