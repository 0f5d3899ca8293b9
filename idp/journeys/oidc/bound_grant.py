"""Grants that are of use only to whoever holds a key (RFC 9449 sections 5 and 10, RFC 8705 section 4)."""

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Grant
from idp.foundation.transaction import Tx
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import INVALID_GRANT, OAuthError


def check_code_key(grant: Grant, held: Confirmation) -> None:
    """A code that was bound when it was asked for is redeemed with the same key. Raises OAuthError(invalid_grant)."""
    if grant.context.jkt not in (None, held.jkt):
        raise OAuthError(INVALID_GRANT, "The code is bound to another DPoP key.")


def check_refresh_key(client: Client, grant: Grant, held: Confirmation) -> None:
    """A public client's refresh token is worth nothing without the key. Raises OAuthError(invalid_grant).

    Other clients say who they are in their own way, so they may come with a new key (RFC 9449 section 5).
    """
    bound = Confirmation(grant.context.jkt, grant.context.x5t)
    if client.metadata.is_public and (bound.jkt not in (None, held.jkt) or bound.x5t not in (None, held.x5t)):
        raise OAuthError(INVALID_GRANT, "The refresh token is bound to another key.")


def keep_key(tx: Tx, client: Client, grant: Grant, held: Confirmation) -> Grant:
    """Bind what a public client may refresh to the first key it proves."""
    kept = Confirmation(grant.context.jkt or held.jkt, grant.context.x5t or held.x5t)
    known = kept == Confirmation(grant.context.jkt, grant.context.x5t)
    if known or not (client.metadata.is_public and grant.offline):
        return grant
    return grants.bind(tx, grant, kept)
