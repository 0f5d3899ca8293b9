"""The port of the ways to authenticate: what is claimed is read, examined, and then accepted or refused.

In three parts, because the middle one is slow on purpose: a password is hashed and a signature verified outside any
transaction, so that a flood of sign-ins holds no lock that others wait for. Whoever calls has counted the try.
"""

from dataclasses import dataclass
from typing import Protocol

from idp.domain.authenticators.proof import Proof
from idp.foundation.transaction import Tx


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody typed, or what her device signed.

    `challenge_id` and `purpose` name the question that it answers, for a method that asks one.
    """

    text: str
    challenge_id: str = ""
    purpose: str = "get"


class Attempt(Protocol):
    """One answer under examination. Used once, in this order: `evaluate`, `settle`."""

    @property
    def person_id(self) -> str | None:
        """Whose it is, if anybody's: a passkey says so itself."""
        ...

    def evaluate(self) -> None:
        """The slow part: pure, outside any transaction, and it raises nothing. For nobody the same work is done."""
        ...

    def settle(self, tx: Tx) -> Proof:
        """Spend what may be used once, mark the use. Raises Refusal("authenticators....") for a wrong answer."""
        ...


class AuthenticatorMethod(Protocol):
    """One of NIST SP 800-63B section 3. The conformance suite is tests/conformance/test_authenticator_methods.py."""

    @property
    def name(self) -> str:
        """As in the registry, in events and in lockout."""
        ...

    def attempt(self, tx: Tx, person_id: str | None, answer: Answer) -> Attempt:
        """Read what is needed to examine the answer, spending the challenge that it answers before it is looked at.

        Raises Refusal("authenticators....") for an answer to nothing.
        """
        ...
