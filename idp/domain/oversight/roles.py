"""Giving and taking staff roles: recorded, and never one's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from idp.domain.oversight.permissions import Role
from idp.domain.oversight.tables import staff_roles
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

__all__ = ["Holding", "Role", "grant", "listing", "of", "revoke"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One role that somebody holds now."""

    person_id: str
    role: Role
    granted_by: str
    granted_at: int


def of(connection: Connection, person_id: str) -> frozenset[Role]:
    """The roles somebody holds now; empty for everybody who is not staff."""
    statement = select(staff_roles.c.role).where(staff_roles.c.person_id == person_id)
    return frozenset(Role(role) for role in connection.execute(statement).scalars())


def listing(connection: Connection) -> Sequence[Holding]:
    """Every role held now, by person, oldest first."""
    statement = select(staff_roles).order_by(staff_roles.c.granted_at, staff_roles.c.person_id, staff_roles.c.role)
    return [_holding(row) for row in connection.execute(statement).mappings()]


def grant(tx: Tx, person_id: str, role: Role, actor: str) -> None:
    """Give a role; nothing happens if it is held.

    Raises Refusal `oversight.own_role`, or `oversight.separation` if somebody would audit what they do themselves.
    """
    _not_own(person_id, actor)
    _one_at_a_time(tx)
    held = of(tx.connection, person_id)
    if role in held:
        return
    if held and Role.AUDITOR in held | {role}:
        raise Refusal("oversight.separation", "an auditor holds no other role")
    row = {"person_id": person_id, "role": role.value, "granted_by": actor, "granted_at": tx.now}
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(staff_roles), row)
    except IntegrityError:
        raise Refusal("oversight.not_granted", "no such person, or the role was granted meanwhile") from None
    tx.record(Event("oversight.role.granted", actor, person_id, {"role": role.value}))


def revoke(tx: Tx, person_id: str, role: Role, actor: str) -> None:
    """Take a role away, from the next request on. Raises Refusal `oversight.own_role` or `oversight.not_held`."""
    _not_own(person_id, actor)
    held = (staff_roles.c.person_id == person_id, staff_roles.c.role == role.value)
    if tx.execute(delete(staff_roles).where(*held)).rowcount != 1:
        raise Refusal("oversight.not_held", "this person does not hold the role")
    tx.record(Event("oversight.role.revoked", actor, person_id, {"role": role.value}))


def _one_at_a_time(tx: Tx) -> None:
    if tx.dialect == "postgresql":  # Two grants at once must not add up to what neither may give.
        tx.execute(select(func.pg_advisory_xact_lock(0x7E55E7C)))


def _not_own(person_id: str, actor: str) -> None:
    if person_id == actor:
        raise Refusal("oversight.own_role", "nobody changes their own roles")


def _holding(row: Mapping[Any, Any]) -> Holding:
    return Holding(row["person_id"], Role(row["role"]), row["granted_by"], row["granted_at"])
