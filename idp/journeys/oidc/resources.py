"""Whom an access token is for (RFC 8707): a registered resource server, or ourselves."""

from collections.abc import Iterable, Mapping

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol.errors import INVALID_TARGET, OAuthError
from idp.protocol.resource_indicator import narrowed, requested


def check_known(provider: Provider, resources: Iterable[str]) -> None:
    """What an authorization request may name: our issuer, and what active resource servers registered.

    Raises OAuthError(invalid_target).
    """
    for resource in resources:
        if resource != provider.issuer:
            _server_of(provider, resource)


def servers_of(provider: Provider, resources: Iterable[str]) -> tuple[Client, ...]:
    """The resource servers that these belong to, each once; what we hold ourselves, or nobody any more, is left out."""
    found = [provider.clients.server_of(resource) for resource in resources]
    return tuple({server.id: server for server in found if server is not None}.values())


def granted_audience(provider: Provider, parameters: Mapping[str, str], granted: tuple[str, ...]) -> tuple[str, ...]:
    """The audience of a token that a token request asks for under a grant. Raises OAuthError(invalid_target)."""
    asked = requested(parameters)
    if not asked and not granted:
        return ()
    return audience_of(provider, narrowed(asked, granted or (provider.issuer,)))


def audience_of(provider: Provider, resources: tuple[str, ...]) -> tuple[str, ...]:
    """`resources` as the audience of one token; empty for our own, which the issuer stands for.

    Raises OAuthError(invalid_target) for an unknown one, and for those of several servers: each could use the token at
    the others (RFC 9700 section 2.3), and each knows the person by another `sub`.
    """
    if set(resources) <= {provider.issuer}:
        return ()
    servers = {_server_of(provider, one).id for one in resources if one != provider.issuer}
    if provider.issuer in resources or len(servers) > 1:
        raise OAuthError(INVALID_TARGET, "A token is for one resource server: narrow resource to those of one.")
    return resources


def audience_named(provider: Provider, resources: tuple[str, ...], client_ids: Iterable[str]) -> tuple[str, ...]:
    """As `audience_of`, where `audience` may name resource servers instead (RFC 8693 section 2.1); never ourselves."""
    named = tuple(resource for client_id in client_ids for resource in _resources_of(provider, client_id))
    audience = audience_of(provider, tuple(dict.fromkeys((*resources, *named))))
    if not audience:
        raise OAuthError(INVALID_TARGET, "What we hold ourselves is for the client that the person chose.")
    return audience


def _resources_of(provider: Provider, client_id: str) -> tuple[str, ...]:
    server = provider.clients.find(client_id)
    if server is None or not server.active or not server.metadata.resources:
        raise OAuthError(INVALID_TARGET, "audience is not the client_id of a resource server.")
    return server.metadata.resources


def _server_of(provider: Provider, resource: str) -> Client:
    server = provider.clients.server_of(resource)
    if server is None or not server.active:
        raise OAuthError(INVALID_TARGET, "resource is none that a resource server has registered.")
    return server
