"""Authorization code for tokens (RFC 6749 section 4.1.3): spend, check, change."""

from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Grant, Terms
from idp.foundation.audit.event import Event
from idp.foundation.transaction import Tx
from idp.journeys.oidc.bound_grant import check_code_key, keep_key
from idp.journeys.oidc.granted_details import details_asked
from idp.journeys.oidc.resources import granted_audience
from idp.journeys.oidc.tokens import Minted, mint_tokens, require_active, token_response
from idp.journeys.provider import Provider
from idp.protocol import pkce
from idp.protocol.access_token import Kind, recognise
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import INVALID_GRANT, OAuthError
from idp.protocol.parameters import required


def redeem_code(
    provider: Provider, client: Client, parameters: Mapping[str, str], held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The token response. Raises OAuthError; whatever was wrong, the code is spent.

    A replayed code ends everything that was issued from it (RFC 6749 section 4.1.2).
    """
    code = required(parameters, "code")
    recognise(Kind.CODE, code)
    with provider.transaction() as tx:
        grant = grants.spend_code(tx, code)
        if grant is None:
            raise _replayed(tx, code)
        minted = _exchange(tx, provider, client, grant, parameters, held)
    return token_response(provider, client, minted)


def _exchange(
    tx: Tx, provider: Provider, client: Client, grant: Grant, parameters: Mapping[str, str], held: Confirmation
) -> Minted:
    try:
        _check(tx.now, client, grant, parameters)
        check_code_key(grant, held)
        require_active(tx.connection, grant)
        audience = granted_audience(provider, parameters, grant.context.resource)
        terms = Terms(held, audience, details=details_asked(parameters, grant))
    except OAuthError:
        grants.revoke(tx, grant.id)
        tx.record(Event("oidc.code.refused", client.id, grant.person_id, {"client": grant.client_id}))
        raise
    tx.record(Event("oidc.code.redeemed", client.id, grant.person_id, {"client": client.id}))
    return mint_tokens(tx, provider, client, keep_key(tx, client, grant, held), terms)


def _check(now: int, client: Client, grant: Grant, parameters: Mapping[str, str]) -> None:
    if grant.client_id != client.id:
        raise OAuthError(INVALID_GRANT, "The code was issued to another client.")
    if grant.code_expires_at <= now or grant.revoked_at is not None:
        raise OAuthError(INVALID_GRANT, "The code has expired.")
    if parameters.get("redirect_uri") != grant.context.redirect_uri:
        raise OAuthError(INVALID_GRANT, "redirect_uri differs from the authorization request.")
    pkce.verify(parameters.get("code_verifier"), grant.context.code_challenge, "S256")


def _replayed(tx: Tx, code: str) -> OAuthError:
    grant = grants.of_code(tx.connection, code)
    if grant is not None and grants.revoke(tx, grant.id):
        tx.record(Event("oidc.code.replayed", grant.client_id, grant.person_id, {"client": grant.client_id}))
    return OAuthError(INVALID_GRANT, "The code is unknown or was used before.")
