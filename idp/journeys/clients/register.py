"""Register a relying party: parse, fetch what its registration depends on, and only then write, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.domain.clients import registry
from idp.domain.clients.registry import Client
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.protocol import registration, sector_identifier
from idp.protocol.client_metadata import CLIENT_SECRET_JWT, ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError
from idp.protocol.registration_rules import fault_of_secret


@dataclass(frozen=True, slots=True)
class Checked:
    """A registration that may be written; only `checked` makes one."""

    document: Mapping[str, object]
    digest: str | None = field(repr=False)
    sealed: bytes | None = field(repr=False)

    @property
    def client_id(self) -> str:
        """Whose registration it is."""
        return str(self.document["client_id"])


def register(provider: Provider, document: Mapping[str, object], secret: object, actor: str) -> Client:
    """Register the client of `document` (RFC 7591 metadata with its client_id), replacing the one it is.

    `secret` is its client_secret, or None. Raises OAuthError(invalid_client_metadata), (invalid_redirect_uri).
    """
    found = checked(provider, document, secret)
    with provider.transaction() as tx:
        return write(tx, found, actor)


def checked(provider: Provider, document: Mapping[str, object], secret: object) -> Checked:
    """All that can be wrong is looked at here, outside any transaction, for it may ask the client's servers.

    Raises as `register` does.
    """
    document = {name: value for name, value in document.items() if name != "client_secret"}  # It is kept elsewhere.
    client = registration.parse_metadata(document)
    fault = fault_of_secret(client, secret)
    if fault is not None:
        raise OAuthError(INVALID_CLIENT_METADATA, fault)
    check_sector(provider, client)
    if not isinstance(secret, str):
        return Checked(document, None, None)
    digest = registry.secret_digest(provider.client_secret_key, client.client_id, secret)
    if client.token_endpoint_auth_method != CLIENT_SECRET_JWT:
        return Checked(document, digest, None)
    return Checked(document, digest, registry.seal_secret(provider.client_secret_box, client.client_id, secret))


def write(tx: Tx, found: Checked, actor: str) -> Client:
    """Write what was checked; several of one list in one transaction are all written or none."""
    return registry.register(tx, found.document, found.digest, actor, sealed=found.sealed)


def check_sector(provider: Provider, client: ClientMetadata) -> None:
    """Core section 8.1, outside any transaction.

    Who is registered with these very addresses was checked then, and is not asked about again.
    """
    if not client.sector_identifier_uri:
        return
    with provider.reading() as connection:
        known = registry.find(connection, client.client_id)
    if known is not None and _sector(known.metadata) == _sector(client):
        return
    try:
        document = provider.outbound.get(client.sector_identifier_uri)
    except Refusal as refusal:
        raise sector_identifier.refused(f"cannot be fetched: {refusal.code}") from refusal
    sector_identifier.check(client, document.body)


def _sector(client: ClientMetadata) -> tuple[str, frozenset[str]]:
    return client.sector_identifier_uri, frozenset(client.redirect_uris)
