"""A client is done with a token (RFC 7009)."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.oidc.access_tokens import recognised
from idp.journeys.provider import Provider
from idp.protocol import revocation
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.jwt_access_token import SelfContained


def revoke(provider: Provider, client: Client, parameters: Mapping[str, str], _held: Confirmation = UNBOUND) -> None:
    """End the token if it is this client's; a refresh token ends its whole family. Silent about everything else."""
    unwanted = revocation.parse_request(parameters)
    if unwanted.ends_the_grant:
        _revoke_family(provider, client, unwanted.token)
    elif (found := recognised(provider, unwanted.token)) is not None:
        with provider.transaction() as tx:
            if _revoke(tx, client, found):
                tx.record(Event("oidc.token.revoked", client.id, client.id))


def _revoke(tx: Tx, client: Client, found: str | SelfContained) -> bool:
    if isinstance(found, SelfContained):
        return found.client_id == client.id and grants.revoke_self_contained(tx, found.jti, found.expires_at)
    return grants.revoke_access_token(tx, found, client.id)


def _revoke_family(provider: Provider, client: Client, token: str) -> None:
    with provider.transaction() as tx:
        grant = grants.of_refresh_token(tx.connection, token)
        if grant is not None and grant.client_id == client.id and grants.revoke(tx, grant.id):
            tx.record(Event("oidc.grant.revoked", client.id, grant.person_id, {"client": client.id}))
