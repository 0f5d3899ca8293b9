"""Refresh token for tokens (RFC 6749 section 6), rotated at each use; a reused one ends its family (RFC 9700 4.14)."""

from collections.abc import Mapping
from dataclasses import replace

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Grant, Terms
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.oidc.bound_grant import check_refresh_key, keep_key
from idp.journeys.oidc.tokens import Minted, mint_tokens, require_active, token_response
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, recognise
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import INVALID_GRANT, INVALID_SCOPE, OAuthError
from idp.protocol.parameters import required


def refresh(
    provider: Provider, client: Client, parameters: Mapping[str, str], held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The token response. Raises OAuthError."""
    token = required(parameters, "refresh_token")
    recognise(Kind.REFRESH, token)
    with provider.transaction() as tx:
        spent = grants.spend_refresh_token(tx, token)
        if spent is None:
            raise _reused(tx, client, token)
        minted = _rotate(tx, provider, client, spent, parameters, held)
    return token_response(provider, client, minted)


def _rotate(
    tx: Tx,
    provider: Provider,
    client: Client,
    spent: tuple[Grant, int],
    parameters: Mapping[str, str],
    held: Confirmation,
) -> Minted:
    grant, expires_at = spent
    if grant.client_id != client.id:
        # It leaked: nobody who holds it may go on.
        grants.revoke(tx, grant.id)
        tx.record(Event("oidc.refresh.foreign", client.id, grant.person_id, {"client": grant.client_id}))
        raise OAuthError(INVALID_GRANT, "The refresh token was issued to another client.")
    if expires_at <= tx.now or grant.revoked_at is not None:
        raise OAuthError(INVALID_GRANT, "The refresh token has expired or was revoked.")
    check_refresh_key(client, grant, held)
    require_active(tx.connection, grant)
    narrowed = _narrowed(keep_key(tx, client, grant, held), parameters.get("scope"))
    tx.record(Event("oidc.token.refreshed", client.id, grant.person_id, {"client": client.id}))
    return mint_tokens(tx, provider, client, narrowed, Terms(held))


def _narrowed(grant: Grant, scope: str | None) -> Grant:
    if scope is None:
        return grant
    asked, granted = scope.split(), grant.context.scope.split()
    if not set(asked) <= set(granted):
        raise OAuthError(INVALID_SCOPE, "A refresh cannot widen what was granted.")
    return replace(grant, context=replace(grant.context, scope=" ".join(asked)))


def _reused(tx: Tx, client: Client, token: str) -> OAuthError:
    grant = grants.of_refresh_token(tx.connection, token)
    if grant is not None and grants.revoke(tx, grant.id):
        tx.record(Event("oidc.refresh.reused", client.id, grant.person_id, {"client": grant.client_id}))
    return OAuthError(INVALID_GRANT, "The refresh token is unknown or was used before; the grant has ended.")
