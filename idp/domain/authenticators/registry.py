"""The authenticators a person holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select, update

from idp.domain.authenticators.tables import authenticators, recovery_codes
from idp.foundation.audit.event import Event
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.assurance import Strength

PASSWORD = "password"  # noqa: S105 (a method's name)
PASSKEY = "passkey"
TOTP = "totp"
SMS = "sms"
SECOND_FACTORS = {PASSKEY: Strength.TWO_FACTORS, TOTP: Strength.TWO_FACTORS, SMS: Strength.RESTRICTED}
"""What a password and one of these prove together; a passkey of certified hardware proves more."""
# Built once, because every sign-in runs them, and the first every authorization after a password.
_SECOND_FACTORS = Prepared(
    select(authenticators.c.method, authenticators.c.hardware).where(
        authenticators.c.person_id == bindparam("person"),
        authenticators.c.removed_at.is_(None),
        or_(*(authenticators.c.method == method for method in SECOND_FACTORS)),
    )
)
_USED = Prepared(
    update(authenticators).where(authenticators.c.id == bindparam("used")).values(last_used_at=bindparam("used_now"))
)


@dataclass(frozen=True, slots=True)
class Authenticator:
    """One authenticator, without its secret. The rest is of passkeys.

    `user_verified` if it is known to verify its user, so that it is two factors by itself; `synced` if it can be on
    other devices and `backed_up` if it is; `hardware` if it proved to be of a make that cannot be copied; `model` is
    its AAGUID; `transports` says how it is reached; `disabled` if there may be a copy of it.
    """

    id: str
    person_id: str
    method: str
    label: str
    created_at: int
    last_used_at: int | None
    user_verified: bool = False
    synced: bool = False
    backed_up: bool = False
    hardware: bool = False
    model: str = ""
    transports: tuple[str, ...] = ()
    disabled: bool = False

    @property
    def strength(self) -> Strength:
        """What it proves beside a password."""
        return Strength.ONE_FACTOR if self.disabled else _strength(self.method, hardware=self.hardware)

    @property
    def is_security_key(self) -> bool:
        """Whether it is something to carry and to plug in or hold near, as far as the browser said."""
        within = {"internal", "hybrid"} & set(self.transports)
        return bool(self.transports) and not within and not self.synced

    @property
    def opens_alone(self) -> bool:
        """Whether it is a way in without a password."""
        return self.method == PASSKEY and self.user_verified and not self.disabled


def of(connection: Connection, person_id: str) -> tuple[Authenticator, ...]:
    """What the person can sign in with now, oldest first."""
    return tuple(_authenticator(row) for row in connection.execute(_of(person_id)).mappings())


def reachable(connection: Connection, person_id: str) -> Strength:
    """The most that the person can prove with what is bound to her, beside a password.

    What is disabled is asked for as before, so that an account does not open to a password alone because of a copy.
    """
    held = _SECOND_FACTORS.all(connection, {"person": person_id})
    return max((_strength(row["method"], hardware=row["hardware"]) for row in held), default=Strength.ONE_FACTOR)


def add(tx: Tx, person_id: str, method: str, label: str, **columns: Any) -> Authenticator:
    """Bind an authenticator to a person; `columns` are the method's own."""
    authenticator_id = identifier()
    row = {"id": authenticator_id, "person_id": person_id, "method": method, "label": label, "sign_count": 0}
    tx.execute(insert(authenticators), row | {"created_at": tx.now} | columns)
    tx.record(Event(f"authenticators.{method}.added", person_id, person_id, {"authenticator": authenticator_id}))
    return Authenticator(authenticator_id, person_id, method, label, tx.now, None)


def rename(tx: Tx, person_id: str, authenticator_id: str, label: str) -> None:
    """Give an authenticator another name. Raises Refusal("authenticators.unknown")."""
    method = _change(tx, person_id, authenticator_id, label=label)
    tx.record(Event(f"authenticators.{method}.renamed", person_id, person_id, {"authenticator": authenticator_id}))


def revoke(tx: Tx, person_id: str, authenticator_id: str, actor: str) -> None:
    """Take an authenticator away, unless too little would be left.

    Raises Refusal("authenticators.unknown"), ("authenticators.last") if the person could not sign in any more, or
    ("authenticators.last_second_factor") if a password alone would be left of two factors.
    """
    # Locked, so that of two that are removed at once the second sees that it is the last.
    rows = tx.execute(_of(person_id).with_for_update()).mappings()
    held = {one.id: one for one in map(_authenticator, rows)}
    gone = held.pop(authenticator_id, None)
    if gone is None:
        raise Refusal("authenticators.unknown", "no such authenticator")
    _leave_enough(tuple(held.values()))
    _change(tx, person_id, authenticator_id, removed_at=tx.now, verifier=None, sealed=None)
    tx.record(Event(f"authenticators.{gone.method}.removed", actor, person_id, {"authenticator": authenticator_id}))


def withdraw(tx: Tx, person_id: str, authenticator_id: str, actor: str) -> None:
    """Take an authenticator away whatever is left, for an account that nobody signs in to until it is taken back.

    Nothing happens if it is gone already.
    """
    mine = (authenticators.c.id == authenticator_id, authenticators.c.person_id == person_id)
    change = update(authenticators).where(*mine, authenticators.c.removed_at.is_(None))
    gone = tx.execute(change.values(removed_at=tx.now, verifier=None, sealed=None).returning(authenticators.c.method))
    method = gone.scalar_one_or_none()
    if method is not None:
        tx.record(Event(f"authenticators.{method}.removed", actor, person_id, {"authenticator": authenticator_id}))


def withdraw_since(tx: Tx, person_id: str, since: int, actor: str, *, and_password: bool) -> None:
    """As `withdraw`, of everything that was bound from `since` on; of recovery codes, all of a set made since then.

    A password that is changed keeps its age, so whoever knows that it was says `and_password`.
    """
    for one in of(tx.connection, person_id):
        if one.created_at >= since or (and_password and one.method == PASSWORD):
            withdraw(tx, person_id, one.id, actor)
    made = (recovery_codes.c.person_id == person_id, recovery_codes.c.created_at >= since)
    tx.execute(delete(recovery_codes).where(*made))


def had_second_factor(connection: Connection, person_id: str) -> bool:
    """Whether the person holds a second factor or ever held one: what was taken away counts as well."""
    any_of_them = authenticators.c.method.in_(SECOND_FACTORS)
    statement = select(authenticators.c.id).where(authenticators.c.person_id == person_id, any_of_them)
    return connection.execute(statement.limit(1)).first() is not None


def forget(tx: Tx, person_id: str) -> None:
    """Take everything away at once, secrets and names included: nobody signs in by any of it again."""
    gone = {"verifier": None, "sealed": None, "credential_id": None, "label": ""}
    removed_at = func.coalesce(authenticators.c.removed_at, tx.now)
    tx.execute(
        update(authenticators).where(authenticators.c.person_id == person_id).values(removed_at=removed_at, **gone)
    )
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))


def used(tx: Tx, authenticator_id: str) -> None:
    """Remember the last use."""
    _USED.run(tx.connection, {"used": authenticator_id, "used_now": tx.now})


def _strength(method: str, *, hardware: bool) -> Strength:
    return Strength.HARDWARE if hardware else SECOND_FACTORS.get(method, Strength.ONE_FACTOR)


def _of(person_id: str) -> Select[Any]:
    mine = (authenticators.c.person_id == person_id, authenticators.c.removed_at.is_(None))
    return select(authenticators).where(*mine).order_by(authenticators.c.created_at, authenticators.c.id)


def _leave_enough(left: tuple[Authenticator, ...]) -> None:
    """A passkey that does not verify its user opens nothing without the password, nor does one that is disabled."""
    has_password = any(one.method == PASSWORD for one in left)
    if not has_password and not any(one.opens_alone for one in left):
        raise Refusal("authenticators.last", "without it nobody could sign in any more")
    if has_password and all(one.strength is Strength.ONE_FACTOR for one in left):
        raise Refusal("authenticators.last_second_factor", "without it a password alone would open the account")


def _change(tx: Tx, person_id: str, authenticator_id: str, **values: Any) -> str:
    mine = (authenticators.c.id == authenticator_id, authenticators.c.person_id == person_id)
    change = update(authenticators).where(*mine, authenticators.c.removed_at.is_(None)).values(**values)
    method: str | None = tx.execute(change.returning(authenticators.c.method)).scalar_one_or_none()
    if method is None:
        raise Refusal("authenticators.unknown", "no such authenticator")
    return method


def _authenticator(row: Mapping[Any, Any]) -> Authenticator:
    return Authenticator(
        row["id"],
        row["person_id"],
        row["method"],
        row["label"],
        row["created_at"],
        row["last_used_at"],
        row["user_verified"],
        row["synced"],
        row["backed_up"],
        row["hardware"],
        row["model"],
        tuple(row["transports"].split()),
        row["disabled_at"] is not None,
    )
