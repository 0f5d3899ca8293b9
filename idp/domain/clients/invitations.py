"""Initial access tokens (RFC 7591 section 1.2): who may register services, how many, until when, and how much each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from idp.domain.clients.tables import invitations
from idp.foundation.audit.event import Event, Fact
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.registration_policy import Policy

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as stored; times in Unix seconds."""

    id: str
    policy: Policy
    uses_left: int
    created_by: str
    created_at: int
    expires_at: int
    withdrawn_at: int | None

    def is_open(self, now: int) -> bool:
        """Whether it can still be used."""
        return self.uses_left > 0 and self.expires_at > now and self.withdrawn_at is None


def invite(tx: Tx, digest: str, policy: Policy, uses: int, days: int, actor: str) -> Invitation:
    """Keep the digest of a token that may be used `uses` times within `days` days."""
    row = {
        "id": identifier(),
        "digest": digest,
        "policy": json.dumps(policy.document(), sort_keys=True),
        "uses_left": uses,
        "created_by": actor,
        "created_at": tx.now,
        "expires_at": tx.now + days * DAY,
        "withdrawn_at": None,
    }
    tx.execute(insert(invitations), row)
    made = _invitation(row)
    facts: dict[str, Fact] = {"uses": uses, "expires_at": made.expires_at}
    facts |= {"scopes": list(policy.scopes), "hosts": list(policy.hosts), "freedoms": list(policy.freedoms)}
    tx.record(Event("clients.invitation.made", actor, made.id, facts))
    return made


def of_token(connection: Connection, digest: str) -> Invitation | None:
    """The invitation whose token this is, used up or not."""
    row = connection.execute(select(invitations).where(invitations.c.digest == digest)).mappings().one_or_none()
    return None if row is None else _invitation(row)


def get(connection: Connection, invitation_id: str) -> Invitation:
    """The invitation. Raises Refusal("clients.unknown_invitation")."""
    found = select(invitations).where(invitations.c.id == invitation_id)
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise Refusal("clients.unknown_invitation", "no such invitation")
    return _invitation(row)


def use(tx: Tx, invitation_id: str) -> bool:
    """Spend one use; False if none is left, or its time is over. Of parallel callers as many win as uses are left."""
    table = invitations.c
    is_open = (table.uses_left > 0, table.expires_at > tx.now, table.withdrawn_at.is_(None))
    spent = update(invitations).where(table.id == invitation_id, *is_open).values(uses_left=table.uses_left - 1)
    return tx.execute(spent).rowcount == 1


def withdraw(tx: Tx, invitation_id: str, actor: str) -> None:
    """Nobody registers by it any more; who did stays. Raises Refusal("clients.unknown_invitation")."""
    live = (invitations.c.id == invitation_id, invitations.c.withdrawn_at.is_(None))
    if tx.execute(update(invitations).where(*live).values(withdrawn_at=tx.now)).rowcount != 1:
        raise Refusal("clients.unknown_invitation", "no such invitation, or it was withdrawn before")
    tx.record(Event("clients.invitation.withdrawn", actor, invitation_id))


def listing(connection: Connection) -> Sequence[Invitation]:
    """Every invitation, the newest first."""
    newest = select(invitations).order_by(invitations.c.created_at.desc(), invitations.c.id)
    return [_invitation(row) for row in connection.execute(newest).mappings()]


def _invitation(row: Mapping[Any, Any]) -> Invitation:
    return Invitation(
        row["id"],
        Policy.from_document(json.loads(row["policy"])),
        row["uses_left"],
        row["created_by"],
        row["created_at"],
        row["expires_at"],
        row["withdrawn_at"],
    )
