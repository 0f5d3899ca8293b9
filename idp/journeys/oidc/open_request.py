"""Opening the request object of an authorization request, wherever it lies, outside any transaction."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.client_keys import keys_of
from idp.journeys.provider import Provider
from idp.protocol import request_object
from idp.protocol.fapi2 import Delivery


def delivery(parameters: Mapping[str, str], *, pushed: bool = False) -> Delivery:
    """How a request came. An object that proves not to be signed is refused when it is opened."""
    return Delivery(pushed, signed=not parameters.keys().isdisjoint(request_object.FORBIDDEN))


def opened(provider: Provider, client: Client, parameters: Mapping[str, str], address: str = "") -> Mapping[str, str]:
    """What the object holds, assembled with what stood beside it; or `parameters` as they are if there is none.

    `address` is the network address of who brings one by reference. Raises OAuthError, Refusal("too_many_attempts")
    when it brought too many, and Refusal("oidc.unknown_request_uri") for one that the client has not registered.
    """
    token = parameters.get("request") or _fetched(provider, client, parameters.get("request_uri"), address)
    if token is None:
        return parameters
    now, issuer = provider.store.now(), provider.issuer
    kid = request_object.look_at(token, client.metadata, issuer, now)
    inner = request_object.read(token, client.metadata, keys_of(provider, client, kid), issuer, now)
    return request_object.assembled(parameters, inner, client.metadata)


def _fetched(provider: Provider, client: Client, uri: str | None, address: str) -> str | None:
    if uri is None:
        return None
    if not request_object.is_registered(uri, client.metadata):
        raise Refusal("oidc.unknown_request_uri", "request_uri is not one of those the client has registered.")
    return provider.client_requests.find(client.id, uri, address).strip()
