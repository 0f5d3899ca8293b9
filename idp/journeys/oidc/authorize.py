"""The authorization endpoint's decision: an answer for the client at once, or a sign-in first."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.domain.sessions.browser import Session
from idp.journeys.oidc.issue_code import issue_code
from idp.journeys.oidc.resources import check_known
from idp.journeys.oidc.respond import Answer, signed
from idp.journeys.oidc.understand import Asked, understand
from idp.journeys.provider import Provider
from idp.journeys.signin.standing import standing
from idp.protocol.authorization import AuthorizationRequest
from idp.protocol.errors import OAuthError
from idp.protocol.response_mode import failure


@dataclass(frozen=True, slots=True)
class SignInFirst:
    """The citizen is needed before there is an answer."""

    request: AuthorizationRequest


def authorize(
    provider: Provider, parameters: Mapping[str, str], session: Session | None, address: str = ""
) -> Answer | SignInFirst:
    """Understand and decide; `address` is the browser's. Raises Refusal for what is shown here, never redirected."""
    asked = understand(provider, parameters, address)
    return asked if isinstance(asked, Answer) else decide(provider, asked, session)


def decide(provider: Provider, asked: Asked, session: Session | None) -> Answer | SignInFirst:
    """What the browser's session is good for."""
    request = asked.request
    try:
        parameters = _decide(provider, asked, session)
    except OAuthError as error:
        parameters = failure(provider.issuer, error, request.state)
    if parameters is None:
        return SignInFirst(request)
    return signed(provider, asked.client, Answer(request.target, parameters))


def _decide(provider: Provider, asked: Asked, session: Session | None) -> dict[str, str] | None:
    request, client = asked.request, asked.client
    check_known(provider, request.resource)
    with provider.reading() as connection:
        step, achieved = standing(connection, provider, request, client, session)
    if step is None and session is not None and achieved is not None:
        with provider.transaction() as tx:
            return issue_code(tx, provider, request, client, session, achieved.person)
    if step is not None and "none" in request.prompt:
        raise OAuthError(step.prompt_none_error, "The request asked for no interaction, but it is needed.")
    return None
