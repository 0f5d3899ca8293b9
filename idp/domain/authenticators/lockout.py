"""How many wrong values are evaluated at all (NIST SP 800-63B section 3.2.2): counted before, kept in the database."""

import hashlib

from idp.foundation.limits import Limit, count, forget, network_of, take
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx

PER_METHOD = {
    "password": Limit("try.password", 10, 15 * 60),
    "totp": Limit("try.totp", 10, 15 * 60),
    "sms": Limit("try.sms", 10, 15 * 60),
    "recovery_code": Limit("try.recovery_code", 10, 15 * 60),
    "one_time_code": Limit("try.one_time_code", 10, 15 * 60),
}
FOR_EVER = 10**11
"""Seconds: a window without an end."""
EVER = {method: Limit(f"ever.{method}", 100, FOR_EVER) for method in PER_METHOD}
"""Wrong values one after another before a method is switched off until it is bound anew (section 3.2.2)."""
PER_BROWSER = Limit("try.browser", 30, 15 * 60)
"""Tries of everybody at one browser: a shared one at a kiosk forgets its cookie in between."""
PER_ADDRESS = Limit("try.address", 300, 15 * 60)
"""Tries of everybody behind one network address: a spray over many names stops here, a large office does not."""


def try_now(tx: Tx, method: str, key: str) -> None:
    """Count one try before it is evaluated. `key` is the person, or the blinded name when there is no such person.

    Raises Refusal("too_many_attempts", retry_after=seconds), or ("authenticators.switched_off") after a hundred wrong
    values with no right one between. There is nothing to guess of a passkey: it is never counted, and nobody can lock
    one out.
    """
    if method not in PER_METHOD:
        return
    take(tx, PER_METHOD[method], key)
    if count(tx, EVER[method], key) > EVER[method].most:
        raise Refusal("authenticators.switched_off", f"{EVER[method].most} wrong values one after another")


def visitor_may_try(tx: Tx, address: str, browser: str = "") -> None:
    """Count one try of a network address and of a browser, by its secret. Raises Refusal("too_many_attempts")."""
    take(tx, PER_ADDRESS, network_of(address))
    if browser:
        take(tx, PER_BROWSER, hashlib.sha256(browser.encode()).hexdigest())


def success(tx: Tx, method: str, key: str) -> None:
    """A right value, or a new binding, clears the counts."""
    if method in PER_METHOD:
        forget(tx, PER_METHOD[method], key)
        forget(tx, EVER[method], key)
