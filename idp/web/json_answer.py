"""JSON answers that nobody may keep (RFC 6749 section 5.1)."""

from collections.abc import Mapping

import orjson
from flask import Response


def json_answer(status: int, body: Mapping[str, object]) -> Response:
    """The response; Cache-Control is no-store as for everything else that headers.py does not know to be public."""
    return Response(orjson.dumps(body), status, mimetype="application/json")
