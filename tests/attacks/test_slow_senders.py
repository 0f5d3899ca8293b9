"""Whoever announces a body and does not send it keeps nobody else from being answered."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from idp.cli.workers import MOST_AT_THE_DOOR
from idp.foundation.clock import monotonic, pause
from tests.serving import Server, serving

pytestmark = pytest.mark.slow
ADDRESSES = ("/oidc/token", "/signin/AAAAAAAAAAAAAAAAAAAAAA/authenticate", "/nowhere")
BODY = b"grant_type=client_credentials"
PATIENCE = 10
"""Seconds. A slow sender of these never sends the rest, so that who waits for one waits longer than any patience."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory, furnished) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("slow")
    url = furnished.copy(request.param, folder)
    with serving(folder, url, upgraded=True) as running:
        yield running


@contextmanager
def slow_senders(server: Server, path: str, count: int, header: str) -> Iterator[list[socket.socket]]:
    """So many that sent their headers, and nothing since."""
    with ExitStack() as open_ones:
        found = [open_ones.enter_context(slow_sender(server, path, header)) for _ in range(count)]
        pause(0.3)
        yield found


def slow_sender(server: Server, path: str, header: str) -> socket.socket:
    sender = socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])))
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    sender.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{form}{header}\r\n\r\n".encode())
    return sender


@pytest.fixture(scope="module")
def visitor() -> Iterator[requests.Session]:
    """Comes again once where nobody answers: the server may leave what comes alone lying until the next one comes.

    (Its pool makes a thread when more wait than are idle, and one that has just taken something still counts as idle.)
    """
    with requests.Session() as found:
        found.mount(
            "http://", HTTPAdapter(max_retries=Retry(total=1, allowed_methods=None, respect_retry_after_header=False))
        )
        yield found


def asked(server: Server, visitor: requests.Session) -> requests.Response:
    return visitor.post(f"{server.url}/oidc/token", data={"grant_type": "nothing"}, timeout=PATIENCE)


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("header", [f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"])
def test_more_slow_senders_than_places_keep_nobody_waiting(server, visitor, path, header):
    with slow_senders(server, path, 8, header):
        assert visitor.get(f"{server.url}/health/ready", timeout=PATIENCE).ok
        assert visitor.post(
            f"{server.url}/oidc/token", data={"grant_type": "nothing"}, timeout=PATIENCE
        ).status_code in {
            400,
            401,
        }


def test_where_too_many_wait_one_more_is_asked_to_come_again_and_readers_are_served(server, visitor):
    header = f"Content-Length: {len(BODY)}"
    with slow_senders(server, "/oidc/token", MOST_AT_THE_DOOR, header) as senders, ExitStack() as late:
        for _ in range(MOST_AT_THE_DOOR // 8):  # Those of the test before may have been leaving, and kept some out.
            if (turned_away := asked(server, visitor)).status_code == 503:
                break
            pause(0.1)
            late.enter_context(slow_sender(server, "/oidc/token", header))
        assert (turned_away.status_code, turned_away.headers["Retry-After"]) == (503, "5")
        assert visitor.get(f"{server.url}/health/ready", timeout=PATIENCE).ok
        senders[0].sendall(BODY)  # Whoever sends the rest is answered as if nothing had been.
        assert senders[0].recv(12) in {b"HTTP/1.1 400", b"HTTP/1.1 401"}

    until = monotonic() + PATIENCE
    while (answer := asked(server, visitor)).status_code == 503 and monotonic() < until:
        pause(0.1)  # Those who left may hold their places a moment longer.
    assert answer.status_code in {400, 401}


def test_a_body_of_unknown_length_is_as_good_as_any_other(server, visitor):
    def in_pieces() -> Iterator[bytes]:
        yield b"grant_type="
        yield b"nothing"

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    plain = visitor.post(f"{server.url}/oidc/token", data="grant_type=nothing", headers=form, timeout=PATIENCE)
    pieces = visitor.post(f"{server.url}/oidc/token", data=in_pieces(), headers=form, timeout=PATIENCE)

    told, also_told = (json.loads(answer.text) for answer in (plain, pieces))
    assert (pieces.status_code, also_told["error"]) == (plain.status_code, told["error"])
    assert told["error"] in {"unsupported_grant_type", "invalid_client"}
