"""The one client for HTTP requests that this provider makes.

It calls public addresses and what the operator allowed, connects to the address that was checked, follows no
redirect, reads no proxy from the environment, and stops reading at a size and at a time.
"""

import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from threading import Event, Lock, Timer
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from idp.foundation.clock import monotonic
from idp.foundation.destination import Destination, resolve
from idp.foundation.refusal import Refusal

Aside = Callable[[], AbstractContextManager[None]]

CONNECT_SECONDS = 3
TOTAL_SECONDS = 5
MOST_ADDRESSES = 3
LARGEST_ANSWER = 64 * 1024
OK = 200

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age="?(\d{1,9})', re.IGNORECASE)
_NEVER = re.compile(r"(?:^|[,\s])no-(?:store|cache)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document. `max_age` are the seconds for which its server says it may be kept, if it says (RFC 9111)."""

    body: bytes
    max_age: int | None


class OutboundClient:
    """Every method raises Refusal("outbound.…"); what an answer means is the caller's business."""

    def __init__(self, allow: frozenset[str], trust: ssl.SSLContext | None = None, aside: Aside = nullcontext) -> None:
        """`allow` lists hosts or host:port that need not be public; `trust` replaces the system's authorities.

        `aside` is entered while the network is waited for: whoever asks must hold no lock and no connection.
        """
        self._allow = allow
        self._trust = trust
        self.aside = aside

    def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        """Send a form (application/x-www-form-urlencoded); returns the status."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", url, headers, urlencode(fields).encode()).status

    def post_json(self, url: str, document: Mapping[str, str], token: str = "") -> int:
        """Send a JSON object, with a bearer token (RFC 6750 section 2.1) if there is one; returns the status."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        return self._ask("POST", url, headers, json.dumps(document).encode()).status

    def get(self, url: str, accept: str = "application/json") -> Fetched:
        """Fetch a document, as octets that nobody has read yet. Raises Refusal("outbound.not_there") without a 200."""
        answer = self._ask("GET", url, {"Accept": accept})
        if answer.status != OK:
            raise Refusal("outbound.not_there", f"the answer has status {answer.status}")
        return Fetched(answer.body, _max_age(answer.cache_control))

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> "_Answer":
        with self.aside():
            until = monotonic() + TOTAL_SECONDS
            destination = resolve(url, self._allow, TOTAL_SECONDS)
            return self._answer_of(destination, until, method, headers, body)

    def _answer_of(
        self, destination: Destination, until: float, method: str, headers: Mapping[str, str], body: bytes | None
    ) -> "_Answer":
        with _deadline(until) as scissors:
            connection = self._connect(destination, scissors)
            try:
                sent = {"Host": destination.authority, "User-Agent": "Tessera", **headers}
                connection.timeout = TOTAL_SECONDS
                connection.request(method, destination.target, body, sent, preload_content=False, decode_content=False)
                with closing(connection.getresponse()) as answer:
                    return _read(answer)
            except (HTTPError, HTTPException, OSError) as error:
                raise Refusal("outbound.failed", f"{destination.host}: {type(error).__name__}") from error
            finally:
                connection.close()

    def _connect(self, destination: Destination, scissors: "_Scissors") -> HTTPConnection:
        failures = []
        for address in destination.addresses[:MOST_ADDRESSES]:
            if scissors.is_late:
                break
            connection = self._connection(destination, address, scissors)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failures.append(type(error).__name__)
            else:
                return connection
        raise Refusal("outbound.unreachable", f"{destination.host}: {', '.join(failures)}")

    def _connection(self, destination: Destination, address: str, scissors: "_Scissors") -> HTTPConnection:
        patience = min(CONNECT_SECONDS, scissors.left)  # Before it is made there is no line that could be cut.
        if destination.scheme == "http":
            plain = _Plain(address, destination.port, timeout=patience)
            plain.scissors = scissors
            return plain
        secure = _Secure(
            address,
            destination.port,
            timeout=patience,
            server_hostname=destination.host,
            ssl_context=self._trust or _of_the_system(),
        )
        secure.scissors = scissors
        return secure


@cache
def _of_the_system() -> ssl.SSLContext:
    """Read when it is first needed: it takes longer than most commands, which call nobody."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    cache_control: str
    body: bytes


def _read(answer: BaseHTTPResponse) -> _Answer:
    body = answer.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise Refusal("outbound.too_large", f"the answer is larger than {LARGEST_ANSWER} bytes")
    return _Answer(answer.status, answer.headers.get("Cache-Control", ""), body)


def _max_age(cache_control: str) -> int | None:
    """RFC 9111 section 5.2.2."""
    if _NEVER.search(cache_control):
        return 0
    said = _MAX_AGE.search(cache_control)
    return int(said[1]) if said else None


class _Scissors:
    """Cuts every line it was shown, and whichever it is shown afterwards."""

    def __init__(self, until: float) -> None:
        self.used = Event()
        self._until = until
        self._lines: list[socket.socket] = []
        self._lock = Lock()

    @property
    def left(self) -> float:
        """Seconds until the cut; a little at least, for to a socket none means never to wait."""
        return max(0.001, self._until - monotonic())

    @property
    def is_late(self) -> bool:
        """Whether time is up, cut or not."""
        return self.used.is_set() or monotonic() >= self._until

    def show(self, line: socket.socket) -> None:
        """A second handle of the line is kept: a TLS handshake takes the first one out of everybody's reach."""
        with self._lock:
            self._lines.append(line.dup())
        if self.used.is_set():
            self.cut()

    def cut(self) -> None:
        self.used.set()
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)

    def put_away(self) -> None:
        with self._lock:
            while self._lines:
                self._lines.pop().close()


class _Plain(HTTPConnection):
    scissors: _Scissors

    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        self.scissors.show(line)
        return line


class _Secure(HTTPSConnection):
    scissors: _Scissors

    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        self.scissors.show(line)
        return line


@contextmanager
def _deadline(until: float) -> Iterator[_Scissors]:
    """Cut the line when time is up, because a socket's own time-out begins anew with every byte that drips in."""
    scissors = _Scissors(until)
    timer = Timer(scissors.left, scissors.cut)
    timer.start()
    try:
        yield scissors
    finally:
        timer.cancel()
        scissors.put_away()
        if scissors.is_late:  # What was read until then may look like a whole answer.
            raise Refusal("outbound.timed_out", f"no whole answer within {TOTAL_SECONDS} s")
