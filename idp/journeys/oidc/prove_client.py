"""Whether a client is who it says it is."""

import hmac
from collections.abc import Collection

from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client, secret_digest
from idp.foundation.once import first_sight
from idp.journeys.provider import Provider
from idp.protocol.client_authentication import Presented, verify_assertion

KEPT_LONGER = 60
"""Seconds an assertion is remembered beyond its expiry, for clocks that disagree."""


def knows_secret(provider: Provider, claimed: Presented, client: Client) -> bool:
    """client_secret_basic and client_secret_post, in constant time."""
    offered = secret_digest(provider.client_secret_key, client.id, claimed.secret)
    return client.secret_digest is not None and hmac.compare_digest(offered, client.secret_digest)


def holds_key(provider: Provider, claimed: Presented, client: Client, audiences: Collection[str]) -> bool:
    """private_key_jwt: signature, claims, and an identifier never seen before. Raises OAuthError(invalid_client)."""
    keys = KeySet.import_key_set(client.metadata.jwks or {"keys": []})  # type: ignore[arg-type]
    accepted = verify_assertion(claimed, client.metadata, keys, audiences, provider.store.now())
    with provider.transaction() as tx:
        return first_sight(tx, "client_assertion", f"{client.id}|{accepted.jti}", accepted.expires_at + KEPT_LONGER)
