"""What finds a person: user name, e-mail address, telephone number, national identifier, document."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from idp.domain.people.tables import identifiers
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault

TABLE = "person_identifiers"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier; `verified_at` is None until the person proved to hold it."""

    kind: str
    value: str
    verified_at: int | None
    created_at: int


def claim(tx: Tx, vault: Vault, person_id: str, kind: str, value: str, verified_at: int | None) -> None:
    """Give the person an identifier. Raises Refusal("people.identifier_taken") if anybody holds it."""
    row = {
        "kind": kind,
        "blind": vault.blind(kind, value),
        "person_id": person_id,
        "value": vault.seal(tx.connection, person_id, TABLE, kind, value),
        "verified_at": verified_at,
        "created_at": tx.now,
    }
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(identifiers), row)
    except IntegrityError:
        raise Refusal("people.identifier_taken", f"somebody holds this {kind}") from None


def release(tx: Tx, vault: Vault, person_id: str, kind: str, value: str) -> None:
    """Take an identifier away, so that it can be claimed again."""
    held = (identifiers.c.kind == kind, identifiers.c.blind == vault.blind(kind, value))
    tx.execute(delete(identifiers).where(*held, identifiers.c.person_id == person_id))


def owner(connection: Connection, vault: Vault, kind: str, value: str) -> str | None:
    """The identifier's holder, by blind index."""
    held = (identifiers.c.kind == kind, identifiers.c.blind == vault.blind(kind, value))
    return connection.execute(select(identifiers.c.person_id).where(*held)).scalar_one_or_none()


def sign_in_name(connection: Connection, vault: Vault, text: str) -> str | None:
    """Whoever signs in by this name: a user name or a proven e-mail address."""
    wanted = (("username", vault.blind("username", text)), ("email", vault.blind("email", text)))
    statement = select(identifiers.c.kind, identifiers.c.person_id, identifiers.c.verified_at)
    matches = [(identifiers.c.kind == kind) & (identifiers.c.blind == blind) for kind, blind in wanted]
    rows = connection.execute(statement.where(matches[0] | matches[1])).all()
    proven = [row for row in rows if row.kind == "username" or row.verified_at is not None]
    return max(proven, key=lambda row: row.kind == "username").person_id if proven else None


def of(connection: Connection, vault: Vault, person_id: str, kind: str | None = None) -> tuple[Identifier, ...]:
    """The person's identifiers, oldest first."""
    statement = select(identifiers).where(identifiers.c.person_id == person_id).order_by(identifiers.c.created_at)
    if kind is not None:
        statement = statement.where(identifiers.c.kind == kind)
    return tuple(
        Identifier(
            row["kind"],
            vault.open(connection, person_id, TABLE, row["kind"], row["value"]),
            row["verified_at"],
            row["created_at"],
        )
        for row in connection.execute(statement).mappings()
    )
