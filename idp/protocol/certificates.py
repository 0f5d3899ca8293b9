"""RFC 5280, https://www.rfc-editor.org/rfc/rfc5280: certificates that others made, read whole or a ValueError.

Left out: who signed them, and whether their time has come; that is for whoever asks.
"""

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

_FAULTS = (TypeError, x509.InvalidVersion, CryptographyDeprecationWarning)
"""What is no ValueError in cryptography; the last where the interpreter was told to raise warnings."""


def from_pem(content: bytes) -> list[x509.Certificate]:
    """All certificates of a PEM text. Raises ValueError for one that RFC 5280 does not allow, or for none at all."""
    try:
        return [_sound(one) for one in x509.load_pem_x509_certificates(content)]
    except _FAULTS as error:
        raise ValueError(str(error)) from error


def from_der(content: bytes) -> x509.Certificate:
    """Raises ValueError for what is no certificate, or one that RFC 5280 does not allow."""
    try:
        return _sound(x509.load_der_x509_certificate(content))
    except _FAULTS as error:
        raise ValueError(str(error)) from error


def _sound(certificate: x509.Certificate) -> x509.Certificate:
    """Section 4.1.2.2: cryptography only warns of a serial number of zero or below, which two could share."""
    if certificate.serial_number <= 0:
        raise ValueError("The serial number of a certificate must be positive.")
    return certificate
