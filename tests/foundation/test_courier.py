import threading

import pytest
from sqlalchemy import select

from idp.foundation.courier import Courier
from idp.foundation.outbox import KEPT_SECONDS, LEASE_SECONDS, RETRY_AFTER, Job, deliveries, outbox
from idp.foundation.refusal import Refusal


class Receiver:
    """Keeps what was delivered, and fails while it is told to."""

    def __init__(self):
        self.received = []
        self.failure = None

    def __call__(self, payload):
        self.received.append(payload)
        if self.failure:
            raise self.failure


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def courier(store, receiver):
    return Courier(store, {"letter": receiver})


def queue(store, *payloads, kind="letter"):
    with store.transaction() as tx:
        for payload in payloads:
            tx.send(Job(kind, payload))


def jobs(store):
    with store.reading() as connection:
        return connection.execute(select(outbox).order_by(outbox.c.id)).mappings().all()


def test_a_job_is_delivered_once(store, courier, receiver):
    queue(store, {"to": "ann"})

    assert (courier.round(), courier.round()) == (1, 0)
    assert receiver.received == [{"to": "ann"}]


def test_a_delivered_job_keeps_nothing_of_its_payload(store, courier):
    queue(store, {"to": "ann"})
    courier.round()

    (job,) = jobs(store)
    assert (job["payload"], job["due_at"], job["last_error"]) == ("{}", None, None)


def test_what_became_of_a_job_is_known_after_its_payload_is_gone(store, clock, courier, receiver):
    with store.transaction() as tx:
        tx.send(Job("letter", {"to": "ann"}, about="revenue"))
    receiver.failure = RuntimeError("away")
    courier.round()
    with store.reading() as connection:
        waiting = deliveries(connection, "letter", "revenue")[0]
    receiver.failure = None
    clock.advance(60)
    courier.round()

    with store.reading() as connection:
        (delivered,) = deliveries(connection, "letter", "revenue")
        assert deliveries(connection, "letter", "registry") == []
    assert (waiting.state, waiting.attempts, waiting.last_error) == ("waiting", 1, "RuntimeError")
    assert (delivered.state, delivered.attempts, delivered.ended_at) == ("delivered", 2, clock.now)


def test_a_failed_job_is_tried_again_later_and_later(store, clock, courier, receiver):
    receiver.failure = ConnectionError()
    queue(store, {})
    for wait in RETRY_AFTER:
        assert courier.round() == 1
        clock.advance(wait - 1)
        assert courier.round() == 0
        clock.advance(1)
    receiver.failure = None

    assert courier.round() == 1
    assert len(receiver.received) == len(RETRY_AFTER) + 1


def test_a_job_that_never_succeeds_is_given_up_and_says_why(store, clock, courier, receiver):
    receiver.failure = Refusal("outbound.unreachable", "nobody listens")
    queue(store, {})
    for wait in (*RETRY_AFTER, 10**6):
        courier.round()
        clock.advance(wait)

    (job,) = jobs(store)
    assert (job["due_at"], job["last_error"]) == (None, "outbound.unreachable: nobody listens")
    assert courier.round() == 0


def test_the_text_of_an_unexpected_error_is_not_kept(store, courier, receiver):
    receiver.failure = ValueError("ann@example.org")
    queue(store, {})
    courier.round()

    assert jobs(store)[0]["last_error"] == "ValueError"


def test_one_dead_receiver_delays_nobody(store, receiver):
    delivered = []
    receiver.failure = ConnectionError()
    queue(store, {"n": 1})
    queue(store, {"n": 2}, kind="call")
    Courier(store, {"letter": receiver, "call": delivered.append}).round()

    assert delivered == [{"n": 2}]


def test_a_receiver_that_hangs_costs_its_time_once_and_not_for_each_of_its_jobs(store, clock):
    tried = []

    def call(payload):
        tried.append(payload["to"])
        if payload["to"] == "dead":
            raise TimeoutError

    with store.transaction() as tx:
        for to in [*["dead"] * 20, "well"]:
            tx.send(Job("call", {"to": to}, about=to))
    courier = Courier(store, {"call": call})
    courier.round()
    assert sorted(tried) == ["dead", "well"]

    clock.advance(RETRY_AFTER[0])
    courier.round()
    assert sorted(tried) == ["dead", "dead", "well"]


def test_a_receiver_that_is_back_gets_all_that_waited_for_it(store, clock, courier, receiver):
    receiver.failure = TimeoutError()
    with store.transaction() as tx:
        for number in range(5):
            tx.send(Job("letter", {"n": number}, about="service"))
    courier.round()
    receiver.failure = None
    clock.advance(RETRY_AFTER[0])

    assert courier.round() == 5
    assert courier.round() == 0


def test_a_job_whose_courier_died_is_taken_up_when_its_lease_ends(store, clock, receiver):
    class Killed(BaseException):
        pass

    receiver.failure = Killed()
    queue(store, {"to": "ann"})
    with pytest.raises(Killed):
        Courier(store, {"letter": receiver}).round()
    receiver.failure = None
    other = Courier(store, {"letter": receiver})

    assert other.round() == 0
    clock.advance(LEASE_SECONDS)
    assert other.round() == 1


def test_couriers_of_several_nodes_share_the_work_and_repeat_none(store):
    delivered = []
    queue(store, *({"n": n} for n in range(20)))
    threads = [threading.Thread(target=Courier(store, {"letter": delivered.append}).round) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(payload["n"] for payload in delivered) == list(range(20))


def test_what_ended_is_swept_after_a_while(store, clock, courier):
    queue(store, {"n": 1})
    courier.round()
    clock.advance(KEPT_SECONDS + 1)
    queue(store, {"n": 2})
    courier.round()

    assert len(jobs(store)) == 1


def test_chores_are_done_each_round(store):
    done = []
    Courier(store, {}, (lambda: done.append(1),)).round()

    assert done == [1]


def test_a_running_courier_delivers_at_once_and_survives_a_failing_round(store):
    delivered, failures = threading.Event(), iter([RuntimeError()])

    def fail_once():
        for failure in failures:
            raise failure

    courier = Courier(store, {"letter": lambda _: delivered.set()}, (fail_once,), pause=0.01)
    thread = threading.Thread(target=courier.run)
    thread.start()
    queue(store, {})

    assert delivered.wait(5)
    courier.stop()
    thread.join(5)
    assert not thread.is_alive()
