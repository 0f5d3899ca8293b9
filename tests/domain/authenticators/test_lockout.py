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
        return refusal.facts.get("retry_after", refusal.code)
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
                lockout.visitor_may_try(tx, address)
        except Refusal:
            return False
        return True

    assert [sprayed("192.0.2.1") for _ in range(301)] == [True] * 300 + [False]
    assert sprayed("192.0.2.2")


def wrong_ever(store, clock, method="password", key="anna", times=100):
    """As many wrong values as are looked at, with the patience to wait for each window."""
    for _ in range(times // 10):
        assert [tried(store, method, key) for _ in range(10)] == [0] * 10
        clock.advance(WINDOW)


@pytest.mark.parametrize("method", lockout.PER_METHOD)
def test_after_a_hundred_wrong_values_a_method_is_switched_off(store, clock, method):
    wrong_ever(store, clock, method)

    assert tried(store, method, "anna") == "authenticators.switched_off"
    clock.advance(10 * 365 * 24 * 3600)
    assert tried(store, method, "anna") == "authenticators.switched_off"


def test_a_right_value_among_them_begins_the_hundred_anew(store, clock):
    wrong_ever(store, clock, times=90)
    with store.transaction() as tx:
        lockout.success(tx, "password", "anna")
    wrong_ever(store, clock)


def test_one_browser_tries_for_few_people_only(store):
    def tried_at(browser):
        try:
            with store.transaction() as tx:
                lockout.visitor_may_try(tx, "192.0.2.1", browser)
        except Refusal:
            return False
        return True

    assert [tried_at("a kiosk") for _ in range(31)] == [True] * 30 + [False]
    assert tried_at("another")
