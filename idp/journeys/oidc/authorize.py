"""The authorization endpoint's decision: an answer for the client at once, or a sign-in first."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.domain.clients.registry import Client
from idp.domain.sessions.browser import Session
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.issue_code import issue_code
from idp.journeys.provider import Provider
from idp.journeys.signin.standing import standing
from idp.protocol import authorization
from idp.protocol.authorization import AuthorizationRequest, Target
from idp.protocol.errors import OAuthError
from idp.protocol.response_mode import failure


@dataclass(frozen=True, slots=True)
class Answer:
    """Parameters that go to the client at its own, registered address."""

    target: Target
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignInFirst:
    """The citizen is needed before there is an answer."""

    request: AuthorizationRequest


def authorize(provider: Provider, parameters: Mapping[str, str], session: Session | None) -> Answer | SignInFirst:
    """Decide. Raises Refusal when no client or no address of it is known: that is shown here and never redirected."""
    client = provider.clients.find(parameters.get("client_id", ""))
    if client is None or not client.active:
        raise Refusal("oidc.unknown_client", "client_id is missing or not registered with this provider.")
    try:
        target = authorization.identify(parameters, client.metadata)
    except OAuthError as error:
        raise Refusal("oidc.unknown_address", error.reason) from error
    try:
        request = authorization.parse_request(parameters, client.metadata, provider.detail_types)
        return _decide(provider, request, client, session)
    except OAuthError as error:
        return Answer(target, failure(provider.issuer, error, target.state))


def _decide(
    provider: Provider, request: AuthorizationRequest, client: Client, session: Session | None
) -> Answer | SignInFirst:
    with provider.reading() as connection:
        step, achieved = standing(connection, provider, request, client, session)
    if step is None and session is not None and achieved is not None:
        with provider.transaction() as tx:
            return Answer(request.target, issue_code(tx, provider, request, client, session, achieved.person))
    if step is not None and "none" in request.prompt:
        raise OAuthError(step.prompt_none_error, "The request asked for no interaction, but it is needed.")
    return SignInFirst(request)
