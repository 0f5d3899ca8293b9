"""What finds a person: user name, e-mail address, telephone number, national identifier, document."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, case, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.domain.people.tables import identifiers
from idp.foundation.prepared import Prepared
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol import email_address, username

TABLE = "person_identifiers"
SIGN_IN_NAMES = ("username", "email")
# Built once, because every password that is tried runs it.
_BY_NAME = Prepared(
    select(identifiers.c.kind, identifiers.c.person_id, identifiers.c.verified_at).where(
        or_(*(and_(identifiers.c.kind == kind, identifiers.c.blind == bindparam(kind)) for kind in SIGN_IN_NAMES))
    )
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier; `verified_at` is None until the person proved to hold it. A `phone` is of the form E.164."""

    kind: str
    value: str
    verified_at: int | None
    created_at: int


def claim(tx: Tx, vault: Vault, person_id: str, kind: str, value: str, verified_at: int | None) -> None:
    """Give the person an identifier. Raises Refusal("people.identifier_taken") if anybody holds it."""
    row = {
        "kind": kind,
        "blind": blind(vault, kind, value),
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


def prove(tx: Tx, vault: Vault, person_id: str, kind: str, value: str) -> None:
    """The person proved to hold the identifier, which she has or is given now.

    Raises Refusal("people.identifier_taken") if somebody else holds it.
    """
    held = (identifiers.c.kind == kind, identifiers.c.blind == blind(vault, kind, value))
    mine = update(identifiers).where(*held, identifiers.c.person_id == person_id).values(verified_at=tx.now)
    if tx.execute(mine.returning(identifiers.c.kind)).one_or_none() is None:
        claim(tx, vault, person_id, kind, value, tx.now)


def release(tx: Tx, vault: Vault, person_id: str, kind: str, value: str) -> None:
    """Take an identifier away, so that it can be claimed again."""
    held = (identifiers.c.kind == kind, identifiers.c.blind == blind(vault, kind, value))
    tx.execute(delete(identifiers).where(*held, identifiers.c.person_id == person_id))


def owner(connection: Connection, vault: Vault, kind: str, value: str) -> str | None:
    """The identifier's holder, by blind index."""
    held = (identifiers.c.kind == kind, identifiers.c.blind == blind(vault, kind, value))
    return connection.execute(select(identifiers.c.person_id).where(*held)).scalar_one_or_none()


def sign_in_name(connection: Connection, vault: Vault, text: str) -> str | None:
    """Whoever signs in by this name: a user name or a proven e-mail address."""
    rows = _BY_NAME.all(connection, {kind: blind(vault, kind, text) for kind in SIGN_IN_NAMES})
    proven = [row for row in rows if row["kind"] == "username" or row["verified_at"] is not None]
    return max(proven, key=lambda row: row["kind"] == "username")["person_id"] if proven else None


def name_key(vault: Vault, text: str) -> str:
    """The same for every spelling of a sign-in name, whether or not anybody has it: to count tries by."""
    return vault.index("nobody", _sign_in_form(text))


def blind(vault: Vault, kind: str, value: str) -> str:
    """The blind index of an identifier of that kind, the same for every spelling of it."""
    return vault.index(kind, _sign_in_form(value)) if kind in SIGN_IN_NAMES else vault.blind(kind, value)


def _sign_in_form(text: str) -> str:
    """A user name that is written like an address is compared like one, so that a name has one form."""
    address = email_address.mailbox(text)
    return address if "@" in address else username.skeleton(text)


def of(connection: Connection, vault: Vault, person_id: str, kind: str | None = None) -> tuple[Identifier, ...]:
    """The person's identifiers, oldest first; of those of one second the name, then mail."""
    mine = select(identifiers).where(identifiers.c.person_id == person_id)
    by_kind = case({"username": 0, "email": 1}, value=identifiers.c.kind, else_=2)
    statement = mine.order_by(identifiers.c.created_at, by_kind)
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
