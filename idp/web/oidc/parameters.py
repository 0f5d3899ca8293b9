"""Parameters of the pages that programs send people to: decoded pairs, read strictly."""

from flask import request

from idp.protocol.errors import INVALID_REQUEST, OAuthError
from idp.protocol.parameters import LARGEST_REQUEST, single

LARGEST_BODY = 4 * LARGEST_REQUEST
"""Percent-encoding makes a body up to three times as long as what it says."""


def query_or_form() -> dict[str, str]:
    """The parameters of a page that programs and people may both open. Raises OAuthError(invalid_request)."""
    if len(request.query_string) > LARGEST_BODY or (request.content_length or 0) > LARGEST_BODY:
        raise OAuthError(INVALID_REQUEST, "The request is too large.")
    pairs = list(request.args.items(multi=True))
    if request.method == "POST":
        pairs += request.form.items(multi=True)
    return single(pairs)
