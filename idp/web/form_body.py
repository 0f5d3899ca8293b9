"""The body of a form, read strictly: of a limited size, and what is no UTF-8 shows as the replacement character.

Werkzeug would read any length of `application/x-www-form-urlencoded`, and write octets that are no UTF-8 as though
somebody had typed %FF.
"""

from typing import IO
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

URLENCODED = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000

Parsed = tuple[IO[bytes], "MultiDict[str, str]", "MultiDict[str, FileStorage]"]


class StrictParser(FormDataParser):
    """See above. Forms with files are Werkzeug's."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Parsed:
        """(stream, fields, files). Raises RequestEntityTooLarge."""
        if mimetype != URLENCODED:
            return super().parse(stream, mimetype, content_length, options)
        if self._is_too_long(content_length or 0):  # Before anything is read.
            raise RequestEntityTooLarge
        body = stream.read()
        if self._is_too_long(len(body)):
            raise RequestEntityTooLarge
        return stream, self.cls(_fields(body)), self.cls()

    def _is_too_long(self, length: int) -> bool:
        return self.max_form_memory_size is not None and length > self.max_form_memory_size


class StrictRequest(Request):
    """A request whose forms are read by `StrictParser`."""

    form_data_parser_class = StrictParser


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("utf-8", "replace")
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise RequestEntityTooLarge from None
