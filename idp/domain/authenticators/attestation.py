"""WebAuthn Level 3 sections 6.5.5 and 8.2, https://www.w3.org/TR/webauthn-3/: keys whose maker vouches for them.

An operator lists the makes of keys that cannot be copied, each by its AAGUID, with the roots of its maker's
certificates. A key proves to be one of them by a packed attestation, whose signature and chain py_webauthn verifies.
Left out: every other format (a key of which there is no packed attestation is no hardware key here), and the FIDO
Metadata Service, from which an operator may fill the list.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from idp.foundation.deferred import deferred
from idp.protocol import certificates

if TYPE_CHECKING:
    from webauthn import helpers
    from webauthn.helpers import exceptions, structs
    from webauthn.registration.verify_registration_response import VerifiedRegistration
else:
    helpers = deferred("webauthn.helpers")
    structs = deferred("webauthn.helpers.structs")
    exceptions = deferred("webauthn.helpers.exceptions")

AAGUID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
"""id-fido-gen-ce-aaguid, an OCTET STRING of sixteen octets."""
OCTET_STRING = b"\x04\x10"
UNIT = "Authenticator Attestation"
"""What the certificate's subject must have for its OU (section 8.2.1)."""
_WRITTEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEYS = {"aaguid", "name", "roots", "hardware", "revoked"}


class Unfit(Exception):
    """The list cannot be used; the message says which entry, and why."""


@dataclass(frozen=True, slots=True)
class Make:
    """One model of keys. `roots` are PEM; `revoked` serial numbers of certificates that count for nothing any more."""

    aaguid: str
    name: str
    roots: tuple[bytes, ...]
    hardware: bool
    revoked: frozenset[int]
    shares_roots: bool
    """Whether a root stands for other makes of the list too, so that a certificate must say for which it was made."""


Makes = Mapping[str, Make]
"""By AAGUID."""
Roots = Mapping["structs.AttestationFormat", list[bytes]]
Verify = Callable[[Roots], "VerifiedRegistration"]
"""Verifies the same response once more, up to these roots."""


def read(path: Path) -> Makes:
    """The allow-list, as docs/operators.md describes it. Raises Unfit."""
    try:
        document = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Unfit(f"cannot be read: {error}") from error
    entries = document.get("make", [])
    if set(document) - {"make"} or not isinstance(entries, list):
        raise Unfit("must hold [[make]] entries and nothing else")
    uses = [root for entry in entries for root in set(_roots(path.parent, entry))]
    makes = {make.aaguid: make for make in (_make(path.parent, entry, uses) for entry in entries)}
    if len(makes) != len(entries):
        raise Unfit("names an aaguid twice")
    return makes


def proves_hardware(makes: Makes, made: "VerifiedRegistration", verify: Verify, now: int) -> bool:
    """Whether a new key, which was verified but for its roots, is of a listed make that cannot be copied."""
    make = makes.get(made.aaguid)
    if make is None or not make.hardware or _can_be_copied(made):
        return False
    chain = _chain(made)
    if not chain or not _is_fit(chain, make, now):
        return False
    try:
        verify({structs.AttestationFormat.PACKED: list(make.roots)})
    except (exceptions.WebAuthnException, ValueError):
        return False
    return True


def _can_be_copied(made: "VerifiedRegistration") -> bool:
    return made.credential_device_type is not structs.CredentialDeviceType.SINGLE_DEVICE


def _chain(made: "VerifiedRegistration") -> list[x509.Certificate]:
    """The certificates that came along, the key's own batch first; none of what vouches for itself."""
    if made.fmt != structs.AttestationFormat.PACKED:
        return []
    statement = helpers.parse_attestation_object(made.attestation_object).att_stmt
    try:
        return [certificates.from_der(one) for one in statement.x5c or []]
    except ValueError:
        return []


def _is_fit(chain: Sequence[x509.Certificate], make: Make, now: int) -> bool:
    """Section 8.2.1, and the dates by our own clock."""
    moment = datetime.fromtimestamp(now, UTC)
    in_time = all(one.not_valid_before_utc <= moment <= one.not_valid_after_utc for one in chain)
    revoked = any(one.serial_number in make.revoked for one in chain)
    return in_time and not revoked and _is_of_a_key(chain[0]) and _is_for(chain[0], make)


def _is_of_a_key(leaf: x509.Certificate) -> bool:
    units = [one.value for one in leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)]
    try:
        authority = leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
    return leaf.version is x509.Version.v3 and units == [UNIT] and not authority


def _is_for(leaf: x509.Certificate, make: Make) -> bool:
    """The certificate names this make; it may name none where its root serves no other."""
    try:
        named = leaf.extensions.get_extension_for_oid(AAGUID).value
    except x509.ExtensionNotFound:
        return not make.shares_roots
    return isinstance(named, x509.UnrecognizedExtension) and named.value == OCTET_STRING + bytes.fromhex(
        make.aaguid.replace("-", "")
    )


def _make(folder: Path, entry: Any, uses: Sequence[bytes]) -> Make:
    name, aaguid = str(entry.get("name", "")), str(entry.get("aaguid", "")).lower()
    hardware, revoked = entry.get("hardware", False), entry.get("revoked", [])
    try:
        serials = frozenset(int(str(serial).replace(":", ""), 16) for serial in revoked)
    except (TypeError, ValueError) as error:
        raise Unfit(f"has an entry ({name or 'without a name'}) that is not understood: {error}") from error
    if not name or not _WRITTEN.fullmatch(aaguid) or set(entry) - KEYS or not isinstance(hardware, bool):
        raise Unfit(f"has an entry ({name or aaguid}) that needs aaguid and name, and holds only {sorted(KEYS)}")
    roots = _roots(folder, entry)
    return Make(aaguid, name, roots, hardware, serials, any(uses.count(root) > 1 for root in roots))


def _roots(folder: Path, entry: Any) -> tuple[bytes, ...]:
    """The root certificates of an entry, each as PEM of its own, so that equal ones are equal."""
    files = entry.get("roots", []) if isinstance(entry, dict) else []
    if not isinstance(files, list) or not files:
        raise Unfit("has an entry without roots: name the PEM files of its maker's root certificates")
    try:
        found = [one for file in files for one in certificates.from_pem((folder / str(file)).read_bytes())]
    except (OSError, ValueError) as error:
        raise Unfit(f"names a root certificate that cannot be read: {error}") from error
    return tuple(one.public_bytes(Encoding.PEM) for one in found)
