"""Passwords: Argon2id (RFC 9106), hashed where a flood of sign-ins cannot starve token requests."""

import json
import unicodedata

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, bindparam, select, update

from idp.domain.authenticators import registry
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import KNOWLEDGE, Proof
from idp.domain.authenticators.tables import authenticators
from idp.foundation.audit.event import Event
from idp.foundation.back_room import BackRoom
from idp.foundation.floor import Floor
from idp.foundation.once import first_sight
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import token
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.assurance import Amr

METHOD = registry.PASSWORD
RETRY_AFTER = 5
"""Seconds; by then, those who wait now have been served."""
# Built once, because every password that is tried runs it.
_STORED = Prepared(
    select(authenticators.c.id, authenticators.c.verifier).where(
        authenticators.c.person_id == bindparam("person"),
        authenticators.c.method == METHOD,
        authenticators.c.removed_at.is_(None),
    )
)


class PasswordHasher:
    """Hashes and verifies one at a time in each process. Slow on purpose: never within a transaction.

    In the `back_room`, if the server opened it; the request that waits for it steps aside from `floor`.
    """

    def __init__(self, time_cost: int, memory_kib: int, parallelism: int) -> None:
        self._argon2 = Argon2(time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism)
        self._nobodys = self._argon2.hash(token())
        self.floor = Floor()
        self.back_room = BackRoom(self._work)

    def hash(self, text: str) -> str:
        """The encoded hash of a password, with its parameters and salt."""
        return str(self._done(None, normal(text)))

    def verify(self, encoded: str | None, text: str) -> bool:
        """Whether it is the password. Without a hash the same work is done for nobody, and the answer is no."""
        return self._done(encoded or self._nobodys, normal(text)) is True and encoded is not None

    def needs_rehash(self, encoded: str) -> bool:
        """Whether the parameters have changed since."""
        return self._argon2.check_needs_rehash(encoded)

    def refuse_if_full(self) -> None:
        """Raises Refusal("too_busy", retry_after=seconds). Asked before anything is looked up, it tells nothing."""
        self.back_room.refuse_if_full(RETRY_AFTER)

    def _done(self, encoded: str | None, text: str) -> object:
        with self.floor.aside():
            return json.loads(self.back_room.do(json.dumps([encoded, text]).encode()))

    def _work(self, asked: bytes) -> bytes:
        """A hash of the text alone, or whether the text is of the hash."""
        encoded, text = json.loads(asked)
        return json.dumps(self._argon2.hash(text) if encoded is None else self._is_of(encoded, text)).encode()

    def _is_of(self, encoded: str, text: str) -> bool:
        try:
            return self._argon2.verify(encoded, text)
        except (VerificationError, InvalidHashError):
            return False


class PasswordMethod:
    """A password, whose look-up and hash cost the same for a person and for nobody."""

    name = METHOD

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher

    def attempt(self, tx: Tx, person_id: str | None, answer: Answer) -> "PasswordAttempt":
        """Read the hash; the same work is done for nobody."""
        held = stored(tx.connection, person_id or "nobody")
        return PasswordAttempt(self._hasher, person_id, held, answer.text)


class PasswordAttempt:
    """A password typed, and the hash that is held."""

    def __init__(self, hasher: PasswordHasher, person_id: str | None, held: tuple[str, str] | None, text: str) -> None:
        self.person_id = person_id
        self._hasher, self._held, self._text = hasher, held, text
        self._right = False
        self._fresh: str | None = None

    def evaluate(self) -> None:
        """Hash what was typed; and again, if it is right and the parameters have changed since it was set."""
        encoded = self._held[1] if self._held else None
        self._right = self._hasher.verify(encoded, self._text)
        if self._right and encoded and self._hasher.needs_rehash(encoded):
            self._fresh = self._hasher.hash(self._text)

    def settle(self, tx: Tx) -> Proof:
        """Raises Refusal("authenticators.wrong_password"), for a wrong password and for nobody's."""
        if not self._right or self._held is None:
            raise Refusal("authenticators.wrong_password", "the name or the password is wrong")
        if self._fresh is not None:
            rehash(tx, self._held[0], self._fresh)
        return proof(tx, self._held[0])


def normal(text: str) -> str:
    """NFC, so that one password is one string on every keyboard (NIST SP 800-63B section 3.1.1.2)."""
    return unicodedata.normalize("NFC", text)


def stored(connection: Connection, person_id: str) -> tuple[str, str] | None:
    """(authenticator id, encoded hash), or None for somebody without a password."""
    row = _STORED.one(connection, {"person": person_id})
    return None if row is None else (row["id"], row["verifier"])


def set_password(tx: Tx, person_id: str, encoded: str) -> None:
    """Set or replace the person's one password."""
    held = stored(tx.connection, person_id)
    if held is None:
        # Of two that set the first password at once, the second waits here, and then finds the other's.
        first_sight(tx, METHOD, person_id, tx.now)
        held = stored(tx.connection, person_id)
    if held is None:
        registry.add(tx, person_id, METHOD, "", verifier=encoded)
    else:
        rehash(tx, held[0], encoded)
        tx.record(Event("authenticators.password.changed", person_id, person_id, {"authenticator": held[0]}))


def rehash(tx: Tx, authenticator_id: str, encoded: str) -> None:
    """Keep another hash, such as one of the same password with the parameters of today."""
    tx.execute(update(authenticators).where(authenticators.c.id == authenticator_id).values(verifier=encoded))


def proof(tx: Tx, authenticator_id: str) -> Proof:
    """For a password that was verified or has just been set; marks the use."""
    registry.used(tx, authenticator_id)
    return Proof(METHOD, authenticator_id, frozenset({KNOWLEDGE}), (Amr.PASSWORD,), tx.now)
