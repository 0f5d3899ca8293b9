"""What a passkey is asked to sign: kept in the database, bound to a purpose and a person, and spent by one answer."""

from sqlalchemy import delete, insert

from idp.domain.authenticators.tables import challenges
from idp.foundation.once import spend
from idp.foundation.prepared import Prepared
from idp.foundation.randomness import identifier, octets
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

LIFETIME = 300
"""Seconds."""
_INSERT = Prepared(insert(challenges).inline())  # Built once, because every sign-in page that is looked at runs it.


def ask(tx: Tx, purpose: str, person_id: str | None, challenge: bytes | None = None) -> tuple[str, bytes]:
    """(challenge id, what to sign): random, or `challenge`, which binds the answer to something."""
    challenge_id, challenge = identifier(), challenge or octets(32)
    row = {"id": challenge_id, "purpose": purpose, "person_id": person_id, "challenge": challenge}
    _INSERT.run(tx.connection, row | {"expires_at": tx.now + LIFETIME, "spent_at": None})
    return challenge_id, challenge


def answered(tx: Tx, challenge_id: str, purpose: str, person_id: str | None) -> bytes:
    """Spend the challenge, before its answer is looked at. Raises Refusal("authenticators.passkey.refused")."""
    bound = challenges.c.person_id.is_(None) if person_id is None else challenges.c.person_id == person_id
    row = spend(tx, challenges, challenges.c.id == challenge_id, challenges.c.purpose == purpose, bound)
    if row is None or row["expires_at"] <= tx.now:
        raise Refusal("authenticators.passkey.refused", "the challenge is unknown, expired or was used before")
    return bytes(row["challenge"])


def sweep(tx: Tx) -> None:
    """Drop what nobody can answer any more: every sign-in page that is looked at asks."""
    tx.execute(delete(challenges).where(challenges.c.expires_at < tx.now))
