"""An account that waits to be closed: it ends one way, once, whoever comes first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.domain.people import closings, records
from idp.domain.people.closings import Outcome
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal

DAY = 24 * 3600
WAITING = 30 * DAY


@pytest.fixture
def mia(store, vault):
    with store.transaction() as tx:
        return records.create(tx, vault).id


@pytest.fixture
def closing(store, mia):
    with store.transaction() as tx:
        return closings.request(tx, mia, WAITING)


def status(store, person_id):
    with store.reading() as connection:
        return records.get(connection, person_id).status


def refused(store, work, *arguments):
    with pytest.raises(Refusal) as caught, store.transaction() as tx:
        work(tx, *arguments)
    return caught.value.code


def test_who_asks_is_closing_and_waits(store, mia, closing, clock):
    assert status(store, mia) is Status.CLOSING
    with store.reading() as connection:
        assert closings.live(connection, mia) == closing
        assert closing.due_at == clock.now + WAITING
        assert closings.due(connection, closing.due_at - 1) == []
        assert closings.due(connection, closing.due_at) == [closing.id]


@pytest.mark.parametrize("other", [Status.CLOSING, Status.LOCKED, Status.DECEASED, Status.CLOSED])
def test_only_an_active_account_is_closed(store, mia, other):
    with store.transaction() as tx:
        records.set_status(tx, mia, other, "tests", "tests")

    assert refused(store, closings.request, mia, WAITING) == "people.not_active"
    assert status(store, mia) is other


def test_a_kept_account_is_active_and_can_be_closed_again(store, mia, closing):
    with store.transaction() as tx:
        closings.cancel(tx, mia)

    assert status(store, mia) is Status.ACTIVE
    assert refused(store, closings.cancel, mia) == "people.closing_over"
    with store.transaction() as tx:
        closings.request(tx, mia, WAITING)
    with store.reading() as connection:
        assert [one.outcome for one in closings.of_person(connection, mia)] == [Outcome.CANCELLED, None]


def test_a_link_keeps_the_account_once_and_never_a_later_closing(store, mia, closing):
    with store.transaction() as tx:
        link, other = closings.make_link(tx, closing), closings.make_link(tx, closing)
    with store.transaction() as tx:
        closings.cancel_by_link(tx, link)
    assert status(store, mia) is Status.ACTIVE
    with store.transaction() as tx:
        closings.request(tx, mia, WAITING)

    assert [refused(store, closings.cancel_by_link, one) for one in (link, other)] == ["people.closing_over"] * 2
    assert status(store, mia) is Status.CLOSING


@pytest.mark.parametrize("link", ["", "x", "A" * 43])
def test_a_link_that_was_never_made_keeps_nothing(store, mia, closing, link):
    assert refused(store, closings.cancel_by_link, link) == "people.closing_over"
    assert status(store, mia) is Status.CLOSING


def test_what_is_finished_is_not_kept_and_what_is_kept_is_not_finished(store, mia, closing, clock):
    clock.advance(WAITING)
    with store.transaction() as tx:
        assert closings.finish(tx, closing.id) == closings.Closing(
            closing.id, mia, Outcome.ERASED, closing.requested_at, closing.due_at
        )
        assert closings.finish(tx, closing.id) is None

    assert refused(store, closings.cancel, mia) == "people.closing_over"


def test_nothing_is_finished_before_its_time(store, closing, clock):
    clock.advance(WAITING - 1)
    with store.transaction() as tx:
        assert closings.finish(tx, closing.id) is None


@pytest.mark.parametrize("other", [Status.LOCKED, Status.DECEASED])
def test_of_somebody_locked_or_dead_nothing_is_finished(store, mia, closing, clock, other):
    clock.advance(WAITING)
    with store.transaction() as tx:
        records.set_status(tx, mia, other, "tests", "tests")

    with store.transaction() as tx:
        assert closings.due(tx.connection, tx.now) == []
        assert closings.finish(tx, closing.id) is None


@pytest.mark.parametrize(("waiting", "before"), [(WAITING, 3 * DAY), (2 * DAY, DAY)])
def test_a_reminder_is_written_once_shortly_before_the_end(store, mia, clock, waiting, before):
    with store.transaction() as tx:
        closing = closings.request(tx, mia, waiting)
    clock.now = closing.due_at - before - 1
    with store.transaction() as tx:
        assert closings.reminded(tx, closing.id) is None
    clock.advance(1)
    with store.transaction() as tx:
        assert closings.to_remind(tx.connection, tx.now) == [closing.id]
        assert closings.reminded(tx, closing.id) == closing
        assert closings.reminded(tx, closing.id) is None
        assert closings.to_remind(tx.connection, tx.now) == []


def test_of_keeping_and_finishing_at_the_same_time_one_wins(store, mia, closing, clock):
    clock.advance(WAITING)

    def keep():
        try:
            with store.transaction() as tx:
                closings.cancel(tx, mia)
        except Refusal:
            return False
        return True

    def finish():
        with store.transaction() as tx:
            return closings.finish(tx, closing.id) is not None

    with ThreadPoolExecutor(8) as pool:
        won = [one.result() for one in [pool.submit(work) for work in [keep, finish] * 4]]

    assert won.count(True) == 1


def test_what_failed_is_tried_again_later(store, closing, clock):
    clock.advance(WAITING)
    with store.transaction() as tx:
        closings.postpone(tx, closing.id, 3600)
        assert closings.due(tx.connection, tx.now) == []
        assert closings.due(tx.connection, tx.now + 3600) == [closing.id]
