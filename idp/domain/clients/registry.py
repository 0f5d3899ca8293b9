"""The register of relying parties."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.domain.clients.tables import clients, resources
from idp.foundation.audit.event import Event
from idp.foundation.prepared import Prepared
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.box import Box
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_CLIENT_METADATA, OAuthError
from idp.protocol.registration import faults_of, name_of, parse_metadata

ACTIVE = "active"
SUSPENDED = "suspended"
PENDING = "pending"
"""Registered over the network, and not approved yet."""
REFUSED = "refused"
"""Never approved, and told why."""

_REGISTERED_AT = Prepared(
    select(clients.c.created_at).where(clients.c.id == bindparam("the_id"), clients.c.status == bindparam("standing"))
)


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


@dataclass(frozen=True, slots=True)
class Faulty:
    """A registration that was in order when it was written, and that today's rules refuse: it can do nothing.

    `status` is what it was, and will be again once it is registered in order.
    """

    id: str
    name: str
    status: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Every registration by client_id: those in order, and those that today's rules refuse."""

    sound: Sequence[Client]
    faulty: Sequence[Faulty]


def secret_digest(key: bytes, client_id: str, secret: str) -> str:
    """What is kept of a client secret: useless without the keyring's key."""
    # Not hmac.digest, which hands the interpreter to another thread for the time of 1 µs.
    return hmac.new(key, f"{client_id}|{secret}".encode(), "sha256").hexdigest()


def look(connection: Connection, client_id: str) -> Client | Faulty | None:
    """The registration as today's rules see it, or None."""
    row = connection.execute(select(clients).where(clients.c.id == client_id)).mappings().one_or_none()
    return None if row is None else _read(row)


def find(connection: Connection, client_id: str) -> Client | None:
    """The registration, or None: also for one that today's rules refuse, which is as good as none."""
    found = look(connection, client_id)
    return found if isinstance(found, Client) else None


def get(connection: Connection, client_id: str) -> Client:
    """The registration. Raises Refusal("clients.unknown"), or OAuthError(invalid_client_metadata) with its faults."""
    found = look(connection, client_id)
    if found is None:
        raise Refusal("clients.unknown", "no such client")
    if isinstance(found, Faulty):
        raise OAuthError(INVALID_CLIENT_METADATA, " ".join(found.faults), faults=found.faults)
    return found


def status_of(connection: Connection, client_id: str) -> str | None:
    """How a registration stands, whatever today's rules say of it; None if there is none."""
    return connection.execute(select(clients.c.status).where(clients.c.id == client_id)).scalar()


def registered_at(connection: Connection, client_id: str) -> int | None:
    """Since when an active client has been registered; None if there is none. Asked of the database, never of a cache.

    A client that was deleted and registered again under the same client_id is another one.
    """
    row = _REGISTERED_AT.one(connection, {"the_id": client_id, "standing": ACTIVE})
    return None if row is None else row["created_at"]


def server_of(connection: Connection, resource: str) -> str | None:
    """The client_id of the resource server that `resource` is registered by, or None."""
    return connection.execute(select(resources.c.client_id).where(resources.c.resource == resource)).scalar()


def listing(connection: Connection) -> Listing:
    """Every registration: one that is refused today hides none of the others."""
    found = [_read(row) for row in connection.execute(select(clients).order_by(clients.c.id)).mappings()]
    sound = [one for one in found if isinstance(one, Client)]
    return Listing(sound, [one for one in found if isinstance(one, Faulty)])


def seal_secret(box: Box, client_id: str, secret: str) -> bytes:
    """What is kept of a secret that a client signs with: it opens for this client alone."""
    return box.seal(f"client_secret|{client_id}", secret.encode())


def open_secret(box: Box, client: Client) -> bytes | None:
    """The secret that `client` signs with; None if it signs with none. Raises Refusal("box.unreadable")."""
    return None if client.sealed_secret is None else box.open(f"client_secret|{client.id}", client.sealed_secret)


class Change(StrEnum):
    """What writing a registration would change."""

    ADDED = "added"
    REPLACED = "replaced"
    NOTHING = "unchanged"


def change(connection: Connection, document: Mapping[str, object], digest: str | None) -> Change:
    """What `register` would do with the same arguments. Raises what `parse_metadata` raises."""
    metadata = parse_metadata(document)
    row = connection.execute(select(clients).where(clients.c.id == metadata.client_id)).mappings().one_or_none()
    if row is None:
        return Change.ADDED
    same = row["metadata"] == _written(document) and row["secret_digest"] == digest
    return Change.NOTHING if same else Change.REPLACED


def register(
    tx: Tx,
    document: Mapping[str, object],
    digest: str | None,
    actor: str,
    *,
    sealed: bytes | None = None,
    status: str = ACTIVE,
) -> Client:
    """Write a registration, replacing the one with the same client_id. Raises what `parse_metadata` raises.

    It also raises OAuthError(invalid_client_metadata) for a resource that is another client's. One that is there
    already, to the letter, is left alone. A known client keeps its status, a new one gets `status`. `digest` is None
    for clients that hold no secret; `sealed` is the secret of one that signs with it.
    """
    name, metadata = change(tx.connection, document, digest), parse_metadata(document)
    if name is not Change.NOTHING:
        check_resources(tx.connection, metadata)
        kept = {"metadata": _written(document), "secret_digest": digest, "sealed_secret": sealed, "updated_at": tx.now}
        if name is Change.ADDED:
            tx.execute(insert(clients), kept | {"id": metadata.client_id, "status": status, "created_at": tx.now})
        else:
            tx.execute(update(clients).where(clients.c.id == metadata.client_id).values(**kept))
        _keep_resources(tx, metadata)
        tx.record(Event(f"clients.registration.{name}", actor, metadata.client_id))
    client = find(tx.connection, metadata.client_id)
    assert client is not None  # noqa: S101 (written two statements ago)
    return client


def set_status(tx: Tx, client_id: str, status: str, actor: str, reason: str) -> None:
    """Suspend or reinstate. Raises Refusal("clients.unknown")."""
    change = update(clients).where(clients.c.id == client_id).values(status=status, updated_at=tx.now)
    if tx.execute(change).rowcount != 1:
        raise Refusal("clients.unknown", "no such client")
    tx.record(Event("clients.status.changed", actor, client_id, {"status": status, "reason": reason}))


def check_resources(connection: Connection, metadata: ClientMetadata) -> None:
    """Before anything is written or spent, because a refusal commits; of two at once the primary key lets one through.

    Raises OAuthError(invalid_client_metadata) for a resource that another client registered.
    """
    others = (resources.c.resource.in_(metadata.resources), resources.c.client_id != metadata.client_id)
    taken = connection.execute(select(resources.c.resource).where(*others)).scalars().all()
    if taken:
        faults = tuple(f"resources holds {resource}, which another client registered." for resource in sorted(taken))
        raise OAuthError(INVALID_CLIENT_METADATA, " ".join(faults), faults=faults)


def _keep_resources(tx: Tx, metadata: ClientMetadata) -> None:
    tx.execute(delete(resources).where(resources.c.client_id == metadata.client_id))
    rows = [{"resource": resource, "client_id": metadata.client_id} for resource in metadata.resources]
    if rows:
        tx.execute(insert(resources), rows)


def remove(tx: Tx, client_id: str) -> None:
    """Forget a client; what was granted to it is its caller's to end."""
    tx.execute(delete(clients).where(clients.c.id == client_id))


def documents(connection: Connection) -> Mapping[str, Mapping[str, object]]:
    """Every registration as it was written, by client_id: also those that today's rules would refuse."""
    rows = connection.execute(select(clients.c.id, clients.c.metadata).order_by(clients.c.id))
    return {client_id: json.loads(text) for client_id, text in rows}


def _written(document: Mapping[str, object]) -> str:
    return json.dumps(dict(document), sort_keys=True)


def _read(row: Mapping[Any, Any]) -> Client | Faulty:
    document = json.loads(row["metadata"])
    try:
        metadata = parse_metadata(document)
    except OAuthError as error:
        return Faulty(row["id"], name_of(document) or row["id"], row["status"], faults_of(error))
    kept = (row["secret_digest"], row["created_at"], row["updated_at"], row["sealed_secret"])
    return Client(row["id"], metadata, row["status"], *kept)
