"""A body that nobody read is read to its end after the answer is made.

A web server closes a connection on which octets are left, and the next request on it is lost.
"""

from flask import Flask, Response, request

LARGEST = 64 * 1024
"""A form. Of more than that the rest is not worth waiting for."""


def init(app: Flask) -> None:
    """Leave every connection of `app` fit for the next request."""

    def finish(response: Response) -> Response:
        if 0 < (request.content_length or 0) <= LARGEST:
            request.stream.read()
        return response

    app.after_request(finish)
