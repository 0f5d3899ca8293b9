"""The one client for HTTP requests that this provider makes.

It calls public addresses and what the operator allowed, connects to the address that was checked, follows no
redirect, reads no proxy from the environment, and stops reading at a size and at a time.
"""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from threading import Event, Timer
from urllib.parse import urlencode

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from idp.foundation.destination import Destination, resolve
from idp.foundation.refusal import Refusal

CONNECT_SECONDS = 3
TOTAL_SECONDS = 5
MOST_ADDRESSES = 3
LARGEST_ANSWER = 64 * 1024
OK = 200


class OutboundClient:
    """Every method raises Refusal("outbound.…"); what an answer means is the caller's business."""

    def __init__(self, allow: frozenset[str], trust: ssl.SSLContext | None = None) -> None:
        """`allow` lists hosts or host:port that need not be public; `trust` replaces the system's authorities."""
        self._allow = allow
        self._trust = trust or ssl.create_default_context()

    def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        """Send a form (application/x-www-form-urlencoded); returns the status."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self._ask("POST", url, headers, urlencode(fields).encode())
        return status

    def post_json(self, url: str, document: Mapping[str, str], token: str = "") -> int:
        """Send a JSON object, with a bearer token (RFC 6750 section 2.1) if there is one; returns the status."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        status, _ = self._ask("POST", url, headers, json.dumps(document).encode())
        return status

    def get_json(self, url: str) -> dict[str, object]:
        """Fetch a JSON object. Raises Refusal("outbound.not_json") for anything else, another status included."""
        status, body = self._ask("GET", url, {"Accept": "application/json"})
        try:
            document = json.loads(body) if status == OK else None
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise Refusal("outbound.not_json", f"the answer is no JSON object (status {status})")
        return document

    def get_text(self, url: str) -> str:
        """Fetch a text in UTF-8. Raises Refusal("outbound.no_text") for anything else, another status included."""
        status, body = self._ask("GET", url, {"Accept": "*/*"})
        try:
            text = body.decode() if status == OK else None
        except ValueError:
            text = None
        if text is None:
            raise Refusal("outbound.no_text", f"the answer is no text (status {status})")
        return text

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
        destination = resolve(url, self._allow)
        connection = self._connect(destination)
        try:
            with _deadline(connection):
                sent = {"Host": destination.authority, "User-Agent": "Tessera", **headers}
                connection.request(method, destination.target, body, sent, preload_content=False, decode_content=False)
                answer = connection.getresponse()
                return answer.status, _read(answer)
        except (HTTPError, HTTPException, OSError) as error:
            raise Refusal("outbound.failed", f"{destination.host}: {type(error).__name__}") from error
        finally:
            connection.close()

    def _connect(self, destination: Destination) -> HTTPConnection:
        failures = []
        for address in destination.addresses[:MOST_ADDRESSES]:
            connection = self._connection(destination, address)
            try:
                connection.connect()
            except (HTTPError, OSError) as error:
                connection.close()
                failures.append(type(error).__name__)
            else:
                return connection
        raise Refusal("outbound.unreachable", f"{destination.host}: {', '.join(failures)}")

    def _connection(self, destination: Destination, address: str) -> HTTPConnection:
        if destination.scheme == "http":
            return HTTPConnection(address, destination.port, timeout=CONNECT_SECONDS)
        return HTTPSConnection(
            address,
            destination.port,
            timeout=CONNECT_SECONDS,
            server_hostname=destination.host,
            ssl_context=self._trust,
        )


def _read(answer: BaseHTTPResponse) -> bytes:
    body = answer.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise Refusal("outbound.too_large", f"the answer is larger than {LARGEST_ANSWER} bytes")
    return body


@contextmanager
def _deadline(connection: HTTPConnection) -> Iterator[None]:
    """Cut the line when time is up, because a socket's own time-out begins anew with every byte that drips in."""
    line, late = connection.sock, Event()
    connection.timeout = TOTAL_SECONDS

    def cut() -> None:
        late.set()
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = Timer(TOTAL_SECONDS, cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():  # What was read until then may look like a whole answer.
            raise Refusal("outbound.timed_out", f"no whole answer within {TOTAL_SECONDS} s")
