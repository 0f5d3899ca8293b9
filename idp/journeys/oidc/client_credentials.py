"""A client's own token (RFC 6749 section 4.4): no person, no scope that stands for claims."""

import logging
from collections.abc import Mapping

from idp.domain.clients.registry import Client
from idp.domain.grants.grants import Terms
from idp.foundation.audit.event import Event
from idp.journeys.oidc.access_tokens import Access, issue, issue_self_contained
from idp.journeys.oidc.granted_details import refuse_details
from idp.journeys.oidc.resources import audience_of
from idp.journeys.oidc.tokens import access_response
from idp.journeys.provider import Provider
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import INVALID_SCOPE, OAuthError
from idp.protocol.resource_indicator import requested
from idp.protocol.scopes import CLAIMS_OF

log = logging.getLogger(__name__)


def client_credentials(
    provider: Provider, client: Client, parameters: Mapping[str, str], held: Confirmation = UNBOUND
) -> dict[str, object]:
    """The token response.

    Raises OAuthError: invalid_scope for a scope that is not the client's own, invalid_target, or what `refuse_details`
    raises.
    """
    registered = [scope for scope in client.metadata.scope if scope not in CLAIMS_OF]
    asked = parameters["scope"].split() if "scope" in parameters else registered
    if not set(asked) <= set(registered):
        raise OAuthError(INVALID_SCOPE, "The client is not registered for this scope without a person.")
    refuse_details(parameters)
    terms = Terms(held, audience_of(provider, requested(parameters)))
    scope = " ".join(asked)
    lifetime = provider.lifetimes.access_token
    access = issue_self_contained(provider, client, scope, terms, lifetime)
    if access is None:
        with provider.transaction() as tx:
            access = issue(tx, provider, client, None, scope, terms, lifetime)
            tx.record(Event("oidc.token.issued", client.id, client.id, {"scope": scope}))
    else:
        _tell(access)
    return access_response(provider, access)


def _tell(access: Access) -> None:
    """To the log alone: nothing changes that a leaf of the audit could commit with."""
    audience = ",".join(access.terms.audience)
    log.info("issued %s client=%s audience=%s scope=%s", access.reference, access.client.id, audience, access.scope)
