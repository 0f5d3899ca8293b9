"""What every Channel keeps: a message arrives whole, a repeat can be told, and what did not leave is an error."""

import json
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import BinaryIO

import pytest

from idp.foundation.courier import Courier
from idp.foundation.messages import message
from idp.foundation.messages.gateway import GatewayChannel
from idp.foundation.messages.inbox import InboxChannel, latest
from idp.foundation.messages.port import Channel
from idp.foundation.messages.smtp import SmtpChannel
from idp.foundation.outbound import OutboundClient
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box
from tests.fixtures.storage import Clock
from tests.serving import free_port

TEXT = "Your code is 123456.\n\n\N{ARABIC LETTER AIN}\N{ARABIC LETTER REH} 你好\n\n@id.example #123456"
Arrived = tuple[str, str, str]
"""(address, text, reference)"""


@dataclass
class Gateway:
    """A gateway for text messages, over HTTP on loopback."""

    status: int = 202
    asked: list[tuple[str | None, dict[str, str]]] = field(default_factory=list)

    def serve(self) -> ThreadingHTTPServer:
        gateway = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.asked.append((self.headers["Authorization"], body))
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as it is named above)
                """Say nothing."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Desk)


@pytest.fixture
def gateway() -> Iterator[tuple[Gateway, str]]:
    """A running gateway and its address."""
    gateway = Gateway()
    server = gateway.serve()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield gateway, f"http://127.0.0.1:{server.server_port}/send"
    server.shutdown()
    thread.join()
    server.server_close()


class PostOffice:
    """A mail server that takes everything (RFC 5321)."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._socket.accept()
                with line:
                    self._converse(line)

    def _converse(self, line: socket.socket) -> None:
        heard, address = line.makefile("rb"), ""
        line.sendall(b"220 post office\r\n")
        for command in heard:
            verb = command[:4].upper()
            if verb == b"RCPT":
                address = command.decode().partition("<")[2].partition(">")[0]
            if verb == b"DATA":
                line.sendall(b"354 go on\r\n")
                self.letters.append((address, b"".join(_lines(heard))))
            line.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


def _lines(heard: BinaryIO) -> Iterator[bytes]:
    """Until a dot alone; another dot at the beginning was doubled (section 4.5.2)."""
    for line in iter(heard.readline, b".\r\n"):
        yield line.removeprefix(b".").replace(b"\r\n", b"\n")


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.close()


def allowing(url: str) -> OutboundClient:
    return OutboundClient(frozenset({url.split("/")[2]}))


@dataclass(frozen=True)
class Way:
    """A channel, what came out at its other end, and whether that tells a repeat."""

    channel: Channel
    arrived: Callable[[], list[Arrived]]
    tells_repeats: bool = True


def by_gateway(request: pytest.FixtureRequest, _store: Store) -> Way:
    desk, url = request.getfixturevalue("gateway")
    channel = GatewayChannel(allowing(url), url, "", "Tessera")
    return Way(channel, lambda: [(one["to"], one["text"], one["reference"]) for _, one in desk.asked])


def by_mail(request: pytest.FixtureRequest, _store: Store) -> Way:
    office = request.getfixturevalue("post_office")

    def read() -> list[Arrived]:
        letters = [(to, message_from_bytes(raw, policy=policy.default)) for to, raw in office.letters]
        return [(to, one.get_content().rstrip("\n"), one["Message-ID"][1:].split("@")[0]) for to, one in letters]

    return Way(SmtpChannel(f"smtp://127.0.0.1:{office.port}", "Tessera <no-reply@id.example>"), read)


def into_the_inbox(_request: pytest.FixtureRequest, store: Store) -> Way:
    box = Box(b"b" * 32)

    def read() -> list[Arrived]:
        with store.reading() as connection:
            return [(one.address, one.text, "") for one in latest(connection, box)][::-1]

    return Way(InboxChannel(store, box), read, tells_repeats=False)


@pytest.fixture(params=[by_gateway, by_mail, into_the_inbox])
def way(request: pytest.FixtureRequest, store: Store) -> Way:
    way: Way = request.param(request, store)
    return way


def test_a_message_arrives_whole_and_a_repeat_can_be_told(way: Way) -> None:
    for reference in ("one", "one", "two"):
        way.channel.deliver("anna@people.example", "A code", TEXT, reference)
    assert [(to, text) for to, text, _ in way.arrived()] == [("anna@people.example", TEXT)] * 3
    if way.tells_repeats:
        assert [reference for *_, reference in way.arrived()] == ["one", "one", "two"]


@pytest.mark.parametrize("text", ["x", "\u202eevil", "a" * 5000, "line\n.\nline", '"}{<&'])
def test_odd_text_arrives_as_it_is(way: Way, text: str) -> None:
    way.channel.deliver("anna@people.example", "", text, "one")
    assert [one[1] for one in way.arrived()] == [text]


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
def test_what_a_gateway_does_not_take_is_an_error_without_the_number(gateway: tuple[Gateway, str], status: int) -> None:
    desk, url = gateway
    desk.status = status
    with pytest.raises(Refusal) as refused:
        GatewayChannel(allowing(url), url, "", "Tessera").deliver("+306912345678", "", TEXT, "one")
    assert refused.value.code == "messages.gateway"
    assert "6912345678" not in str(refused.value)


def test_a_gateway_is_shown_its_token_and_the_sender(gateway: tuple[Gateway, str]) -> None:
    desk, url = gateway
    GatewayChannel(allowing(url), url, "a-token", "Arcadia").deliver("+306912345678", "ignored", "Hi", "one")
    told = {"to": "+306912345678", "from": "Arcadia", "text": "Hi", "reference": "one"}
    assert desk.asked == [("Bearer a-token", told)]


def test_a_gateway_on_a_private_address_is_called_only_if_that_is_allowed(gateway: tuple[Gateway, str]) -> None:
    desk, url = gateway
    with pytest.raises(Refusal) as refused:
        GatewayChannel(OutboundClient(frozenset()), url, "", "Tessera").deliver("+306912345678", "", TEXT, "one")
    assert (refused.value.code, desk.asked) == ("outbound.address_refused", [])


def test_nobody_at_home_is_an_error() -> None:
    port = free_port()
    with pytest.raises(Refusal):
        url = f"http://127.0.0.1:{port}/"
        GatewayChannel(allowing(url), url, "", "Tessera").deliver("+306912345678", "", TEXT, "one")
    with pytest.raises((OSError, smtplib.SMTPException)):
        SmtpChannel(f"smtp://127.0.0.1:{port}", "no-reply@id.example").deliver("anna@people.example", "", TEXT, "one")


def test_what_a_gateway_did_not_take_is_tried_again_under_the_same_reference(
    gateway: tuple[Gateway, str], store: Store, clock: Clock
) -> None:
    desk, url = gateway
    box = Box(b"b" * 32)
    courier = Courier(
        store, {message.KIND: message.handler({"sms": GatewayChannel(allowing(url), url, "", "Tessera")}, box)}
    )
    with store.transaction() as tx:
        tx.send(message.compose(box, "sms", "+306912345678", "", "Hi"))
    for status, seconds in ((503, 6), (200, 60), (200, 60)):
        desk.status = status
        courier.round()
        clock.advance(seconds)
    first, second = (body for _, body in desk.asked)
    assert first == second
    assert len(first["reference"]) > 10


def test_a_message_whose_channel_was_taken_away_waits_for_another() -> None:
    deliver = message.handler({}, Box(b"b" * 32))
    with pytest.raises(Refusal) as refused:
        deliver(message.compose(Box(b"b" * 32), "sms", "+306912345678", "", "Hi").payload)
    assert refused.value.code == "messages.no_channel"
