"""Codes sent to an address (NIST SP 800-63B section 3.1.3): six digits, ten minutes, five tries, used once."""

import hashlib
import hmac

from sqlalchemy import delete, insert, update

from idp.domain.authenticators.tables import one_time_codes
from idp.foundation.once import spend
from idp.foundation.randomness import digits, token
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

METHOD = "one_time_code"
DIGITS = 6
LIFETIME = 600
MOST_TRIES = 5


def issue(tx: Tx, purpose: str, binding: str) -> tuple[str, str]:
    """(identifier, code). `binding` is what the code proves, such as a blinded address."""
    code_id, code = token(), digits(DIGITS)
    row = {"id": code_id, "purpose": purpose, "binding": binding, "digest": _digest(code_id, code), "tries": 0}
    tx.execute(insert(one_time_codes), row | {"expires_at": tx.now + LIFETIME})
    return code_id, code


def verify(tx: Tx, code_id: str, code: str, purpose: str, binding: str) -> None:
    """Spend the code. Raises Refusal("authenticators.wrong_code"), or ("authenticators.code_expired") when it is over.

    The try is counted in the same statement that reads the code, before it is compared.
    """
    row = one_time_codes.c
    live = (row.id == code_id, row.purpose == purpose, row.binding == binding, row.spent_at.is_(None))
    count = (
        update(one_time_codes).where(*live, row.expires_at > tx.now, row.tries < MOST_TRIES).values(tries=row.tries + 1)
    )
    stored = tx.execute(count.returning(row.digest)).scalar_one_or_none()
    if stored is None:
        raise Refusal("authenticators.code_expired", "the code is unknown, expired, used, or was tried too often")
    if not hmac.compare_digest(stored, _digest(code_id, code)):
        raise Refusal("authenticators.wrong_code", "the code does not match")
    if spend(tx, one_time_codes, row.id == code_id) is None:
        raise Refusal("authenticators.code_expired", "the code was used before")


def drop(tx: Tx, code_id: str) -> None:
    """End a code, because another was sent."""
    tx.execute(delete(one_time_codes).where(one_time_codes.c.id == code_id))


def sweep(tx: Tx) -> None:
    """Drop codes that are over."""
    tx.execute(delete(one_time_codes).where(one_time_codes.c.expires_at < tx.now))


def _digest(code_id: str, code: str) -> str:
    return hashlib.sha256(f"{code_id}|{code}".encode()).hexdigest()
