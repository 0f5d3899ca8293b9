"""A request is let in when it is whole: whoever sends slowly waits at the door, and holds no place inside.

The server hands a request over when its headers are there. One that announces a body and does not send it would
otherwise hold a worker's only place for as long as it likes, and two of them would hold two workers. A reverse proxy
that collects requests before it forwards them keeps such visitors away altogether.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Application = Callable[[Any, Any], Iterable[bytes]]

AT_A_TIME = 64 * 1024
IN_MEMORY = 512 * 1024
"""Octets of one body; a longer one, of a picture or a document, goes to a file without a name."""
RETRY_AFTER = "5"
BUSY = b"Too many requests are still arriving. Wait five seconds and try again.\n"
CUT_SHORT = b"The request ended before all that it announced was there. Send it again.\n"


class Doorway:
    """Around a WSGI application. At most `most` bodies are waited for at once; who comes then is asked to come again.

    A body of more than `largest` octets is left to the application, which refuses it by its length; one of unknown
    length (RFC 9112 section 7.1) is read up to there.
    """

    def __init__(self, app: Application, most: int, largest: int) -> None:
        self._app = app
        self._most = most
        self._largest = largest
        self._places = [None] * most  # A list gives and takes without a lock.

    @property
    def waiting(self) -> int:
        """How many wait for the rest of a body."""
        return self._most - len(self._places)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        length = self._announced(environ)
        if not length:
            return self._app(environ, start_response)
        try:
            place = self._places.pop()
        except IndexError:
            return _told(start_response, "503 Service Unavailable", BUSY, ("Retry-After", RETRY_AFTER))
        try:
            body, size = _whole(environ["wsgi.input"], length)
        finally:
            self._places.append(place)
        if "HTTP_TRANSFER_ENCODING" not in environ and size < length:  # Half a form must not pass for a whole one.
            body.close()
            return _told(start_response, "400 Bad Request", CUT_SHORT)
        environ["wsgi.input"] = body
        environ["CONTENT_LENGTH"] = str(size)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        with body:
            return self._app(environ, start_response)

    def _announced(self, environ: Any) -> int:
        """How many octets to wait for; none where the application must decide."""
        if "HTTP_TRANSFER_ENCODING" in environ:
            return self._largest + 1
        length = environ.get("CONTENT_LENGTH", "")
        return int(length) if length.isdecimal() and int(length) <= self._largest else 0


def _told(start_response: Any, status: str, text: bytes, *more: tuple[str, str]) -> list[bytes]:
    plain = ("Content-Type", "text/plain; charset=utf-8")
    start_response(status, [plain, ("Content-Length", str(len(text))), ("Cache-Control", "no-store"), *more])
    return [text]


def _whole(source: Any, length: int) -> tuple[IO[bytes], int]:
    """What comes of `length` octets, from its beginning, and how many those are."""
    first = source.read(min(AT_A_TIME, length))
    if len(first) in (0, length):  # Most often.
        return BytesIO(first), len(first)
    body: IO[bytes] = BytesIO() if length <= IN_MEMORY else SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (whoever answers closes it)
    size = body.write(first)
    while size < length and (part := source.read(min(AT_A_TIME, length - size))):
        body.write(part)
        size += len(part)
    body.seek(0)
    return body, size
