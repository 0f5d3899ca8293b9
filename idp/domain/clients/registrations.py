"""What was registered over the network (RFC 7591, RFC 7592), and what of it waits for somebody's approval.

A proposal has a fingerprint while it waits: who decides names the one that was looked at, so that nothing can be
exchanged between the look and the decision, and of several decisions one counts.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from idp.domain.clients.tables import registrations
from idp.foundation.transaction import Tx

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Metadata that was asked for last, and the digest of the secret that goes with it."""

    document: Document
    secret_digest: str | None
    proposed_at: int


@dataclass(frozen=True, slots=True)
class Registration:
    """One client's registration over the network. `fingerprint` is None unless `proposal` waits."""

    client_id: str
    invitation_id: str
    token_digest: str
    statement: str | None
    proposal: Proposal | None
    fingerprint: str | None
    refusal: str | None
    note: str | None
    decided_by: str | None
    decided_at: int | None

    @property
    def waits(self) -> bool:
        """Whether somebody must decide."""
        return self.fingerprint is not None


def open_registration(tx: Tx, client_id: str, invitation_id: str, token_digest: str, statement: str | None) -> None:
    """Write it, with nothing proposed yet. The client's own row is there."""
    row = {"client_id": client_id, "invitation_id": invitation_id, "token_digest": token_digest}
    tx.execute(insert(registrations), row | {"statement": statement})


def find(connection: Connection, client_id: str) -> Registration | None:
    """The registration; None for a client that an operator registered, or nobody."""
    found = select(registrations).where(registrations.c.client_id == client_id)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _registration(row)


def hold(tx: Tx, client_id: str) -> Registration | None:
    """As `find`, and nobody else changes or removes it before this transaction ends."""
    found = select(registrations).where(registrations.c.client_id == client_id).with_for_update()
    row = tx.execute(found).mappings().one_or_none()
    return None if row is None else _registration(row)


def waiting(connection: Connection) -> Sequence[Registration]:
    """Those that somebody must decide on, the oldest first."""
    order = (registrations.c.proposed_at, registrations.c.client_id)
    found = select(registrations).where(registrations.c.fingerprint.is_not(None)).order_by(*order)
    return [_registration(row) for row in connection.execute(found).mappings()]


def count_waiting(connection: Connection) -> int:
    """How many there are."""
    counted = select(func.count()).select_from(registrations).where(registrations.c.fingerprint.is_not(None))
    return connection.execute(counted).scalar_one()


def propose(tx: Tx, client_id: str, document: Document, secret_digest: str | None) -> None:
    """Let this wait for approval, instead of what waited before."""
    text = json.dumps(dict(document), sort_keys=True)
    fingerprint = hashlib.sha256(f"{tx.now}|{secret_digest}|{text}".encode()).hexdigest()
    proposed = {"proposed": text, "proposed_secret": secret_digest, "proposed_at": tx.now, "fingerprint": fingerprint}
    _update(tx, client_id, **proposed, refusal=None, note=None)


def withdraw(tx: Tx, client_id: str) -> None:
    """Nothing waits any more: the client asked for something else, which needs no approval."""
    nothing = {"proposed": None, "proposed_secret": None, "proposed_at": None, "fingerprint": None}
    _update(tx, client_id, **nothing, refusal=None, note=None)


def state(tx: Tx, client_id: str, statement: str) -> None:
    """Keep a newer software statement."""
    _update(tx, client_id, statement=statement)


def decide(
    tx: Tx, client_id: str, fingerprint: str, decided_by: str, refusal: str | None = None, note: str | None = None
) -> Proposal | None:
    """End the waiting of exactly this proposal; None if it does not wait (any more)."""
    decided = {"decided_by": decided_by, "decided_at": tx.now, "refusal": refusal, "note": note}
    this = (registrations.c.client_id == client_id, registrations.c.fingerprint == fingerprint)
    spent = update(registrations).where(*this).values(fingerprint=None, **decided).returning(*registrations.c)
    row = tx.execute(spent).mappings().one_or_none()
    return None if row is None else _proposal(row)


def replace_token(tx: Tx, client_id: str, token_digest: str) -> bool:
    """Another registration access token instead of the one that was lost; False if there is no such registration."""
    mine = update(registrations).where(registrations.c.client_id == client_id)
    return tx.execute(mine.values(token_digest=token_digest)).rowcount == 1


def remove(tx: Tx, client_id: str) -> bool:
    """Forget it; False if that was done before."""
    return tx.execute(delete(registrations).where(registrations.c.client_id == client_id)).rowcount == 1


def _update(tx: Tx, client_id: str, **values: object) -> None:
    tx.execute(update(registrations).where(registrations.c.client_id == client_id).values(**values))


def _proposal(row: Mapping[Any, Any]) -> Proposal | None:
    if row["proposed"] is None:
        return None
    return Proposal(json.loads(row["proposed"]), row["proposed_secret"], row["proposed_at"])


def _registration(row: Mapping[Any, Any]) -> Registration:
    return Registration(
        client_id=row["client_id"],
        invitation_id=row["invitation_id"],
        token_digest=row["token_digest"],
        statement=row["statement"],
        proposal=_proposal(row),
        fingerprint=row["fingerprint"],
        refusal=row["refusal"],
        note=row["note"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
