"""Refresh token for tokens (RFC 6749 section 6), rotated at each use; a reused one ends its family (RFC 9700 4.14).

Where the client's profile forbids rotation (FAPI 2.0 section 5.3.2.1) it stays, and rests anew at each use: such a
client proves who it is with a key, and nobody else can use it.

Whoever may use a token and asks for what was not granted keeps it, to ask for less. All others are refused as ever.
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
        grant = _usable(tx, client, _used(tx, provider, client, token), held)
        try:
            scope, terms = _asked(provider, grant, parameters, held)
        except OAuthError:
            grants.give_back_refresh_token(tx, token)
            raise
        minted = _renew(tx, provider, client, grant, scope, terms)
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


def _usable(tx: Tx, client: Client, used: tuple[Grant, int], held: Confirmation) -> Grant:
    """The grant, if it lives, and whoever asks may use it. Raises OAuthError(invalid_grant)."""
    grant, expires_at = used
    if grant.client_id != client.id:
        # It leaked: nobody who holds it may go on.
        grants.revoke(tx, grant.id)
        tx.record(Event("oidc.refresh.foreign", client.id, grant.person_id, {"client": grant.client_id}))
        raise OAuthError(INVALID_GRANT, "The refresh token was issued to another client.")
    if min(expires_at, grant.expires_at) <= tx.now or grant.revoked_at is not None:
        raise OAuthError(INVALID_GRANT, "The refresh token has expired or was revoked.")
    check_refresh_key(client, grant, held)
    require_active(tx.connection, grant)
    return grant


def _asked(provider: Provider, grant: Grant, parameters: Mapping[str, str], held: Confirmation) -> tuple[str, Terms]:
    """Scope and terms of the new token.

    Raises OAuthError: invalid_scope, invalid_target or invalid_authorization_details.
    """
    scope = _narrowed(grant.context.scope, parameters.get("scope"))
    audience = granted_audience(provider, parameters, grant.context.resource)
    return scope, Terms(held, audience, details=details_asked(parameters, grant))


def _narrowed(granted: str, asked: str | None) -> str:
    if asked is None:
        return granted
    if not set(asked.split()) <= set(granted.split()):
        raise OAuthError(INVALID_SCOPE, "A refresh cannot widen what was granted.")
    return " ".join(asked.split())


def _renew(tx: Tx, provider: Provider, client: Client, grant: Grant, scope: str, terms: Terms) -> Minted:
    kept = keep_key(tx, client, grant, terms.confirmation)
    narrowed = kept._replace(context=kept.context._replace(scope=scope))
    tx.record(Event("oidc.token.refreshed", client.id, grant.person_id, {"client": client.id}))
    return mint_tokens(tx, provider, client, narrowed, terms, may_refresh=client.metadata.rules.rotates_refresh_tokens)


def _reused(tx: Tx, client: Client, token: str) -> OAuthError:
    grant = grants.of_refresh_token(tx.connection, token)
    if grant is not None and grants.revoke(tx, grant.id):
        tx.record(Event("oidc.refresh.reused", client.id, grant.person_id, {"client": grant.client_id}))
    return OAuthError(INVALID_GRANT, "The refresh token is unknown or was used before; the grant has ended.")
