"""OAuth 2.0 Form Post Response Mode 1.0, https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html.

And the mode `query`; with the `iss` of RFC 9207 in every response, success and error, against mix-up; and the names of
the modes of JARM, whose answers `signed_response` makes. Left out: `fragment` (nothing is issued at the authorization
endpoint but a code).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from idp.protocol.errors import OAuthError

PLAIN: Final = ("query", "form_post")
SIGNED: Final = ("jwt", "query.jwt", "form_post.jwt")
"""JARM section 2.3; `jwt` is `query.jwt` for the response type `code`."""
MODES: Final = (*PLAIN, *SIGNED)


@dataclass(frozen=True, slots=True)
class FormPost:
    """A form that the browser sends by itself. Values are raw: the template escapes them as HTML, nothing else does."""

    action: str
    fields: tuple[tuple[str, str], ...]


def by_form(mode: str) -> bool:
    """Whether the answer is posted by the browser; otherwise it stands in the address."""
    return mode in ("form_post", "form_post.jwt")


def success(issuer: str, code: str, state: str | None) -> dict[str, str]:
    """The parameters of a successful response (RFC 6749 section 4.1.2, RFC 9207 section 2)."""
    return _with_state({"code": code, "iss": issuer}, state)


def failure(issuer: str, error: OAuthError, state: str | None) -> dict[str, str]:
    """The parameters of an error response (RFC 6749 section 4.1.2.1, RFC 9207 section 2)."""
    described = {"error_description": error.reason} if error.reason else {}
    return _with_state({"error": error.code, **described, "iss": issuer}, state)


def redirect_location(uri: str, parameters: Mapping[str, str]) -> str:
    """`uri` with `parameters` added to its query, which is kept as registered (RFC 6749 section 3.1.2)."""
    if not parameters:
        return uri
    separator = "?" if "?" not in uri else "" if uri.endswith(("?", "&")) else "&"
    return f"{uri}{separator}{urlencode(parameters, quote_via=quote, safe='')}"


def form_post(uri: str, parameters: Mapping[str, str]) -> FormPost:
    """What the form_post page needs."""
    return FormPost(uri, tuple(parameters.items()))


def _with_state(parameters: dict[str, str], state: str | None) -> dict[str, str]:
    return parameters if state is None else {**parameters, "state": state}
