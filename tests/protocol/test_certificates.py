"""Certificates that others made, and what RFC 5280 does not allow of them."""

import warnings

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from idp.protocol import certificates
from tests.fixtures.storage import NOW
from tests.holders import self_signed

MADE = self_signed(NOW, serial=1).certificate
DER = MADE.public_bytes(Encoding.DER)
PEM = MADE.public_bytes(Encoding.PEM)
NUMBER = DER.index(bytes.fromhex("a003020102020101")) + 7
"""Where the serial number stands: behind the version, its own tag and its length."""


def test_a_certificate_is_read_from_both_of_its_forms():
    assert certificates.from_der(DER) == MADE
    assert certificates.from_pem(PEM + PEM) == [MADE, MADE]


@pytest.mark.parametrize("warned", ["error", "ignore"])
@pytest.mark.parametrize("serial", [0x00, 0xFF], ids=["zero", "below zero"])
def test_a_serial_number_that_is_not_positive_is_refused_however_warnings_are_taken(serial, warned):
    spoiled = DER[:NUMBER] + bytes([serial]) + DER[NUMBER + 1 :]
    with warnings.catch_warnings(action=warned), pytest.raises(ValueError, match="positive"):
        certificates.from_der(spoiled)


@pytest.mark.parametrize("content", [b"", b"nonsense", DER[:-1], b"\x30\x00"])
def test_what_is_no_certificate_is_a_value_error(content):
    with pytest.raises(ValueError, match=r"."):
        certificates.from_der(content)
    with pytest.raises(ValueError, match=r"."):
        certificates.from_pem(content)
