"""Who signs software statements (RFC 7591 section 2.3): a file that an operator keeps."""

from pathlib import Path

from idp.protocol import jwk_set, strict_json
from idp.protocol.software_statement import Authorities

LARGEST = 256 * 1024


class Unfit(Exception):
    """The file cannot be used; the message says why."""


def read(path: Path) -> Authorities:
    """Issuer to public keys. Raises Unfit."""
    try:
        document = strict_json.parse_object(path.read_bytes(), largest=LARGEST)
    except (OSError, ValueError) as error:
        raise Unfit(f"cannot be read: {error}") from error
    for issuer, keys in document.items():
        faults = jwk_set.faults(keys)
        if faults:
            raise Unfit(f"has an entry for {issuer} that {'; '.join(faults)}")
    return {issuer: jwk_set.public_keys(keys) for issuer, keys in document.items()}
