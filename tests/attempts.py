"""One try of a method, as the sign-in makes it, but within the test's own transaction."""

from idp.domain.authenticators.port import Answer, AuthenticatorMethod
from idp.domain.authenticators.proof import Proof
from idp.foundation.transaction import Tx


def examine(
    tx: Tx, method: AuthenticatorMethod, person_id: str | None, answer: Answer | str
) -> tuple[str | None, Proof]:
    """(whose, proof). Raises what the method raises."""
    attempt = method.attempt(tx, person_id, answer if isinstance(answer, Answer) else Answer(answer))
    attempt.evaluate()
    return attempt.person_id, attempt.settle(tx)
