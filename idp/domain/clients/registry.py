"""The register of relying parties."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from idp.domain.clients.tables import clients, resources
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.box import Box
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError
from idp.protocol.registration import parse_metadata

ACTIVE = "active"
SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Client:
    """A relying party as registered. `id` is its client_id."""

    id: str
    metadata: ClientMetadata
    status: str
    secret_digest: str | None
    created_at: int
    updated_at: int
    sealed_secret: bytes | None = field(default=None, repr=False)

    @property
    def active(self) -> bool:
        """Whether it may ask for anything at all."""
        return self.status == ACTIVE


def secret_digest(key: bytes, client_id: str, secret: str) -> str:
    """What is kept of a client secret: useless without the keyring's key."""
    return hmac.digest(key, f"{client_id}|{secret}".encode(), hashlib.sha256).hex()


def find(connection: Connection, client_id: str) -> Client | None:
    """The registration, or None."""
    row = connection.execute(select(clients).where(clients.c.id == client_id)).mappings().one_or_none()
    return None if row is None else _client(row)


def server_of(connection: Connection, resource: str) -> str | None:
    """The client_id of the resource server that `resource` is registered by, or None."""
    return connection.execute(select(resources.c.client_id).where(resources.c.resource == resource)).scalar()


def listing(connection: Connection) -> Sequence[Client]:
    """Every registration by client_id."""
    return [_client(row) for row in connection.execute(select(clients).order_by(clients.c.id)).mappings()]


def seal_secret(box: Box, client_id: str, secret: str) -> bytes:
    """What is kept of a secret that a client signs with: it opens for this client alone."""
    return box.seal(f"client_secret|{client_id}", secret.encode())


def open_secret(box: Box, client: Client) -> bytes | None:
    """The secret that `client` signs with; None if it signs with none. Raises Refusal("box.unreadable")."""
    return None if client.sealed_secret is None else box.open(f"client_secret|{client.id}", client.sealed_secret)


def register(
    tx: Tx, document: Mapping[str, object], digest: str | None, actor: str, *, sealed: bytes | None = None
) -> Client:
    """Write a registration, replacing the one with the same client_id. Raises what `parse_metadata` raises.

    It also raises OAuthError(invalid_client_metadata) for a resource that is another client's. A suspended client stays
    suspended. `digest` is None for clients that hold no secret; `sealed` is the secret of one that signs with it.
    """
    metadata = parse_metadata(document)
    _check_resources(tx, metadata)
    written = json.dumps(dict(document), sort_keys=True)
    kept = {"metadata": written, "secret_digest": digest, "sealed_secret": sealed, "updated_at": tx.now}
    known = update(clients).where(clients.c.id == metadata.client_id).values(**kept).returning(clients.c.id)
    replaced = tx.execute(known).one_or_none() is not None
    if not replaced:
        tx.execute(insert(clients), kept | {"id": metadata.client_id, "status": ACTIVE, "created_at": tx.now})
    _keep_resources(tx, metadata)
    name = "clients.registration.replaced" if replaced else "clients.registration.added"
    tx.record(Event(name, actor, metadata.client_id))
    client = find(tx.connection, metadata.client_id)
    assert client is not None  # noqa: S101 (written two statements ago)
    return client


def set_status(tx: Tx, client_id: str, status: str, actor: str, reason: str) -> None:
    """Suspend or reinstate. Raises Refusal("clients.unknown")."""
    change = update(clients).where(clients.c.id == client_id).values(status=status, updated_at=tx.now)
    if tx.execute(change).rowcount != 1:
        raise Refusal("clients.unknown", "no such client")
    tx.record(Event("clients.status.changed", actor, client_id, {"status": status, "reason": reason}))


def _check_resources(tx: Tx, metadata: ClientMetadata) -> None:
    """Before anything is written, because a refusal commits; of two at once the primary key lets one through."""
    others = (resources.c.resource.in_(metadata.resources), resources.c.client_id != metadata.client_id)
    taken = tx.execute(select(resources.c.resource).where(*others)).scalars().all()
    if taken:
        faults = tuple(f"resources holds {resource}, which another client registered." for resource in sorted(taken))
        raise OAuthError(INVALID_CLIENT_METADATA, " ".join(faults), faults=faults)


def _keep_resources(tx: Tx, metadata: ClientMetadata) -> None:
    tx.execute(delete(resources).where(resources.c.client_id == metadata.client_id))
    rows = [{"resource": resource, "client_id": metadata.client_id} for resource in metadata.resources]
    if rows:
        tx.execute(insert(resources), rows)


def _client(row: Mapping[Any, Any]) -> Client:
    metadata = parse_metadata(json.loads(row["metadata"]))
    kept = (row["secret_digest"], row["created_at"], row["updated_at"], row["sealed_secret"])
    return Client(row["id"], metadata, row["status"], *kept)
