"""Saved recovery codes (NIST SP 800-63B section 4.2.1.1): random, hashed, each used once, shown once."""

import hashlib

from sqlalchemy import Connection, delete, exists, func, insert, select

from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import POSSESSION, Proof
from idp.domain.authenticators.tables import recovery_codes
from idp.foundation.audit.event import Event
from idp.foundation.once import spend
from idp.foundation.randomness import readable
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.assurance import Amr

METHOD = "recovery_code"
GROUPS = 4
"""Four groups of four characters out of 27: 76 bits."""


def issue(tx: Tx, person_id: str, count: int = 10) -> list[str]:
    """A new set, to show once; earlier codes stop working."""
    codes = [readable(GROUPS) for _ in range(count)]
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    rows = [{"digest": _digest(person_id, code), "person_id": person_id, "created_at": tx.now} for code in codes]
    tx.execute(insert(recovery_codes), rows)
    tx.record(Event("authenticators.recovery_codes.issued", person_id, person_id, {"count": count}))
    return codes


class RecoveryCodeMethod:
    """A sheet of saved codes."""

    name = METHOD

    def attempt(self, _tx: Tx, person_id: str | None, answer: Answer) -> "RecoveryCodeAttempt":
        """There is nothing to read before: the code's digest finds it."""
        return RecoveryCodeAttempt(person_id or "nobody", answer.text)


class RecoveryCodeAttempt:
    """A code typed from the sheet."""

    def __init__(self, person_id: str, code: str) -> None:
        self.person_id = person_id
        self._digest = _digest(person_id, code)

    def evaluate(self) -> None:
        """A digest is quick, and was made."""

    def settle(self, tx: Tx) -> Proof:
        """Spend the code. Raises Refusal("authenticators.wrong_code") or ("authenticators.code_used")."""
        mine = (recovery_codes.c.digest == self._digest, recovery_codes.c.person_id == self.person_id)
        if spend(tx, recovery_codes, *mine) is None:
            if tx.execute(select(exists().where(*mine))).scalar_one():
                raise Refusal("authenticators.code_used", "the recovery code was used before")
            raise Refusal("authenticators.wrong_code", "there is no such recovery code")
        tx.record(Event("authenticators.recovery_code.used", self.person_id, self.person_id))
        return Proof(METHOD, METHOD, frozenset({POSSESSION}), (Amr.ONE_TIME_PASSWORD,), tx.now)


def left(connection: Connection, person_id: str) -> int:
    """How many can still be used."""
    unused = (recovery_codes.c.person_id == person_id, recovery_codes.c.spent_at.is_(None))
    return connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one()


def _digest(person_id: str, code: str) -> str:
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(f"{person_id}|{plain}".encode()).hexdigest()
