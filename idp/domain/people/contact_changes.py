"""A change of e-mail address or telephone number that waits for its codes: one for each person, an hour at most."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.domain.people.tables import contact_changes
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault

TABLE = "contact_changes"
LIFETIME = 3600


class Act(StrEnum):
    """What is to happen to an address or a number."""

    ADD = "add"
    CHANGE = "change"
    """The new one takes the place of the old one."""
    REMOVE = "remove"
    PREFER = "prefer"
    """Services receive the new one, which is held and proven, instead of the old one, which stays."""


class Proof(StrEnum):
    """What has to be proved next: to hold the old one, to hold the new one."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: `old` is what she gives up, `new` what she takes; either may be empty.

    `kind` is as of an identifier; `taken` says that the new one is somebody else's, so that no code will ever do.
    """

    act: Act
    kind: str
    old: str = ""
    new: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A wish on its way. `code_id` is empty until a code was sent."""

    wish: Wish
    code_id: str
    old_proved: bool
    sent_at: int | None

    @property
    def due(self) -> Proof | None:
        """The proof that comes next; None when there is nothing left to prove."""
        if self.wish.old and not self.old_proved:
            return Proof.OLD
        return Proof.NEW if self.wish.act in (Act.ADD, Act.CHANGE) else None

    @property
    def address(self) -> str:
        """Where the code of that proof goes."""
        return self.wish.old if self.due is Proof.OLD else self.wish.new


def begin(tx: Tx, vault: Vault, person_id: str, wish: Wish, *, old_proved: bool) -> Change:
    """Take the place of whatever waited before, whose code is dead with it."""
    sealed = {
        name: vault.seal(tx.connection, person_id, TABLE, name, value) if value else None
        for name, value in (("old", wish.old), ("new", wish.new))
    }
    row = {"person_id": person_id, "act": wish.act, "kind": wish.kind, "taken": wish.taken, "code_id": ""}
    proved = {"old_proved_at": tx.now if old_proved else None, "sent_at": None}
    insert = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    statement = insert(contact_changes).values(row | sealed | proved | {"expires_at": tx.now + LIFETIME})
    tx.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=dict(statement.excluded)))
    return Change(wish, "", old_proved, None)


def find(connection: Connection, vault: Vault, person_id: str, now: int, *, lock: bool = False) -> Change | None:
    """What waits, or None. `lock` holds it until the transaction ends: of two that change it, one comes after."""
    living = (contact_changes.c.person_id == person_id, contact_changes.c.expires_at > now)
    statement = select(contact_changes).where(*living)
    row = connection.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        return None
    old, new = (
        vault.open(connection, person_id, TABLE, name, row[name]) if row[name] else "" for name in ("old", "new")
    )
    wish = Wish(Act(row["act"]), row["kind"], old, new, row["taken"])
    return Change(wish, row["code_id"], row["old_proved_at"] is not None, row["sent_at"])


def sent(tx: Tx, person_id: str, code_id: str) -> None:
    """Another code is on its way, and no earlier one counts."""
    mine = update(contact_changes).where(contact_changes.c.person_id == person_id)
    tx.execute(mine.values(code_id=code_id, sent_at=tx.now))


def old_is_proved(tx: Tx, person_id: str) -> None:
    """The old one was proved, or need not be any more; the new one's code has not been sent yet."""
    mine = update(contact_changes).where(contact_changes.c.person_id == person_id)
    tx.execute(mine.values(old_proved_at=tx.now, code_id="", sent_at=None))


def close(tx: Tx, person_id: str) -> None:
    """It is done, or given up."""
    tx.execute(delete(contact_changes).where(contact_changes.c.person_id == person_id))


def sweep(tx: Tx) -> None:
    """Forget what waited too long."""
    tx.execute(delete(contact_changes).where(contact_changes.c.expires_at < tx.now))
