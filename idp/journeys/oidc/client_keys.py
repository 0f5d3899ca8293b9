"""The keys by which a client signs."""

from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol import jwk_set


def keys_of(_provider: Provider, client: Client) -> KeySet:
    """Its public keys; none for a client without any."""
    return jwk_set.public_keys(client.metadata.jwks or {"keys": []})
