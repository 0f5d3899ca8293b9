import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.foundation.names import Names


class NameServer:
    """In place of the system's resolver: a name that begins with `silent` is answered when the test lets it be."""

    def __init__(self):
        self.asked = []
        self.answer = threading.Event()

    def __call__(self, host, port, **_):
        self.asked.append(host)
        if host.startswith("silent"):
            self.answer.wait(10)
        if host.startswith("unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("9.9.9.9", "9.9.9.9")]


@pytest.fixture
def server(monkeypatch):
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server)
    yield server
    server.answer.set()


def test_each_address_comes_once(server):
    assert Names().addresses("id.example", 443, 5) == ("9.9.9.9",)


def test_a_name_that_is_not_there_is_an_error_at_once(server):
    with pytest.raises(socket.gaierror):
        Names().addresses("unknown.example", 443, 5)


def test_a_name_whose_servers_are_silent_is_given_up_in_time_and_holds_one_place_however_often_it_is_asked_for(server):
    names = Names(2)
    for _ in range(4):
        with pytest.raises(TimeoutError):
            names.addresses("silent.example", 443, 0.05)

    assert names.addresses("id.example", 443, 5) == ("9.9.9.9",)
    assert server.asked == ["silent.example", "id.example"]


def test_only_so_many_names_are_looked_up_at_once_and_the_next_waits_for_a_place(server):
    names = Names(2)
    with ThreadPoolExecutor(3) as callers:
        silent = [callers.submit(names.addresses, f"silent-{n}.example", 443, 10) for n in range(2)]
        while len(server.asked) < 2:
            pass
        with pytest.raises(TimeoutError):
            names.addresses("id.example", 443, 0.05)
        waiting = callers.submit(names.addresses, "id.example", 443, 10)
        server.answer.set()

        assert [one.result() for one in (*silent, waiting)] == [("9.9.9.9",)] * 3


def test_no_thread_is_left_when_nothing_is_looked_up(server):
    before = {*threading.enumerate()}  # One of an earlier test may be leaving.
    names = Names()
    names.addresses("id.example", 443, 5)
    for thread in threading.enumerate():
        if thread.name == "names":
            thread.join(5)

    assert {*threading.enumerate()} <= before
