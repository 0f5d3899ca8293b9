"""What an authorization request asks for, whichever way it came: plainly, in a signed object, or pushed before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from idp.domain.clients.registry import Client
from idp.domain.grants import pushed
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.open_request import delivery, opened
from idp.journeys.oidc.respond import Answer, signed
from idp.journeys.provider import Provider
from idp.protocol import authorization, fapi2, pushed_request
from idp.protocol.authorization import AuthorizationRequest, Target
from idp.protocol.errors import OAuthError
from idp.protocol.response_mode import failure


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that keeps every rule, and who asks."""

    request: AuthorizationRequest
    client: Client


def understand(provider: Provider, parameters: Mapping[str, str], address: str = "") -> Asked | Answer:
    """The request, or the refusal that its client is told at its own address; `address` is whence it is sent.

    Raises Refusal where no client or no address of it is known, and where the client said that it is not heard in this
    way, or too often: that is shown here and never redirected.
    """
    client = provider.clients.find(parameters.get("client_id", ""))
    if client is None or not client.active:
        raise Refusal("oidc.unknown_client", "client_id is missing or not registered with this provider.")
    if "request" in parameters and "request_uri" in parameters:
        raise Refusal("oidc.two_requests", "request and request_uri exclude each other.")
    if pushed_request.is_pushed(parameters.get("request_uri", "")):
        return Asked(_pushed(provider, client, parameters["request_uri"]), client)
    try:
        fapi2.check_delivery(delivery(parameters), client.metadata)
    except OAuthError as error:
        raise Refusal("oidc.not_heard_here", error.reason) from error
    return _sent(provider, client, parameters, address)


def _pushed(provider: Provider, client: Client, uri: str) -> AuthorizationRequest:
    """RFC 9126 section 4: nothing but `client_id` and `request_uri` counts, and the address is still the client's."""
    try:
        digest = pushed_request.recognise(uri)
        with provider.reading() as connection:
            kept = pushed.find(connection, digest, client.id, provider.store.now())
        if kept is None:
            raise Refusal("oidc.request_over", "request_uri is unknown, another client's, expired, or was used before.")
        request = AuthorizationRequest.from_json(kept)
        authorization.identify({"client_id": client.id, "redirect_uri": request.redirect_uri}, client.metadata)
    except OAuthError as error:
        raise Refusal("oidc.request_over", error.reason) from error
    return replace(request, pushed=digest)


def _sent(provider: Provider, client: Client, parameters: Mapping[str, str], address: str) -> Asked | Answer:
    try:
        told = opened(provider, client, parameters, address)
    except OAuthError as error:
        return _refused(provider, client, _beside(parameters, client, error), error)
    target = _target(told, client)
    try:
        request = authorization.parse_request(told, client.metadata, provider.detail_types)
        fapi2.check(request, client.metadata)
    except OAuthError as error:
        return _refused(provider, client, target, error)
    return Asked(request, client)


def _target(parameters: Mapping[str, str], client: Client) -> Target:
    try:
        return authorization.identify(parameters, client.metadata)
    except OAuthError as error:
        raise Refusal("oidc.unknown_address", error.reason) from error


def _beside(parameters: Mapping[str, str], client: Client, error: OAuthError) -> Target:
    """An object that cannot be read names no address: only one that stands beside it may be told."""
    try:
        return authorization.identify(parameters, client.metadata)
    except OAuthError:
        raise Refusal("oidc.unreadable_request", error.reason) from error


def _refused(provider: Provider, client: Client, target: Target, error: OAuthError) -> Answer:
    return signed(provider, client, Answer(target, failure(provider.issuer, error, target.state)))
