"""How many wrong values are evaluated at all (NIST SP 800-63B section 3.2.2): counted before, kept in the database."""

from idp.foundation.limits import Limit, forget, take
from idp.foundation.transaction import Tx

PER_METHOD = {
    "password": Limit("try.password", 10, 15 * 60),
    "totp": Limit("try.totp", 10, 15 * 60),
    "recovery_code": Limit("try.recovery_code", 10, 15 * 60),
    "one_time_code": Limit("try.one_time_code", 10, 15 * 60),
}
PER_ADDRESS = Limit("try.address", 300, 15 * 60)
"""Tries of everybody behind one network address: a spray over many names stops here, a large office does not."""


def try_now(tx: Tx, method: str, key: str) -> None:
    """Count one try before it is evaluated. `key` is the person, or the blinded name when there is no such person.

    Raises Refusal("too_many_attempts", retry_after=seconds); a passkey is never counted, so nobody can lock one out.
    """
    take(tx, PER_METHOD[method], key)


def address_may_try(tx: Tx, address: str) -> None:
    """Count one try of a network address. Raises Refusal("too_many_attempts")."""
    take(tx, PER_ADDRESS, address)


def success(tx: Tx, method: str, key: str) -> None:
    """A right value clears the count."""
    forget(tx, PER_METHOD[method], key)
