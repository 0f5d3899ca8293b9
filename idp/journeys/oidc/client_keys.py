"""The public keys of a client, wherever its registration says they are."""

from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol import jwk_set


def keys_of(provider: Provider, client: Client, kid: str | None = None) -> KeySet:
    """Its registered keys, or those at its `jwks_uri`, asked for anew if `kid` is not among them.

    Empty if it has none or if they cannot be had, so that nothing is valid under them. Call it outside any transaction
    (the network may be waited for), and only for something that names the client and is sound but for its signature.
    """
    metadata = client.metadata
    if metadata.jwks is not None:
        return jwk_set.public_keys(metadata.jwks)
    return provider.client_keys.find(metadata.jwks_uri, kid) if metadata.jwks_uri else KeySet([])
