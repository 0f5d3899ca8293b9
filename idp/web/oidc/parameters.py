"""Parameters of requests: decoded pairs, read strictly."""

from urllib.parse import parse_qsl

from flask import request

from idp.protocol.errors import INVALID_REQUEST, OAuthError
from idp.protocol.parameters import LARGEST_REQUEST, MOST_PARAMETERS, single

LARGEST_BODY = 4 * LARGEST_REQUEST
"""Percent-encoding makes a body up to three times as long as what it says."""


def query_or_form() -> dict[str, str]:
    """The parameters of a page that programs and people may both open. Raises OAuthError(invalid_request)."""
    if len(request.query_string) > LARGEST_BODY or (request.content_length or 0) > LARGEST_BODY:
        raise OAuthError(INVALID_REQUEST, "The request is too large.")
    pairs = decoded(request.query_string)
    if request.method == "POST":
        pairs += request.form.items(multi=True)
    return single(pairs)


def decoded(octets: bytes) -> list[tuple[str, str]]:
    """The (name, value) pairs of a query or a form. Raises OAuthError(invalid_request) if they are no UTF-8 text."""
    try:
        return parse_qsl(octets.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS + 1)
    except ValueError:
        raise OAuthError(INVALID_REQUEST, "The parameters cannot be read.") from None
