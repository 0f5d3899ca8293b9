"""One answer from the try that is counted to the proof that counts: the same for every method."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.domain.authenticators import lockout
from idp.domain.authenticators.methods import passkey
from idp.domain.authenticators.port import Answer, Attempt
from idp.domain.authenticators.proof import Proof
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.provider import Provider


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is said to answer, None for nobody we know, and under which key the tries are counted."""

    person_id: str | None
    key: str


def prove(
    provider: Provider,
    method: str,
    answer: Answer,
    claim: Callable[[Tx], Claim],
    accept: Callable[[Tx, str, Proof], None],
    room: str = "signin",
) -> None:
    """Count, read, evaluate, settle. `claim` checks whose turn it is; `accept` does what the proof is good for.

    Raises what `claim`, the method and `accept` raise, and ("too_many_attempts") or ("authenticators.switched_off").
    `room` begins the names of the events of what went wrong.
    """
    claimed, attempt = _attempt(provider, method, answer, claim, room)
    attempt.evaluate()  # Slow on purpose, so between two transactions.
    with provider.transaction() as tx:
        proof = _settle(tx, provider, attempt, f"{room}.{method}.wrong")
        person_id = attempt.person_id or ""
        accept(tx, person_id, proof)
        lockout.success(tx, method, claimed.key)


def _attempt(
    provider: Provider, method: str, answer: Answer, claim: Callable[[Tx], Claim], room: str
) -> tuple[Claim, Attempt]:
    """The try is counted in a transaction of its own, so that what follows cannot take it back."""
    with provider.transaction() as tx:
        claimed = claim(tx)
        try:
            lockout.try_now(tx, method, claimed.key)
        except Refusal:
            whose = claimed.person_id or ""
            tx.record(Event(f"{room}.{method}.throttled", whose or "nobody", whose))
            raise
        return claimed, provider.methods[method].attempt(tx, claimed.person_id, answer)


def _settle(tx: Tx, provider: Provider, attempt: Attempt, wrong: str) -> Proof:
    """Whoever gets as far as a wrong answer knows whom to attack: the citizen finds it in her activity.

    A copy of her key is worse: she is told of that at once, wherever she is reached.
    """
    try:
        return attempt.settle(tx)
    except Refusal as refusal:
        whose = attempt.person_id or ""
        tx.record(Event(wrong, whose or "nobody", whose))
        if refusal.code == passkey.CLONED:
            notify(tx, provider, whose, "passkey_cloned")
        raise
