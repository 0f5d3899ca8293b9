"""Everything a journey may use, built once by app.py and handed down."""

from collections.abc import Container, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from idp.domain.authenticators.attestation import Makes
from idp.domain.authenticators.methods.password import PasswordHasher
from idp.domain.authenticators.port import AuthenticatorMethod
from idp.domain.clients.directory import Directory
from idp.domain.clients.failures import Failures
from idp.domain.clients.published_keys import PublishedKeys
from idp.domain.clients.published_requests import PublishedRequests
from idp.domain.people.port import PopulationRegister
from idp.domain.signatures.port import CertificateAuthority, TimestampAuthority
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.messages.port import Channel
from idp.foundation.outbound import OutboundClient
from idp.foundation.transaction import Store, Tx
from idp.foundation.vault.box import Box
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Policy, Strength
from idp.protocol.detail_types import Catalogue
from idp.protocol.mutual_tls import Authorities
from idp.protocol.software_statement import Authorities as SoftwareAuthorities


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things last, in seconds."""

    code: int = 60
    pushed: int = 60
    access_token: int = 900
    id_token: int = 300
    refresh_token: int = 30 * 24 * 3600
    grant: int = 90 * 24 * 3600
    session_idle: int = 3600
    session_absolute: int = 12 * 3600
    login: int = 1800
    closing: int = 30 * 24 * 3600
    reclaim: int = 7 * 24 * 3600
    remembered: int = 30 * 24 * 3600
    """How long a browser remembers somebody; 0 if none ever does."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one network address may do in a minute without proving anything."""

    public_pushes: int
    """Requests that it may push for one client that proves nothing either."""
    opened_sign_ins: int


@dataclass(frozen=True, slots=True)
class MutualTLS:
    """What is known of clients that show a certificate: who may issue it, and where they find us (RFC 8705)."""

    authorities: Authorities
    """Empty: certificates that nobody issued, only."""
    url: str
    """The second name of our endpoints, where a certificate is asked for; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Registering:
    """Whether services may register over the network, and whose software statements are believed."""

    offered: bool = False
    authorities: SoftwareAuthorities = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """The power to run journeys. Nothing in it changes after start-up; caches inside have an age."""

    issuer: str
    store: Store
    keyring: Keyring
    vault: Vault
    box: Box
    lifetimes: Lifetimes
    hasher: PasswordHasher
    breached: Container[str]
    methods: Mapping[str, AuthenticatorMethod]
    makes: Makes
    policy: Policy
    detail_types: Catalogue
    single_factor: bool
    """Whether a service may accept one factor at all; it must want that too."""
    rp_id: str
    rp_name: str
    clients: Directory
    client_secret_key: bytes
    client_secret_box: Box
    client_keys: PublishedKeys
    client_requests: PublishedRequests
    client_failures: Failures
    bounds: Bounds
    pairwise_key: bytes
    dpop_nonce_key: bytes
    dpop_nonce_required: bool
    mutual_tls: MutualTLS | None
    """None: no proxy hands over certificates."""
    register: PopulationRegister
    channels: Mapping[str, Channel]
    certificates: CertificateAuthority
    timestamps: TimestampAuthority
    outbound: OutboundClient
    data_dir: Path
    country: str
    telephone_region: str
    trust_framework: str
    timezone: str
    fonts_dir: Path
    registering: Registering

    @property
    def rp(self) -> tuple[str, str]:
        """What a passkey is bound to: the relying party's identifier, and the origin."""
        return self.rp_id, self.issuer

    @property
    def strongest(self) -> Strength:
        """What a sign-in proves at most: a key is hardware only if its maker vouches for it."""
        vouched = any(make.hardware for make in self.makes.values())
        return Strength.HARDWARE if vouched else Strength.TWO_FACTORS

    def transaction(self) -> AbstractContextManager[Tx]:
        """The one write transaction of a piece of work."""
        return self.store.transaction()

    def reading(self) -> AbstractContextManager[Connection]:
        """Reads outside a transaction."""
        return self.store.reading()
