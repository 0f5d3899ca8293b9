"""FAPI 2.0 Security Profile section 5.3.2.2, https://openid.net/specs/fapi-security-profile-2_0-final.html: requests.

What a client's profile or its own registration insists on at the authorization endpoint, as a table. With FAPI 2.0
Message Signing sections 5.3.1 and 5.4.1, RFC 9126 section 6 and RFC 9101 section 10.5, which say the same of any client
that registers so. Left out: client authentication, lifetimes and tokens, which have their own places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_REQUEST, OAuthError
from idp.protocol.response_mode import SIGNED


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a request reached us: over the back channel, and in an object that its client signed."""

    pushed: bool = False
    signed: bool = False


def it_was_pushed(delivery: Delivery, client: ClientMetadata) -> None:
    """Section 5.3.2.2, item 2 and 3; RFC 9126 section 6."""
    if client.pushes_requests and not delivery.pushed:
        raise OAuthError(INVALID_REQUEST, "This client must push its authorization requests (RFC 9126).")


def it_was_signed(delivery: Delivery, client: ClientMetadata) -> None:
    """Message Signing section 5.3.1; RFC 9101 section 10.5."""
    if client.signs_requests and not delivery.signed:
        raise OAuthError(INVALID_REQUEST, "This client must sign its authorization requests (RFC 9101).")


def it_asks_for_a_code(request: AuthorizationRequest, _client: ClientMetadata) -> None:
    """Section 5.3.2.2, item 1: `response_type` is `code`."""
    if request.response_type != "code":
        raise OAuthError(INVALID_REQUEST, "response_type must be code.")


def it_binds_its_code_to_a_verifier(request: AuthorizationRequest, client: ClientMetadata) -> None:
    """Section 5.3.2.2, item 5: PKCE with S256, which is the only method we know."""
    if client.rules.pushed and request.code_challenge is None:
        raise OAuthError(INVALID_REQUEST, "code_challenge is missing; use PKCE with the method S256.")


def its_answer_travels_encrypted(request: AuthorizationRequest, client: ClientMetadata) -> None:
    """Section 5.3.2.2, item 8: https; http only to the loopback interface of a native application."""
    native = client.application_type == "native"
    if client.rules.pushed and not (request.redirect_uri.startswith("https://") or native):
        raise OAuthError(INVALID_REQUEST, "redirect_uri must be https, or the client of application_type native.")


def its_answer_is_signed(request: AuthorizationRequest, client: ClientMetadata) -> None:
    """Message Signing section 5.4.1."""
    if client.rules.signed_response and request.response_mode not in SIGNED:
        raise OAuthError(INVALID_REQUEST, f"response_mode must be one of {', '.join(SIGNED)}.")


DELIVERY_CHECKS: Final[tuple[Callable[[Delivery, ClientMetadata], None], ...]] = (it_was_pushed, it_was_signed)
"""Before a word of the request is believed."""
CHECKS: Final[tuple[Callable[[AuthorizationRequest, ClientMetadata], None], ...]] = (
    it_asks_for_a_code,
    it_binds_its_code_to_a_verifier,
    its_answer_travels_encrypted,
    its_answer_is_signed,
)
"""When it is known what is asked for; the first refusal is the answer."""


def check_delivery(delivery: Delivery, client: ClientMetadata) -> None:
    """Every rule of `DELIVERY_CHECKS`. Raises OAuthError(invalid_request)."""
    for check in DELIVERY_CHECKS:
        check(delivery, client)


def check(request: AuthorizationRequest, client: ClientMetadata) -> None:
    """Every rule of `CHECKS`. Raises OAuthError(invalid_request)."""
    for rule in CHECKS:
        rule(request, client)
