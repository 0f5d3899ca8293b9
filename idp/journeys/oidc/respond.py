"""The answer to an authorization request, signed if it is to be (JARM)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol import jose, response_mode, signed_response
from idp.protocol.authorization import Target


@dataclass(frozen=True, slots=True)
class Answer:
    """Parameters that go to the client at its own, registered address."""

    target: Target
    parameters: Mapping[str, str]


def signed(provider: Provider, client: Client, answer: Answer) -> Answer:
    """As the response mode of `answer` says; outside any transaction, for a signature takes its time."""
    if answer.target.response_mode not in response_mode.SIGNED:
        return answer
    algorithm = signed_response.algorithm(client.metadata)
    held = provider.keyring.signer("tokens", algorithm)
    claims = signed_response.claims(provider.issuer, client.id, answer.parameters, provider.store.now())
    token = jose.sign(jose.AUTHORIZATION_RESPONSE, claims, held.signing_key, held.kid, algorithm)
    return replace(answer, parameters={"response": token})
