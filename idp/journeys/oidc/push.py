"""Pushing an authorization request (RFC 9126): judged whole, then kept for the browser that brings its name."""

import hashlib
from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import pushed
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.randomness import octets
from idp.foundation.transaction import Tx
from idp.journeys.oidc.open_request import delivery, opened
from idp.journeys.oidc.resources import check_known
from idp.journeys.provider import Provider
from idp.protocol import fapi2, pushed_request
from idp.protocol.authorization import parse_request
from idp.protocol.confirmation import UNBOUND, Confirmation

WINDOW_SECONDS = 60


def push(
    provider: Provider,
    client: Client,
    parameters: Mapping[str, str],
    held: Confirmation = UNBOUND,
    address: str = "",
) -> dict[str, object]:
    """The answer with its `request_uri`. Raises OAuthError for everything that would be refused later.

    `held` is the key proved beside it, which the code is bound to; `address` is whence a public client pushes, which
    raises Refusal("too_many_attempts", retry_after=seconds) when it did so too often.
    """
    pushed_request.check_form(parameters)
    fapi2.check_delivery(delivery(parameters, pushed=True), client.metadata)
    told = _alone(provider, client, parameters)
    request = parse_request(told, client.metadata, provider.detail_types)
    fapi2.check(request, client.metadata)
    check_known(provider, request.resource)
    request = pushed_request.bound(request, held)
    uri, lifetime = pushed_request.mint(octets(pushed_request.OCTETS)), provider.lifetimes.pushed
    with provider.transaction() as tx:
        if client.metadata.is_public:
            _count(tx, provider, client, address)
        pushed.keep(tx, pushed_request.recognise(uri), client.id, request.to_json(), lifetime)
    return pushed_request.response(uri, lifetime)


def _count(tx: Tx, provider: Provider, client: Client, address: str) -> None:
    """RFC 9126 section 2.3: whoever knows the name of a client that proves nothing may push, so not without end.

    Counted before anything is kept, and for each address by itself, so that a stranger elsewhere stops nobody.
    """
    who = hashlib.sha256(f"{limits.network_of(address)}|{client.id}".encode()).hexdigest()
    limits.take(tx, Limit("pushed requests", provider.bounds.public_pushes, WINDOW_SECONDS), who)


def _alone(provider: Provider, client: Client, parameters: Mapping[str, str]) -> Mapping[str, str]:
    """RFC 9126 section 3: beside a request object stands nothing of the request."""
    if "request" not in parameters:
        return parameters
    return opened(provider, client, {"request": parameters["request"]})
