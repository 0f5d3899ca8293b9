"""What a citizen allowed a service to receive, remembered until withdrawn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.domain.grants.tables import consents, grants
from idp.foundation.audit.event import Event
from idp.foundation.prepared import Prepared
from idp.foundation.transaction import Tx

# Built once, because every authorization runs it.
_GIVEN = Prepared(
    select(consents.c.allowed).where(
        consents.c.person_id == bindparam("person"),
        consents.c.client_id == bindparam("client"),
        consents.c.withdrawn_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Consent:
    """A service used, and what it may receive."""

    person_id: str
    client_id: str
    allowed: frozenset[str]
    given_at: int
    used_at: int


def given(connection: Connection, person_id: str, client_id: str) -> frozenset[str]:
    """Names of scopes and claims that are allowed now; empty without consent."""
    row = _GIVEN.one(connection, {"person": person_id, "client": client_id})
    return frozenset(() if row is None else row["allowed"].split())


def give(tx: Tx, person_id: str, client_id: str, allowed: Iterable[str]) -> None:
    """Remember a consent, adding to what was allowed before, since when stays."""
    together = given(tx.connection, person_id, client_id) | frozenset(allowed)
    names = " ".join(sorted(together))
    new = {"allowed": names, "given_at": tx.now, "used_at": tx.now, "withdrawn_at": None}
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    statement = insert(consents).values(person_id=person_id, client_id=client_id, **new)
    since = case((consents.c.withdrawn_at.is_(None), consents.c.given_at), else_=tx.now)
    kept = new | {"given_at": since}
    tx.execute(statement.on_conflict_do_update(index_elements=["person_id", "client_id"], set_=kept))
    tx.record(Event("grants.consent.given", person_id, person_id, {"client": client_id, "allowed": sorted(together)}))


def withdraw(tx: Tx, person_id: str, client_id: str, actor: str) -> None:
    """Forget the consent and revoke everything that was granted under it."""
    mine = (consents.c.person_id == person_id, consents.c.client_id == client_id, consents.c.withdrawn_at.is_(None))
    tx.execute(update(consents).where(*mine).values(withdrawn_at=tx.now, allowed=""))
    theirs = (grants.c.person_id == person_id, grants.c.client_id == client_id, grants.c.revoked_at.is_(None))
    tx.execute(update(grants).where(*theirs).values(revoked_at=tx.now))
    tx.record(Event("grants.consent.withdrawn", actor, person_id, {"client": client_id}))


def withdraw_all(tx: Tx, client_id: str) -> int:
    """Forget every consent to a service that is no more; returns how many. Its grants are ended with it."""
    its = (consents.c.client_id == client_id, consents.c.withdrawn_at.is_(None))
    return tx.execute(update(consents).where(*its).values(withdrawn_at=tx.now, allowed="")).rowcount


def of_person(connection: Connection, person_id: str) -> Sequence[Consent]:
    """The services in use, most recently used first: a consent that suffices is not written again, a grant is."""
    mine = (grants.c.person_id == person_id, grants.c.client_id == consents.c.client_id)
    granted = select(func.max(grants.c.code_expires_at)).where(*mine).scalar_subquery()
    statement = select(consents).where(consents.c.person_id == person_id, consents.c.withdrawn_at.is_(None))
    order = (func.coalesce(granted, consents.c.used_at).desc(), consents.c.client_id)
    return [_consent(row) for row in connection.execute(statement.order_by(*order)).mappings()]


def count(connection: Connection, client_id: str) -> int:
    """How many people use a service."""
    statement = select(func.count()).where(consents.c.client_id == client_id, consents.c.withdrawn_at.is_(None))
    return connection.execute(statement).scalar_one()


def _consent(row: Mapping[Any, Any]) -> Consent:
    allowed = frozenset(row["allowed"].split())
    return Consent(row["person_id"], row["client_id"], allowed, row["given_at"], row["used_at"])
