"""RFC 8705, https://www.rfc-editor.org/rfc/rfc8705: the client's certificate says who it is, and binds its tokens.

What a certificate must be like for `tls_client_auth` (section 2.1) and `self_signed_tls_client_auth` (section 2.2), and
its thumbprint (section 3.1). That its sender holds the private key is proved by the TLS handshake, which ended before
us. Left out: that handshake, revocation lists, and wildcards in names.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import verification
from joserfc.jwk import KeySet, OctKey

from idp.protocol import certificates
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_REQUEST, OAuthError

NAMES: Final = (
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
)
"""Section 2.1.2: a client registers exactly one of them."""

Authorities = Sequence[x509.Certificate]

# As browsers judge servers (RFC 5280 and what CAs agreed on), but for two things: a certificate that names its subject
# needs no alternative name, and an old authority's need not say by which key it was signed.
_CLIENTS: Final = (
    verification.ExtensionPolicy.webpki_defaults_ee()
    .may_be_present(x509.SubjectAlternativeName, verification.Criticality.AGNOSTIC, None)
    .may_be_present(x509.AuthorityKeyIdentifier, verification.Criticality.NON_CRITICAL, None)
)
_AUTHORITIES: Final = verification.ExtensionPolicy.webpki_defaults_ca()


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate whose time has come and is not over; nobody has vouched for it yet."""

    x509: x509.Certificate
    thumbprint: str
    """Section 3.1: base64url of the SHA-256 of its DER."""


def read(pem: str, now: int) -> ClientCertificate:
    """The certificate that `pem` holds. Raises OAuthError(invalid_request)."""
    try:
        (certificate,) = certificates.from_pem(pem.encode())
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except ValueError as error:
        raise OAuthError(INVALID_REQUEST, "The client certificate cannot be read.") from error
    if not begins <= _moment(now) <= ends:
        raise OAuthError(INVALID_REQUEST, "The client certificate has expired, or is not valid yet.")
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return ClientCertificate(certificate, urlsafe_b64encode(digest).rstrip(b"=").decode())


def is_issued_by(certificate: ClientCertificate, authorities: Authorities, now: int) -> bool:
    """Section 2.1: whether one of `authorities` signed it, for a client."""
    if not authorities:
        return False
    policy = verification.PolicyBuilder().store(verification.Store(list(authorities))).time(_moment(now))
    policy = policy.extension_policies(ca_policy=_AUTHORITIES, ee_policy=_CLIENTS)
    try:
        policy.build_client_verifier().verify(certificate.x509, [])
    except (verification.VerificationError, ValueError):
        return False
    return True


def names(certificate: ClientCertificate, client: ClientMetadata) -> bool:
    """Section 2.1.2: whether it bears the one name that the client registered."""
    registered = {name: getattr(client, name) for name in NAMES if getattr(client, name)}
    if len(registered) != 1:
        return False
    ((member, value),) = registered.items()
    try:
        return _BEARS[member](certificate.x509, value)
    except (TypeError, ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False


def has_key_of(certificate: ClientCertificate, keys: KeySet) -> bool:
    """Section 2.2: whether its key is one that the client registered; who signed it says nothing."""
    try:
        shown = certificate.x509.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        return False
    return any(not isinstance(key, OctKey) and key.as_der(private=False) == shown for key in keys.keys)


def is_distinguished_name(text: str) -> bool:
    """Whether `text` is a name as RFC 4514 writes it."""
    try:
        return bool(list(x509.Name.from_rfc4514_string(text)))
    except ValueError:
        return False


def _moment(now: int) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _subject(certificate: x509.Certificate, registered: str) -> bool:
    return _values(certificate.subject) == _values(x509.Name.from_rfc4514_string(registered))


def _values(name: x509.Name) -> list[set[tuple[str, str | bytes]]]:
    """A name without the string types of ASN.1, which RFC 4514 does not write."""
    return [{(one.oid.dotted_string, one.value) for one in part} for part in name.rdns]


def _alternatives(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _dns(certificate: x509.Certificate, registered: str) -> bool:
    found = _alternatives(certificate).get_values_for_type(x509.DNSName)
    return registered.lower() in [name.lower() for name in found]


def _uri(certificate: x509.Certificate, registered: str) -> bool:
    return registered in _alternatives(certificate).get_values_for_type(x509.UniformResourceIdentifier)


def _ip(certificate: x509.Certificate, registered: str) -> bool:
    return ip_address(registered) in _alternatives(certificate).get_values_for_type(x509.IPAddress)


def _email(certificate: x509.Certificate, registered: str) -> bool:
    return registered in _alternatives(certificate).get_values_for_type(x509.RFC822Name)


_BEARS: Final[Mapping[str, Callable[[x509.Certificate, str], bool]]] = dict(
    zip(NAMES, (_subject, _dns, _uri, _ip, _email), strict=True)
)
