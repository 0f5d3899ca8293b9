"""Whether a client is who it says it is."""

import hmac

from joserfc.jwk import OctKey

from idp.domain.clients.registry import Client, open_secret, secret_digest
from idp.foundation.once import first_sight
from idp.foundation.transaction import Tx
from idp.journeys.oidc.client_keys import keys_of
from idp.journeys.provider import Provider
from idp.protocol import client_assertion
from idp.protocol.client_assertion import AcceptedAssertion, Audiences
from idp.protocol.client_authentication import Presented
from idp.protocol.errors import INVALID_CLIENT, OAuthError

KEPT_LONGER = 60
"""Seconds an assertion is remembered beyond its expiry, for clocks that disagree."""
NO_DIGEST = "0" * 64


def knows_secret(provider: Provider, claimed: Presented, client: Client | None) -> bool:
    """client_secret_basic and client_secret_post, in constant time; None, a client that there is not, costs as much."""
    offered = secret_digest(provider.client_secret_key, claimed.client_id, claimed.secret)
    kept = None if client is None else client.secret_digest
    return hmac.compare_digest(offered, kept or NO_DIGEST) and kept is not None


def holds_key(provider: Provider, claimed: Presented, client: Client | None, audiences: Audiences) -> bool:
    """private_key_jwt: signature, claims, and an identifier never seen before. Raises OAuthError(invalid_client)."""
    if client is None:
        return False
    now = provider.store.now()
    found = client_assertion.read(claimed.assertion, client.metadata, audiences, now)
    keys = keys_of(provider, client, found.kid)
    if not keys:
        raise OAuthError(INVALID_CLIENT, "The client has no public key, or its jwks_uri does not answer with any.")
    return _spend(provider, client_assertion.verify(claimed.assertion, found, client.metadata, keys, now))


def signs_with_secret(provider: Provider, claimed: Presented, client: Client | None, audiences: Audiences) -> bool:
    """client_secret_jwt: the same by the secret both know. Raises OAuthError(invalid_client)."""
    secret = None if client is None else open_secret(provider.client_secret_box, client)
    if client is None or secret is None:
        return False
    key = OctKey.import_key(secret)
    now = provider.store.now()
    found = client_assertion.read(claimed.assertion, client.metadata, audiences, now)
    return _spend(provider, client_assertion.verify(claimed.assertion, found, client.metadata, key, now))


def _spend(provider: Provider, accepted: AcceptedAssertion) -> bool:
    """RFC 7523 section 3, item 7: of any number of uses, on any number of nodes, one is the first."""
    # A client_id holds no space, so no other client's identifier can be taken for this one's.
    seen = f"{accepted.client_id} {accepted.jti}"

    def spend(tx: Tx) -> None:
        if not first_sight(tx, "client_assertion", seen, accepted.expires_at + KEPT_LONGER):
            raise OAuthError(INVALID_CLIENT, "The client_assertion is refused: its jti was used before.", replayed=True)

    provider.store.first(spend)
    return True
