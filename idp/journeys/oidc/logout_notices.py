"""Delivering a back-channel logout (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

from collections.abc import Mapping
from typing import Any

from idp.foundation.outbox import Handler
from idp.foundation.randomness import identifier
from idp.journeys.oidc.subjects import session_for, subject_for
from idp.journeys.provider import Provider
from idp.protocol import jose, logout

DELIVERED = (200, 204)


class NotAccepted(Exception):
    """The service did not take the notice; it will be sent again."""


def handler(provider: Provider) -> Handler:
    """The courier's handler for Job("backchannel_logout")."""

    def deliver(payload: Mapping[str, Any]) -> None:
        client = provider.clients.find(payload["client"])
        if client is None or not client.metadata.backchannel_logout_uri:
            return
        # A new token at each try: the last one may have expired while the service was away.
        claims = logout.logout_token(
            issuer=provider.issuer,
            client_id=client.id,
            subject=subject_for(provider, client, payload["person"]),
            session=session_for(provider, client, payload["session"]),
            now=provider.store.now(),
            jti=identifier(),
        )
        algorithm = client.metadata.id_token_signed_response_alg
        held = provider.keyring.signer("tokens", algorithm)
        token = jose.sign(jose.LOGOUT_TOKEN, claims, held.signing_key, held.kid, algorithm)
        status = provider.outbound.post_form(client.metadata.backchannel_logout_uri, {"logout_token": token})
        if status not in DELIVERED:
            raise NotAccepted(f"{client.id} answered {status}")

    return deliver
