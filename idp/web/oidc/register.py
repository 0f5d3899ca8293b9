"""Registration over the network (RFC 7591, RFC 7592): a bearer token and JSON in, JSON out, at the WSGI door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final

from idp.foundation.refusal import Refusal
from idp.journeys.clients import manage
from idp.journeys.clients.apply import apply
from idp.journeys.provider import Provider
from idp.protocol import strict_json
from idp.protocol.errors import (
    ACCESS_DENIED,
    INVALID_CLIENT_METADATA,
    INVALID_REQUEST,
    INVALID_TOKEN,
    TEMPORARILY_UNAVAILABLE,
    OAuthError,
)

LARGEST: Final = 64 * 1024
STATUS: Final[Mapping[str, int]] = {INVALID_TOKEN: 401, ACCESS_DENIED: 403, TEMPORARILY_UNAVAILABLE: 429}
"""Of everything else: 400 (RFC 7591 section 3.2.2)."""
Answered = tuple[int, Mapping[str, object] | bytes, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a request matters here."""

    authorization: str | None
    content_type: str
    body: bytes
    path: str

    @property
    def client_id(self) -> str:
        """The last part of the address."""
        return self.path.rpartition("/")[2]

    def token(self) -> str:
        """RFC 6750 section 2.1: in the header, and nowhere else. Raises OAuthError(invalid_token)."""
        scheme, _, credentials = (self.authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not credentials:
            raise OAuthError(INVALID_TOKEN, "Send the token in the Authorization header, as Bearer.")
        return credentials

    def document(self) -> dict[str, Any]:
        """The body. Raises OAuthError(invalid_client_metadata), and (invalid_request) for another content type."""
        if self.content_type.partition(";")[0].strip().lower() != "application/json":
            raise OAuthError(INVALID_REQUEST, "The body must be application/json.")
        try:
            return strict_json.parse_object(self.body, largest=LARGEST)
        except strict_json.NotStrictJSON as error:
            raise OAuthError(INVALID_CLIENT_METADATA, f"The body cannot be read: {error}.") from error


Work = Callable[[Provider, Sent], Answered]


def _refusals(work: Work) -> Work:
    """RFC 7591 section 3.2.2, and RFC 6750 section 3 for the token."""

    @wraps(work)
    def answered(provider: Provider, sent: Sent) -> Answered:
        try:
            return work(provider, sent)
        except OAuthError as error:
            return _refused(error.code, error.reason)
        except Refusal as refusal:
            if refusal.code != "too_many_attempts":
                raise
            wait = (("Retry-After", str(refusal.facts["retry_after"])),)
            return _refused(TEMPORARILY_UNAVAILABLE, "Too many changes; wait, then try again.", wait)

    return answered


def _refused(code: str, reason: str, more: tuple[tuple[str, str], ...] = ()) -> Answered:
    if code == INVALID_TOKEN:
        more = (("WWW-Authenticate", f'Bearer error="{code}", error_description="{reason}"'),)
    return STATUS.get(code, 400), {"error": code, "error_description": reason}, more


@_refusals
def create(provider: Provider, sent: Sent) -> Answered:
    """RFC 7591 section 3: 201. The token is looked at before the body."""
    token = sent.token()
    return 201, apply(provider, token, sent.document()), ()


@_refusals
def read(provider: Provider, sent: Sent) -> Answered:
    """RFC 7592 section 2.1."""
    return 200, manage.read(provider, sent.client_id, sent.token()), ()


@_refusals
def change(provider: Provider, sent: Sent) -> Answered:
    """RFC 7592 section 2.2."""
    token = sent.token()
    return 200, manage.change(provider, sent.client_id, token, sent.document()), ()


@_refusals
def end(provider: Provider, sent: Sent) -> Answered:
    """RFC 7592 section 2.3."""
    manage.end(provider, sent.client_id, sent.token())
    return 204, b"", ()


REGISTRATION: Final[Mapping[str, Mapping[str, Work]]] = {
    "/oidc/register": {"POST": create},
    "/oidc/register/<id>": {"GET": read, "PUT": change, "DELETE": end},
}
"""Path, method, work."""
