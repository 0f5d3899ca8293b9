"""The subject of a signer's certificate (RFC 5280 section 4.1.2.6), made from a verified identity."""

import unicodedata
import warnings
from dataclasses import dataclass

from cryptography.x509 import Name, NameAttribute
from cryptography.x509.oid import NameOID

from idp.foundation.refusal import Refusal

LONGEST_NAME = 64
"""ub-common-name (RFC 5280 appendix A), in characters: the common name alone is cut to it."""

# The library counts octets, which would halve an Arabic name; told not to refuse, it still warns, here and at reading.
warnings.filterwarnings("ignore", "Attribute's length must be", UserWarning)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs. `pseudonym` is the subject that the asking agency knows the person by, never a national number."""

    name: str
    given_name: str
    family_name: str
    country: str
    pseudonym: str


def subject(signer: Signer) -> Name:
    """C, CN, givenName, surname, serialNumber; what is missing is left out, never empty.

    Raises Refusal("signatures.name") for a name that could deceive (control and bidi characters) or is empty.
    """
    parts = [
        (NameOID.COUNTRY_NAME, signer.country),
        (NameOID.COMMON_NAME, _clean(signer.name)[:LONGEST_NAME]),
        (NameOID.GIVEN_NAME, _clean(signer.given_name)),
        (NameOID.SURNAME, _clean(signer.family_name)),
        (NameOID.SERIAL_NUMBER, signer.pseudonym[:LONGEST_NAME]),
    ]
    if not parts[1][1]:
        raise Refusal("signatures.name", "the signer has no name")
    return Name([NameAttribute(oid, text, _validate=False) for oid, text in parts if text])


def _clean(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") for character in normal):
        raise Refusal("signatures.name", "the name holds a character that cannot be shown")
    return normal
