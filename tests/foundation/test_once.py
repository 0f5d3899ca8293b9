import threading

import pytest
from sqlalchemy import Column, MetaData, Table, Text, insert

from idp.foundation import once
from idp.foundation.refusal import Refusal
from idp.foundation.tables import instant

tickets = Table(
    "tickets", MetaData(), Column("id", Text, primary_key=True), Column("by", Text), instant("spent_at", nullable=True)
)


@pytest.fixture
def ticket(store):
    with store.transaction() as tx:
        tickets.create(tx.connection)
        tx.execute(insert(tickets), {"id": "t1"})
    return tickets.c.id == "t1"


def test_a_ticket_is_spent_once(store, ticket):
    with store.transaction() as tx:
        assert once.spend(tx, tickets, ticket, by="ann") == {"id": "t1", "by": "ann", "spent_at": tx.now}
        assert once.spend(tx, tickets, ticket, by="bob") is None


def test_a_ticket_that_does_not_exist_cannot_be_spent(store, ticket):
    with store.transaction() as tx:
        assert once.spend(tx, tickets, tickets.c.id == "t2") is None


def test_a_ticket_stays_spent_when_the_rest_is_refused(store, ticket):
    with pytest.raises(Refusal), store.transaction() as tx:
        once.spend(tx, tickets, ticket)
        raise Refusal("no")

    with store.transaction() as tx:
        assert once.spend(tx, tickets, ticket) is None


def test_of_parallel_spenders_one_wins(store, ticket):
    won = run_together(20, lambda: spend(store, ticket))

    assert won.count(True) == 1


def test_a_value_is_seen_for_the_first_time_once(store):
    with store.transaction() as tx:
        assert once.first_sight(tx, "jti", "a", tx.now + 60)
        assert not once.first_sight(tx, "jti", "a", tx.now + 60)
        assert once.first_sight(tx, "jti", "b", tx.now + 60)
        assert once.first_sight(tx, "totp", "a", tx.now + 60)


def test_of_parallel_sightings_one_is_the_first(store):
    first = run_together(20, lambda: see(store, "same"))

    assert first.count(True) == 1


def test_a_sweep_forgets_what_is_over_and_nothing_else(store, clock):
    with store.transaction() as tx:
        once.first_sight(tx, "jti", "short", tx.now + 60)
        once.first_sight(tx, "jti", "long", tx.now + 600)
    clock.advance(61)
    with store.transaction() as tx:
        assert once.sweep(tx) == 1
        assert not once.first_sight(tx, "jti", "long", tx.now)


def spend(store, ticket):
    with store.transaction() as tx:
        return once.spend(tx, tickets, ticket) is not None


def see(store, value):
    with store.transaction() as tx:
        return once.first_sight(tx, "jti", value, tx.now + 60)


def run_together(count, act):
    """Start `count` threads at one moment; returns what each got."""
    start, results = threading.Barrier(count), []

    def run():
        start.wait()
        results.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def test_whoever_only_asks_spends_nothing(store, clock):
    with store.transaction() as tx:
        assert not once.was_seen(tx.connection, "jti", "a")
        assert once.first_sight(tx, "jti", "a", tx.now + 60)
    with store.reading() as connection:
        assert once.was_seen(connection, "jti", "a")
        assert not once.was_seen(connection, "jti", "b")
        assert not once.was_seen(connection, "totp", "a")
    clock.advance(61)
    with store.transaction() as tx:
        once.sweep(tx)
        assert not once.was_seen(tx.connection, "jti", "a")
