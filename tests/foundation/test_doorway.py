"""A request comes in when it is whole."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from idp.foundation.clock import pause
from idp.foundation.doorway import IN_MEMORY, Doorway

LARGEST = 2 * IN_MEMORY


class Slow:
    """A body whose second half does not come before somebody lets it."""

    def __init__(self, body: bytes) -> None:
        self._body, self._half, self.go = BytesIO(body), len(body) // 2, threading.Event()

    def read(self, size: int) -> bytes:
        if self._body.tell():
            assert self.go.wait(10)
        return self._body.read(min(size, self._half))


def app(environ, start_response):
    start_response("200 OK", [])
    length = int(environ["CONTENT_LENGTH"]) if "CONTENT_LENGTH" in environ else None
    return [b"none" if length is None else environ["wsgi.input"].read(length)]


def ask(doorway, body, **environ):
    said: list[str] = []
    answer = doorway({"wsgi.input": body, **environ}, lambda status, _headers: said.append(status))
    return said[0], b"".join(answer)


def test_what_comes_in_pieces_is_whole_inside():
    body = Slow(b"twelve octet")
    body.go.set()
    assert ask(Doorway(app, 1, LARGEST), body, CONTENT_LENGTH="12") == ("200 OK", b"twelve octet")


def test_a_large_body_is_whole_too():
    large = bytes(range(256)) * (LARGEST // 256)
    assert ask(Doorway(app, 1, LARGEST), BytesIO(large), CONTENT_LENGTH=str(LARGEST)) == ("200 OK", large)


def test_a_body_of_unknown_length_gets_one():
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert ask(Doorway(app, 1, LARGEST), BytesIO(b"some"), **chunked) == ("200 OK", b"some")


def test_half_a_body_is_not_taken_for_a_whole_one():
    status, text = ask(Doorway(app, 1, LARGEST), BytesIO(b"decision=app"), CONTENT_LENGTH="16")
    assert (status, b"Send it again" in text) == ("400 Bad Request", True)


def test_what_is_too_large_is_not_waited_for():
    untouched = BytesIO(b"never read")
    doorway = Doorway(lambda environ, _start: [environ["CONTENT_LENGTH"].encode()], 1, LARGEST)
    assert list(doorway({"wsgi.input": untouched, "CONTENT_LENGTH": str(LARGEST + 1)}, None)) == [
        str(LARGEST + 1).encode()
    ]
    assert untouched.tell() == 0


def test_one_more_than_may_wait_is_asked_to_come_again():
    doorway, slow = Doorway(app, 1, LARGEST), Slow(b"slow")
    with ThreadPoolExecutor(1) as visitors:
        first = visitors.submit(ask, doorway, slow, CONTENT_LENGTH="4")
        while not doorway.waiting:
            pause(0.001)
        assert ask(doorway, BytesIO(b"more"), CONTENT_LENGTH="4")[0] == "503 Service Unavailable"
        assert ask(doorway, BytesIO(b"")) == ("200 OK", b"none")
        slow.go.set()
        assert first.result() == ("200 OK", b"slow")

    assert ask(doorway, BytesIO(b"more"), CONTENT_LENGTH="4") == ("200 OK", b"more")
