import threading

import psycopg
import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from idp.foundation import limits, once
from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves
from idp.foundation.limits import counters
from idp.foundation.outbox import Job, outbox
from idp.foundation.prepared import Prepared
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.foundation.turnstile import Turnstile

BROKEN = Prepared(insert(once.spent).inline())
PER_MINUTE = limits.Limit("tries", 3, 60)


def rows(store, table):
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_change_its_audit_leaf_and_its_job_commit_together(store):
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        tx.record(Event("tests.thing.done", "ann"))
        tx.send(Job("letter"))

    assert (rows(store, counters), rows(store, leaves), rows(store, outbox)) == (1, 1, 1)


def test_a_refusal_commits_what_was_counted_recorded_and_queued(store):
    with pytest.raises(Refusal), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        tx.record(Event("tests.thing.refused", "ann"))
        tx.send(Job("warning"))
        raise Refusal("no")

    assert (rows(store, counters), rows(store, leaves), rows(store, outbox)) == (1, 1, 1)
    assert store.job_queued.is_set()


def test_a_crash_leaves_nothing_behind(store):
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        tx.record(Event("tests.thing.done", "ann"))
        tx.send(Job("letter"))
        raise ZeroDivisionError

    assert (rows(store, counters), rows(store, leaves), rows(store, outbox)) == (0, 0, 0)
    assert not store.job_queued.is_set()


def test_the_store_works_on_after_a_crash(store):
    with pytest.raises(ZeroDivisionError), store.transaction():
        raise ZeroDivisionError
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")

    assert rows(store, counters) == 1


def test_time_stands_still_within_a_transaction(store, clock):
    with store.transaction() as tx:
        before = tx.now
        clock.advance(60)

        assert tx.now == before == clock.now - 60


def test_transactions_do_not_nest(store):
    with pytest.raises(RuntimeError, match="hand its tx on"), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        with store.transaction():
            pass

    assert rows(store, counters) == 0


def test_a_reader_sees_what_is_committed_and_nothing_else(store):
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        assert rows(store, counters) == 0

    assert rows(store, counters) == 1


def test_parallel_writers_lose_no_update(store):
    wide = limits.Limit("tries", 10_000, 10_000)

    def write():
        for _ in range(25):
            with store.transaction() as tx:
                limits.count(tx, wide, "everybody")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.transaction() as tx:
        assert limits.count(tx, wide, "everybody") == 101


def test_a_store_opens_again_after_it_was_disposed(store):
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
    store.dispose()
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")

    assert rows(store, counters) == 1


def test_the_embedded_database_is_durable_and_keeps_its_references(prepared_sqlite):
    store = Store(f"sqlite:///{prepared_sqlite}")
    with store.transaction() as tx:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    store.dispose()

    assert values == ["wal", 2, 1, 5000]  # synchronous 2 is FULL


def test_a_database_that_is_not_there_is_an_error_and_not_a_hang(tmp_path):
    store = Store(f"postgresql+psycopg://postgres@/nowhere?host={tmp_path}")
    with pytest.raises(OperationalError), store.transaction():
        pass


def test_a_turnstile_lets_one_pass_at_a_time(tmp_path):
    here, elsewhere = Turnstile(str(tmp_path / "lock")), Turnstile(str(tmp_path / "lock"))
    order = []

    def follow():
        with elsewhere:
            order.append("second")

    with here:
        follower = threading.Thread(target=follow)
        follower.start()
        follower.join(0.2)
        order.append("first")
    follower.join()
    here.close()
    elsewhere.close()

    assert order == ["first", "second"]


def test_an_error_never_repeats_what_a_statement_carried(store):
    """Its text reaches the log."""
    row = {"kind": "tries", "key": "ann's address", "window": 1, "count": 1, "expires_at": 2}
    with pytest.raises(IntegrityError) as refused, store.transaction() as tx:
        for _ in range(2):
            tx.execute(insert(counters), row)

    assert "[SQL parameters hidden" in str(refused.value)


def test_a_connection_that_the_database_closed_is_replaced_before_it_is_used(store):
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
    cut_off(store)
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")

    assert rows(store, counters) == 1


def test_a_connection_that_the_database_closes_within_a_transaction_changes_nothing(store):
    if store.is_sqlite:
        return  # A file has no server that could close it.
    with pytest.raises(store.unavailable), store.transaction() as tx:
        tx.record(Event("tests.thing.done", "ann"))
        limits.count(tx, PER_MINUTE, "ann")
        cut_off(store)
        tx.record(Event("tests.thing.done", "ann"))
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")

    assert (rows(store, counters), rows(store, leaves)) == (1, 0)


def cut_off(store):
    """Every other connection is ended by the server, and has been told."""
    if store.is_sqlite:
        store.dispose()  # The nearest that there is: a process about to fork.
        return
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    with store.reading() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {others}")
        while connection.exec_driver_sql(f"SELECT count(*) {others}").scalar_one():
            pass


def test_what_has_no_answer_is_seen_by_whatever_follows(store):
    with store.transaction() as tx:
        tx.record(Event("tests.thing.done", "ann"))
        assert tx.execute(select(func.count()).select_from(leaves)).scalar_one() == 1
        tx.record(Event("tests.thing.done", "ann"))
        assert once.first_sight(tx, "jti", "a", tx.now + 60)
        assert tx.execute(select(func.count()).select_from(leaves)).scalar_one() == 2


def test_a_statement_without_an_answer_that_fails_fails_the_transaction(store):
    with pytest.raises(Exception, match=r"(?i)null"), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        BROKEN.run(tx.connection, {"kind": "tries", "value": "x", "expires_at": None})
        tx.record(Event("tests.thing.done", "ann"))
    with store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "bob")

    assert (rows(store, counters), rows(store, leaves)) == (1, 0)


def test_what_is_sent_survives_a_savepoint_that_is_taken_back(store):
    """The driver then forgets on the server all that was prepared on the connection."""
    for number in range(12):
        with store.transaction() as tx:
            assert once.first_sight(tx, "jti", str(number), tx.now + 60)
            with pytest.raises(ZeroDivisionError), tx.connection.begin_nested():
                limits.count(tx, PER_MINUTE, "ann")
                tx.record(Event("tests.thing.done", "ann"))
                raise ZeroDivisionError
            assert not once.first_sight(tx, "jti", str(number), tx.now + 60)

    assert (rows(store, counters), rows(store, leaves)) == (0, 0)


def test_a_text_that_the_database_cannot_hold_is_an_error_and_is_not_cut_short(store):
    if store.is_sqlite:
        return  # It can hold it.
    with pytest.raises(psycopg.DataError), store.transaction() as tx:
        once.first_sight(tx, "jti", "a\0b", tx.now + 60)

    with store.transaction() as tx:
        assert once.first_sight(tx, "jti", "a", tx.now + 60)


def test_a_commit_that_fails_leaves_nothing_behind(store):
    deferred = "DEFERRABLE INITIALLY DEFERRED"
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        tx.connection.exec_driver_sql(f"CREATE TABLE children (id INTEGER REFERENCES parents {deferred})")
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.transaction() as tx:
        limits.count(tx, PER_MINUTE, "ann")
        tx.connection.exec_driver_sql("INSERT INTO children VALUES (1)")
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("DROP TABLE children")
        tx.connection.exec_driver_sql("DROP TABLE parents")

    assert rows(store, counters) == 0


def test_what_must_be_done_first_begins_the_next_transaction_and_fails_with_it(store):
    with store.gathering():
        store.first(lambda tx: limits.count(tx, PER_MINUTE, "ann"))
        assert rows(store, counters) == 0
        with pytest.raises(ZeroDivisionError), store.transaction() as tx:
            tx.record(Event("tests.thing.done", "ann"))
            raise ZeroDivisionError

    assert (rows(store, counters), rows(store, leaves)) == (0, 0)


def test_what_must_be_done_first_is_done_although_nothing_else_is_or_all_is_refused(store):
    with store.gathering():
        store.first(lambda tx: limits.count(tx, PER_MINUTE, "ann"))
    with pytest.raises(Refusal), store.gathering():
        store.first(lambda tx: limits.count(tx, PER_MINUTE, "bob"))
        raise Refusal("no")
    store.first(lambda tx: limits.count(tx, PER_MINUTE, "cleo"))

    assert rows(store, counters) == 3


def test_what_must_be_done_first_may_refuse_the_rest_and_what_it_did_stays(store):
    def refuse(tx):
        limits.count(tx, PER_MINUTE, "ann")
        raise Refusal("no")

    with pytest.raises(Refusal), store.gathering():
        store.first(refuse)
        with store.transaction() as tx:
            tx.record(Event("tests.thing.done", "ann"))

    assert (rows(store, counters), rows(store, leaves)) == (1, 0)
