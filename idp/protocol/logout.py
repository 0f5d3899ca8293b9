"""OpenID Connect RP-Initiated Logout 1.0, https://openid.net/specs/openid-connect-rpinitiated-1_0.html.

And Back-Channel Logout 1.0 section 2.4, https://openid.net/specs/openid-connect-backchannel-1_0.html: the logout token.
Left out: Session Management, which needs third-party cookies; redirecting without a hint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from idp.protocol import redirect_uri
from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.errors import INVALID_REQUEST, OAuthError
from idp.protocol.parameters import space_separated

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_LIFETIME: Final = 120


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """What a client sent to the end-session endpoint; None for what it did not. All of it is only a wish."""

    id_token_hint: str | None = None
    client_id: str | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None
    ui_locales: tuple[str, ...] = ()


def parse_request(parameters: Mapping[str, str]) -> LogoutRequest:
    """Section 2. `logout_hint` is ignored: who signs out is known from the session or asked."""
    return LogoutRequest(
        id_token_hint=parameters.get("id_token_hint"),
        client_id=parameters.get("client_id"),
        post_logout_redirect_uri=parameters.get("post_logout_redirect_uri"),
        state=parameters.get("state"),
        ui_locales=space_separated(parameters.get("ui_locales")),
    )


def client_id_of(request: LogoutRequest, hint: Mapping[str, Any] | None) -> str | None:
    """The client that asks: the audience of its `hint` (claims `jose.verify` accepted), else what it says of itself.

    Raises OAuthError(invalid_request) when both are there and differ (section 2).
    """
    if hint is None:
        return request.client_id
    audience = hint.get("aud")
    if not isinstance(audience, str) or request.client_id not in (None, audience):
        raise OAuthError(INVALID_REQUEST, "client_id is not the client that the id_token_hint was issued to.")
    return audience


def redirect_target(
    request: LogoutRequest, client: ClientMetadata | None, hint: Mapping[str, Any] | None
) -> str | None:
    """Where the browser may go afterwards (section 3); None for our own page. `state` is the caller's to add.

    A redirect needs a valid `hint`, its client, and an address registered by it, character by character. Raises
    OAuthError(invalid_request) for an address that is asked for and may not be gone to; show it on our own page.
    """
    uri = request.post_logout_redirect_uri
    if uri is None:
        return None
    if hint is None or client is None or hint.get("aud") != client.client_id:
        raise OAuthError(INVALID_REQUEST, "post_logout_redirect_uri needs a valid id_token_hint.")
    if not redirect_uri.is_registered(uri, client.post_logout_redirect_uris):
        raise OAuthError(INVALID_REQUEST, "post_logout_redirect_uri is not one of those the client has registered.")
    return uri


def logout_token(
    *, issuer: str, client_id: str, subject: str, session: str | None, jti: str, now: int
) -> dict[str, object]:
    """The claims to sign for `jose.LOGOUT_TOKEN`. There is never a `nonce` in it, so it cannot pass for an ID token."""
    token: dict[str, object] = {
        "iss": issuer,
        "aud": client_id,
        "sub": subject,
        "iat": now,
        "exp": now + TOKEN_LIFETIME,
        "jti": jti,
        "events": {EVENT: {}},
    }
    return token if session is None else {**token, "sid": session}
