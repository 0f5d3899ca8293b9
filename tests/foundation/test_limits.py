import pytest

from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal

THREE = Limit("codes", 3, 60)


def tries(store, count, key="ann", limit=THREE):
    for _ in range(count):
        with store.transaction() as tx:
            limits.take(tx, limit, key)


def test_the_limit_itself_is_allowed(store):
    tries(store, 3)


def test_one_more_than_the_limit_is_refused_until_the_window_ends(store, clock):
    clock.now = clock.now // 60 * 60 + 20
    tries(store, 3)
    with pytest.raises(Refusal) as refused:
        tries(store, 1)

    assert refused.value.code == "too_many_attempts"
    assert refused.value.facts == {"retry_after": 40}


def test_a_new_window_starts_from_nothing(store, clock):
    tries(store, 3)
    clock.advance(60)
    tries(store, 3)


def test_keys_and_kinds_are_counted_apart(store):
    tries(store, 3)
    tries(store, 3, key="bob")
    tries(store, 3, limit=Limit("passwords", 3, 60))


def test_refused_tries_count_as_well(store):
    tries(store, 3)
    for _ in range(2):
        with pytest.raises(Refusal):
            tries(store, 1)
    with store.transaction() as tx:
        assert limits.count(tx, THREE, "ann") == 6


def test_success_clears_the_counter_of_one_key(store):
    tries(store, 3)
    tries(store, 3, key="bob")
    with store.transaction() as tx:
        limits.forget(tx, THREE, "ann")
    tries(store, 3)
    with pytest.raises(Refusal):
        tries(store, 1, key="bob")


def test_a_sweep_drops_windows_that_are_over(store, clock):
    tries(store, 1)
    clock.advance(121)
    tries(store, 1)
    with store.transaction() as tx:
        assert limits.sweep(tx) == 1
        assert limits.count(tx, THREE, "ann") == 2


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_whoever_has_one_address_of_ipv6_has_all_of_its_network(address, network):
    assert limits.network_of(address) == network
