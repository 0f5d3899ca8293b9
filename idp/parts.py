"""The composition root of the provider: its keys, its ports and everything journeys use, without a page.

A command is done with this much; `app.py` builds the pages on it. Nothing else constructs what it needs.
"""

import ssl
from collections.abc import Container
from contextlib import nullcontext
from typing import TYPE_CHECKING

from idp import plugins
from idp.config import ROOT, Misconfigured, Settings
from idp.domain.authenticators import attestation
from idp.domain.authenticators.breached import Breached, Unfit
from idp.domain.authenticators.methods.password import PasswordHasher
from idp.domain.clients import authorities
from idp.domain.clients.directory import Directory
from idp.domain.clients.failures import Failures
from idp.domain.clients.published_keys import PublishedKeys
from idp.domain.clients.published_requests import PublishedRequests
from idp.domain.signatures.authority import AuthorityMaterial, EmbeddedAuthority, create_authority
from idp.domain.signatures.timestamp import EmbeddedTimestampAuthority
from idp.foundation.clock import Clock, system_clock
from idp.foundation.deferred import deferred
from idp.foundation.keyring import inventory, rotation
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.outbound import Aside, OutboundClient
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box
from idp.foundation.vault.vault import Vault
from idp.journeys.provider import Bounds, Lifetimes, MutualTLS, Provider, Registering
from idp.protocol import certificates
from idp.protocol.software_statement import Authorities

if TYPE_CHECKING:
    from idp.web import theme
else:
    theme = deferred("idp.web.theme")  # With Flask, which a command can do without once there are keys.


def create_provider(settings: Settings, country: "theme.Theme", clock: Clock = system_clock) -> Provider:
    """Everything journeys use."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(settings.database_url, clock)
    keyring = create_keyring(settings, store)
    keks, active_kek = keyring.secrets("kek")
    vault, box = Vault(keks, active_kek, keyring.secret("index")), Box(keyring.secret("messages"))
    hasher = PasswordHasher(settings.argon2_time, settings.argon2_memory_kib, 1)
    outbound, makes = create_outbound(settings, hasher.floor.aside), create_makes(settings)
    authority = EmbeddedAuthority(AuthorityMaterial.load(settings.keys_dir / "authority"))
    return Provider(
        issuer=settings.issuer,
        store=store,
        keyring=keyring,
        vault=vault,
        box=box,
        lifetimes=_lifetimes(settings),
        hasher=hasher,
        breached=create_breached(settings),
        methods=plugins.methods(settings, hasher, vault, makes),
        makes=makes,
        policy=country.policy,
        detail_types=country.detail_types,
        single_factor=settings.single_factor,
        rp_id=settings.host,
        rp_name=f"{country.service['en']} {country.country['en']}",
        clients=Directory(store),
        client_secret_key=keyring.secret("client-secrets"),
        client_secret_box=Box(keyring.secret("shared-secrets")),
        client_keys=PublishedKeys(outbound),
        client_requests=PublishedRequests(store, outbound, settings.request_fetches),
        client_failures=Failures(store, settings.client_failures),
        bounds=Bounds(settings.public_pushes, settings.opened_sign_ins),
        pairwise_key=keyring.secret("pairwise"),
        dpop_nonce_key=keyring.secret("dpop-nonces"),
        dpop_nonce_required=settings.dpop_nonce == "required",
        mutual_tls=create_mutual_tls(settings),
        register=plugins.register(settings),
        channels=plugins.channels(settings, store, box, outbound),
        certificates=authority,
        timestamps=EmbeddedTimestampAuthority(authority),
        outbound=outbound,
        data_dir=settings.data_dir,
        country=country.code,
        telephone_region=country.telephone_region,
        trust_framework=country.trust_framework,
        timezone=country.timezone,
        fonts_dir=settings.fonts_dir,
        registering=Registering(settings.registration == "approval", create_authorities(settings)),
    )


def create_keyring(settings: Settings, store: Store) -> Keyring:
    """The keyring by itself, for commands that need no more."""
    return Keyring(store, plugins.key_store(settings), inventory.read(ROOT / "keys" / "inventory.toml"))


def create_outbound(settings: Settings, aside: Aside = nullcontext) -> OutboundClient:
    """The one client for HTTP. Raises Misconfigured for a file of authorities that cannot be read."""
    trust = None
    if settings.outbound_ca is not None:
        trust = ssl.create_default_context()
        try:
            trust.load_verify_locations(cafile=settings.outbound_ca)
        except OSError as error:
            raise Misconfigured([f"IDP_OUTBOUND_CA: {settings.outbound_ca} cannot be read: {error}"]) from error
    return OutboundClient(frozenset(settings.outbound_allow), trust, aside)


def create_breached(settings: Settings) -> Container[str]:
    """The passwords that leaked elsewhere; none without a file. Raises Misconfigured for one that cannot be used."""
    if settings.breached_passwords is None:
        return frozenset()
    try:
        return Breached(settings.breached_passwords)
    except Unfit as error:
        raise Misconfigured([f"IDP_BREACHED_PASSWORDS: {settings.breached_passwords} {error}"]) from error


def create_mutual_tls(settings: Settings) -> MutualTLS | None:
    """Who may issue the certificates of clients. Raises Misconfigured for a file that cannot be read."""
    if not settings.certificate_header:
        return None
    if settings.client_ca is None:
        return MutualTLS((), settings.mtls_url)
    try:
        authorities = certificates.from_pem(settings.client_ca.read_bytes())
    except (OSError, ValueError) as error:
        raise Misconfigured([f"IDP_CLIENT_CA: {settings.client_ca} cannot be read: {error}"]) from error
    return MutualTLS(tuple(authorities), settings.mtls_url)


def create_makes(settings: Settings) -> attestation.Makes:
    """The makes of hardware keys; none without a file. Raises Misconfigured for one that cannot be used."""
    if settings.attestation is None:
        return {}
    try:
        return attestation.read(settings.attestation)
    except attestation.Unfit as error:
        raise Misconfigured([f"IDP_ATTESTATION: {settings.attestation} {error}"]) from error


def create_authorities(settings: Settings) -> Authorities:
    """Who signs software statements; nobody without a file. Raises Misconfigured for one that cannot be used."""
    if settings.software_authorities is None:
        return {}
    try:
        return authorities.read(settings.software_authorities)
    except authorities.Unfit as error:
        raise Misconfigured([f"IDP_SOFTWARE_AUTHORITIES: {settings.software_authorities} {error}"]) from error


def prepare(settings: Settings) -> list[str]:
    """Make the keys that are missing, never replacing one that the database knows; returns what was made."""
    store = Store(settings.database_url)
    made = rotation.prepare(store, create_keyring(settings, store))
    folder = settings.keys_dir / "authority"
    if not folder.exists():
        pack = theme.load(settings.theme)
        create_authority(store.now(), pack.code, pack.country["en"]).save(folder)
        made.append("authority")
    store.dispose()
    return made


def _lifetimes(settings: Settings) -> Lifetimes:
    return Lifetimes(
        code=settings.code_lifetime,
        pushed=settings.par_lifetime,
        access_token=settings.access_token_lifetime,
        id_token=settings.id_token_lifetime,
        refresh_token=settings.refresh_token_lifetime,
        session_idle=settings.session_idle,
        session_absolute=settings.session_absolute,
        closing=settings.closing_days * 24 * 3600,
        reclaim=settings.recovery_days * 24 * 3600,
        remembered=settings.remember_days * 24 * 3600,
    )
