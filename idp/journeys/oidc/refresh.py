"""Refresh token for tokens (RFC 6749 section 6), rotated at each use; a reused one ends its family (RFC 9700 4.14).

Where the client's profile forbids rotation (FAPI 2.0 section 5.3.2.1) it stays, and rests anew at each use: such a
client proves who it is with a key, and nobody else can use it.
"""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Grant, Terms
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.oidc.bound_grant import check_refresh_key, keep_key
from idp.journeys.oidc.granted_details import details_asked
from idp.journeys.oidc.resources import granted_audience
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
        minted = _renew(tx, provider, client, _used(tx, provider, client, token), parameters, held)
    return token_response(provider, client, minted)


def _used(tx: Tx, provider: Provider, client: Client, token: str) -> tuple[Grant, int]:
    """The grant of the token, and when it ends. Raises OAuthError(invalid_grant)."""
    if client.metadata.rules.rotates_refresh_tokens:
        spent = grants.spend_refresh_token(tx, token)
        if spent is None:
            raise _reused(tx, client, token)
        return spent
    expires_at = tx.now + provider.lifetimes.refresh_token
    kept = grants.renew_refresh_token(tx, token, expires_at)
    if kept is None:
        raise OAuthError(INVALID_GRANT, "The refresh token is unknown or has expired.")
    return kept, expires_at


def _renew(
    tx: Tx,
    provider: Provider,
    client: Client,
    used: tuple[Grant, int],
    parameters: Mapping[str, str],
    held: Confirmation,
) -> Minted:
    grant, expires_at = used
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
    audience = granted_audience(provider, parameters, grant.context.resource)
    terms = Terms(held, audience, details=details_asked(parameters, grant))
    tx.record(Event("oidc.token.refreshed", client.id, grant.person_id, {"client": client.id}))
    return mint_tokens(tx, provider, client, narrowed, terms, may_refresh=client.metadata.rules.rotates_refresh_tokens)


def _narrowed(grant: Grant, scope: str | None) -> Grant:
    if scope is None:
        return grant
    asked, granted = scope.split(), grant.context.scope.split()
    if not set(asked) <= set(granted):
        raise OAuthError(INVALID_SCOPE, "A refresh cannot widen what was granted.")
    return grant._replace(context=grant.context._replace(scope=" ".join(asked)))


def _reused(tx: Tx, client: Client, token: str) -> OAuthError:
    grant = grants.of_refresh_token(tx.connection, token)
    if grant is not None and grants.revoke(tx, grant.id):
        tx.record(Event("oidc.refresh.reused", client.id, grant.person_id, {"client": grant.client_id}))
    return OAuthError(INVALID_GRANT, "The refresh token is unknown or was used before; the grant has ended.")
