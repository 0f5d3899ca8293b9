"""Codes sent to a telephone (NIST SP 800-63B section 3.1.3): restricted by section 3.1.3.3, as numbers are stolen.

A number is bound by a code that was sent there. A question is asked by sending a code to one that is bound; its
answer is looked at five times at most.
"""

import hmac

from sqlalchemy import Connection, select

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import one_time_code
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import POSSESSION, Proof
from idp.domain.authenticators.registry import Authenticator
from idp.domain.authenticators.tables import authenticators
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol import telephone_number
from idp.protocol.assurance import Amr

METHOD = registry.SMS
TABLE, COLUMN = "authenticators", "sealed"
BIND, SIGN_IN = "sms.bind", "sms.sign-in"


def begin(tx: Tx, vault: Vault, person_id: str, number: str) -> tuple[str, str]:
    """(challenge id, code to send) for binding a number of the form E.164."""
    return one_time_code.issue(tx, BIND, _binding(person_id, vault.blind("phone", number)))


def bind(
    tx: Tx, vault: Vault, person_id: str, number: str, challenge_id: str, code: str
) -> tuple[Authenticator, Proof]:
    """Bind the number, which the code proved. Raises as `one_time_code.verify`."""
    one_time_code.verify(tx, challenge_id, code, BIND, _binding(person_id, vault.blind("phone", number)))
    sealed = vault.seal(tx.connection, person_id, TABLE, COLUMN, number)
    added = registry.add(tx, person_id, METHOD, telephone_number.masked(number), sealed=sealed)
    return added, _proof(tx, added.id)


def ask(tx: Tx, person_id: str, authenticator_id: str) -> tuple[str, str]:
    """(challenge id, code to send) for a number that is bound."""
    code_id, code = one_time_code.issue(tx, SIGN_IN, _binding(person_id, authenticator_id))
    return f"{authenticator_id}.{code_id}", code


def numbers(connection: Connection, vault: Vault, person_id: str) -> dict[str, str]:
    """Authenticator id to number (E.164) of all that are bound, oldest first."""
    mine = (authenticators.c.person_id == person_id, authenticators.c.method == METHOD)
    statement = select(authenticators.c.id, authenticators.c.sealed).where(*mine)
    rows = connection.execute(
        statement.where(authenticators.c.removed_at.is_(None)).order_by(authenticators.c.created_at)
    )
    return {row.id: vault.open(connection, person_id, TABLE, COLUMN, row.sealed) for row in rows}


def is_held(connection: Connection, vault: Vault, person_id: str, number: str) -> bool:
    """Whether codes go to this number."""
    held = numbers(connection, vault, person_id).values()
    return any(hmac.compare_digest(one.encode(), number.encode()) for one in held)


class SmsMethod:
    """A code by text message; `Answer.challenge_id` is what `ask` returned."""

    name = METHOD

    def attempt(self, _tx: Tx, person_id: str | None, answer: Answer) -> "SmsAttempt":
        """There is nothing to read before; the code is counted when it is looked at."""
        return SmsAttempt(person_id or "nobody", answer)


class SmsAttempt:
    """A code typed, and the question that it answers."""

    def __init__(self, person_id: str, answer: Answer) -> None:
        self.person_id = person_id
        self._authenticator_id, _, self._code_id = answer.challenge_id.partition(".")
        self._code = answer.text

    def evaluate(self) -> None:
        """A digest is quick, and is made when the code is spent."""

    def settle(self, tx: Tx) -> Proof:
        """Spend the code, if the number is still bound. Raises as `one_time_code.verify`."""
        held = {one.id for one in registry.of(tx.connection, self.person_id) if one.method == METHOD}
        if self._authenticator_id not in held:
            raise Refusal("authenticators.code_expired", "the number is not bound, or no code was sent")
        binding = _binding(self.person_id, self._authenticator_id)
        one_time_code.verify(tx, self._code_id, self._code, SIGN_IN, binding)
        return _proof(tx, self._authenticator_id)


def _binding(person_id: str, what: str) -> str:
    return f"{person_id}|{what}"


def _proof(tx: Tx, authenticator_id: str) -> Proof:
    registry.used(tx, authenticator_id)
    # Not `otp` beside it: whoever reads an `amr` must see that nothing stronger was used.
    return Proof(METHOD, authenticator_id, frozenset({POSSESSION}), (Amr.SMS,), tx.now)
