"""Receivers that take a connection and never answer: whom they keep waiting."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from idp.foundation import outbound
from idp.foundation.courier import MOST, PLACES, Courier
from idp.foundation.outbound import OutboundClient
from idp.foundation.outbox import RETRY_AFTER, Job
from idp.foundation.receivers import MOST_KNOWN, Receivers, Standing

AT_ONCE = 10
"""Seconds, on a busy machine; whoever waits for a silent server waits for more than twice as long."""
TOTAL_SECONDS = 30


@pytest.fixture(autouse=True)
def patient_callers(monkeypatch):
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", TOTAL_SECONDS)


class Silent:
    """A server that takes every connection, and says nothing to anybody until it goes away."""

    def __init__(self):
        self._lines = []
        self._more = threading.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self):
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            with self._more:
                self._lines.append(line)
                self._more.notify_all()

    def has_taken(self, count):
        with self._more:
            return self._more.wait_for(lambda: len(self._lines) >= count, AT_ONCE)

    @property
    def taken(self):
        return len(self._lines)

    def close(self):
        """Hang up, so that whoever waits need not wait any longer."""
        with suppress(OSError):  # It was closed before.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for line in self._lines:
            line.close()


@pytest.fixture
def silent():
    server = Silent()
    yield server
    server.close()


@pytest.fixture
def healthy():
    """A service that takes what it is sent: its port, and the paths so far."""
    heard = []

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Nothing on the test's own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port, heard
    server.shutdown()
    thread.join()
    server.server_close()


def calling(store):
    """A courier that posts to the port which a job names."""
    client = OutboundClient(frozenset({"127.0.0.1"}))
    deliver = {"call": lambda payload: client.post_form(f"http://127.0.0.1:{payload['port']}/{payload['n']}", {})}
    return Courier(store, deliver, pause=0.05)


@contextmanager
def working(courier):
    thread = threading.Thread(target=courier.run)
    thread.start()
    try:
        yield
    finally:
        courier.stop()
        thread.join(TOTAL_SECONDS * 2)
        assert not thread.is_alive()


def queue(store, port, *names):
    with store.transaction() as tx:
        for name in names:
            tx.send(Job("call", {"port": port, "n": name}, about=name))


def comes_true(condition):
    until = time.monotonic() + AT_ONCE
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def many(count):
    return [f"dead-{number}" for number in range(count)]


def test_a_notice_arrives_at_once_while_a_dozen_services_hang(store, silent, healthy):
    port, heard = healthy
    queue(store, silent.port, *many(12))
    with working(calling(store)):
        assert silent.has_taken(12), "silent services wait for one another"
        queue(store, port, "well")
        assert comes_true(lambda: heard == ["/well"])
        silent.close()


def test_more_dead_services_than_places_do_not_delay_one_that_is_known_to_be_well(store, silent, healthy):
    port, heard = healthy
    with working(calling(store)):
        queue(store, port, "well")
        assert comes_true(lambda: len(heard) == 1)
        queue(store, silent.port, *many(MOST + 12))
        assert silent.has_taken(PLACES[Standing.STRANGER])
        queue(store, port, "well")
        assert comes_true(lambda: len(heard) == 2)
        assert silent.taken == PLACES[Standing.STRANGER]
        silent.close()


def test_retries_of_more_dead_services_than_places_do_not_delay_a_fresh_notice(store, clock, silent, healthy):
    """The courier that meets them is new, as after a restart: it knows nobody."""
    port, heard = healthy
    queue(store, 1, *many(MOST + 12))  # Nobody listens there, so that nobody waits for the first try.
    assert calling(store).round() == MOST + 12
    clock.advance(RETRY_AFTER[0])
    calls = {"call": lambda payload: OutboundClient(frozenset({"127.0.0.1"})).post_form(address(payload), {})}

    def address(payload):
        return f"http://127.0.0.1:{silent.port if payload['port'] == 1 else payload['port']}/{payload['n']}"

    with working(Courier(store, calls, pause=0.05)):
        assert silent.has_taken(PLACES[Standing.AILING])
        queue(store, port, "well")
        assert comes_true(lambda: heard == ["/well"])
        assert silent.taken == PLACES[Standing.AILING]
        silent.close()


def test_whoever_failed_waits_with_the_others_that_failed_and_gets_its_turn(store, clock):
    served, gone = [], threading.Event()

    def call(payload):
        if payload["n"].startswith("dead"):
            gone.wait(AT_ONCE)
            raise TimeoutError
        served.append(payload["n"])

    names = [*many(PLACES[Standing.AILING] * 2), "back"]
    queue(store, 1, *names)
    failing = Courier(store, {"call": lambda _: 1 / 0})
    assert failing.round() == len(names)
    clock.advance(RETRY_AFTER[0])
    with working(Courier(store, {"call": call}, pause=0.05)):
        gone.set()
        assert comes_true(lambda: served == ["back"])


def test_a_receiver_has_one_job_in_hand_at_a_time_in_the_order_in_which_they_were_due(store, clock):
    inside, most, served = [], [], []

    def call(payload):
        inside.append(payload["n"])
        most.append(len(inside))
        time.sleep(0.01)
        inside.remove(payload["n"])
        served.append(payload["n"])

    for number in range(5):
        with store.transaction() as tx:
            tx.send(Job("call", {"n": number}, about="service"))
        clock.advance(1)
    assert Courier(store, {"call": call}).round() == 5
    assert (served, max(most)) == ([0, 1, 2, 3, 4], 1)


def test_a_silent_gateway_for_text_messages_does_not_delay_mail(store):
    mailed, answer = threading.Event(), threading.Event()

    def deliver(payload):
        if payload["channel"] == "sms":
            answer.wait(AT_ONCE * 2)
        else:
            mailed.set()

    with store.transaction() as tx:
        for channel in ("sms", "email"):
            tx.send(Job("message", {"channel": channel}, about=channel))
    with working(Courier(store, {"message": deliver}, pause=0.05, shared={"message"})):
        assert mailed.wait(AT_ONCE)
        answer.set()


def test_a_letter_that_is_not_taken_does_not_hold_up_the_next(store):
    def deliver(payload):
        if payload["n"] == 0:
            raise ConnectionError

    with store.transaction() as tx:
        for number in range(3):
            tx.send(Job("message", {"n": number}, about="email"))
    assert Courier(store, {"message": deliver}, shared={"message"}).round() == 3


def test_a_courier_that_stops_finishes_what_is_in_hand_and_begins_nothing(store):
    begun, go_on, ended = threading.Event(), threading.Event(), []

    def call(payload):
        begun.set()
        go_on.wait(AT_ONCE * 2)
        ended.append(payload["n"])

    def stop():
        """In the courier's own thread, which claims nothing at this moment."""
        if begun.is_set() and not go_on.is_set():
            courier.stop()
            queue(store, 1, "second")
            go_on.set()

    courier = Courier(store, {"call": call}, chores=(stop,), pause=0.05)
    thread = threading.Thread(target=courier.run)
    thread.start()
    queue(store, 1, "first")
    thread.join(AT_ONCE)

    assert (thread.is_alive(), ended) == (False, ["first"])
    assert Courier(store, {"call": call}).round() == 1
    assert ended == ["first", "second"]


def test_nobody_waits_in_a_thread_while_there_is_nothing_to_deliver(store):
    before = {*threading.enumerate()}  # One of an earlier test may be leaving.
    delivered = threading.Event()
    with working(Courier(store, {"call": lambda _: delivered.set()}, pause=0.05)):
        assert comes_true(lambda: len({*threading.enumerate()} - before) == 1)
        queue(store, 1, "any")
        assert delivered.wait(AT_ONCE)
        assert comes_true(lambda: len({*threading.enumerate()} - before) == 1)


def test_only_so_many_receivers_are_remembered():
    receivers = Receivers()
    for number in range(MOST_KNOWN + 1):
        receivers.delivered(f"well-{number}")
        receivers.failed(f"ailing-{number}", 0)

    assert (len(receivers.well), len(receivers.ailing)) == (MOST_KNOWN, MOST_KNOWN)
    assert receivers.standing("well-0", tried=False) is Standing.STRANGER
    assert receivers.standing("well-1", tried=True) is Standing.WELL
    assert receivers.standing("ailing-1", tried=False) is Standing.AILING
