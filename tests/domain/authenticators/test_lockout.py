"""How many wrong values are looked at: counted for each person and method, and for each network address."""

import pytest

from idp.domain.authenticators import lockout
from idp.foundation.refusal import Refusal
from tests.fixtures.storage import NOW

WINDOW = 15 * 60


def tried(store, method, key):
    """Seconds to wait, or 0 if the value is looked at."""
    try:
        with store.transaction() as tx:
            lockout.try_now(tx, method, key)
    except Refusal as refusal:
        return refusal.facts["retry_after"]
    return 0


@pytest.mark.parametrize("method", lockout.PER_METHOD)
def test_after_ten_tries_no_more_are_looked_at_for_a_while(store, clock, method):
    answers = [tried(store, method, "anna") for _ in range(12)]

    assert answers == [0] * 10 + [WINDOW - NOW % WINDOW] * 2
    clock.advance(answers[-1])
    assert tried(store, method, "anna") == 0


def test_tries_are_counted_for_each_person_and_each_method(store):
    for _ in range(11):
        tried(store, "password", "anna")

    assert (tried(store, "password", "boris"), tried(store, "totp", "anna")) == (0, 0)


def test_a_right_value_clears_the_count_of_its_method(store):
    for _ in range(10):
        tried(store, "password", "anna")
        tried(store, "totp", "anna")
    with store.transaction() as tx:
        lockout.success(tx, "password", "anna")

    assert tried(store, "password", "anna") == 0
    assert tried(store, "totp", "anna") > 0


def test_a_passkey_is_never_counted_so_nobody_can_lock_one_out():
    assert "passkey" not in lockout.PER_METHOD


def test_a_spray_over_many_names_stops_at_its_address(store):
    def sprayed(address):
        try:
            with store.transaction() as tx:
                lockout.address_may_try(tx, address)
        except Refusal:
            return False
        return True

    assert [sprayed("192.0.2.1") for _ in range(301)] == [True] * 300 + [False]
    assert sprayed("192.0.2.2")
