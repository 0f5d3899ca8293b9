"""The public keys of a client, by which what it signs is verified and the certificate it shows is known."""

from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol.jwk_set import public_keys


def keys_of(_provider: Provider, client: Client) -> KeySet:
    """The keys it registered; none at all for a client without."""
    return public_keys(client.metadata.jwks or {"keys": []})
