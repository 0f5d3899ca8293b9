"""JSON answers that nobody may keep (RFC 6749 section 5.1)."""

import json
from collections.abc import Mapping

from flask import Response

_ENCODE = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def json_answer(status: int, body: Mapping[str, object]) -> Response:
    """The response; Cache-Control is no-store as for everything else that headers.py does not know to be public."""
    return Response(_ENCODE(body), status, mimetype="application/json")
