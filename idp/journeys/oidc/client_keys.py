"""The public keys of a client, wherever its registration says they are."""

from joserfc.jwk import KeySet

from idp.domain.clients.published_keys import WillDo
from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol import jwk_set


def keys_of(provider: Provider, client: Client, kid: str | None = None) -> KeySet:
    """Its registered keys, or those at its `jwks_uri`, asked for anew if `kid` is not among them.

    Empty if it has none or if they cannot be had, so that nothing is valid under them. Call it outside any transaction
    (the network may be waited for), and only for something that names the client and is sound but for its signature.
    """
    if not client.metadata.jwks_uri:
        return _registered(client)
    return provider.client_keys.find(client.metadata.jwks_uri, kid)


def keys_that(provider: Provider, client: Client, will_do: WillDo) -> KeySet:
    """As `keys_of`, for a key that says no `kid`: asked for anew if those that are kept will not do."""
    if not client.metadata.jwks_uri:
        return _registered(client)
    return provider.client_keys.find_that(client.metadata.jwks_uri, will_do)


def _registered(client: Client) -> KeySet:
    return KeySet([]) if client.metadata.jwks is None else jwk_set.public_keys(client.metadata.jwks)
