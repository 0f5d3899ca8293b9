"""Two processes of ten threads each that all try to use one thing at the same moment, one thing after another."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from idp.config import Settings
from idp.domain.clients.registry import Client
from idp.domain.sessions import browser
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.authorize import authorize
from idp.journeys.oidc.prove_client import holds_key, signs_with_secret
from idp.journeys.oidc.prove_possession import Proofs, possession
from idp.journeys.oidc.push import push
from idp.journeys.oidc.redeem_code import redeem_code
from idp.journeys.oidc.refresh import refresh
from idp.journeys.oidc.respond import Answer
from idp.journeys.provider import Provider
from idp.parts import create_provider
from idp.protocol.client_assertion import Audiences
from idp.protocol.client_authentication import Presented
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.web import theme
from tests.agents import challenge
from tests.builders import REDIRECT_URI

PROCESSES = 2
THREADS = 10
RIVALS = PROCESSES * THREADS
PATIENCE = 60
VERIFIER = "v" * 43
CHALLENGE = challenge(VERIFIER)
PUSHING = "http://localhost/oidc/par"

Attempt = Callable[[Provider, Client, str, str], object]
"""Provider, client, session, and the thing: something true if it could be used. Raises Refusal if not."""


def code(provider: Provider, client: Client, _session: str, thing: str) -> object:
    return redeem_code(provider, client, {"code": thing, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER})


def refresh_token(provider: Provider, client: Client, _session: str, thing: str) -> object:
    return refresh(provider, client, {"refresh_token": thing})


def request_uri(provider: Provider, client: Client, session: str, thing: str) -> object:
    with provider.reading() as connection:
        found = browser.find(connection, session, provider.store.now(), provider.lifetimes.session_idle)
    outcome = authorize(provider, {"client_id": client.id, "request_uri": thing}, found)
    return isinstance(outcome, Answer) and "code" in outcome.parameters


def assertion(provider: Provider, client: Client, _session: str, thing: str) -> object:
    def prove() -> Confirmation:
        claimed = Presented("private_key_jwt", client.id, assertion=thing)
        assert holds_key(provider, claimed, client, Audiences(provider.issuer))
        return UNBOUND

    return pushed(provider, client, prove)


def assertion_by_secret(provider: Provider, client: Client, _session: str, thing: str) -> object:
    def prove() -> Confirmation:
        claimed = Presented("client_secret_jwt", client.id, assertion=thing)
        assert signs_with_secret(provider, claimed, client, Audiences(provider.issuer))
        return UNBOUND

    return pushed(provider, client, prove)


def dpop_proof(provider: Provider, client: Client, _session: str, thing: str) -> object:
    return pushed(provider, client, lambda: possession(provider, Proofs("POST", PUSHING, thing), client))


def pushed(provider: Provider, client: Client, prove: Callable[[], Confirmation]) -> object:
    """As the engine does it: what proves who asks, and with which key, is spent with what it asks for."""
    with provider.store.gathering():
        return push(provider, client, asked(client), prove())["request_uri"]


def asked(client: Client) -> dict[str, str]:
    """What is pushed: by rivals, and by who makes what they all want to use."""
    return {
        "client_id": client.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }


ATTEMPTS: dict[str, Attempt] = {
    one.__name__: one for one in (code, refresh_token, request_uri, assertion, assertion_by_secret, dpop_proof)
}


def successes(
    kind: str, settings: Settings, now: int, client_id: str, session: str, things: Sequence[str]
) -> list[int]:
    """How many of twenty rivals could use each of the things."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(RIVALS), context.Queue()
    arguments = (kind, settings, now, client_id, session, things, start, told)
    processes = [context.Process(target=compete, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    won: Counter[int] = Counter()
    for _ in processes:
        won.update(told.get(timeout=PATIENCE * 5))
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0
    return [won[number] for number in range(len(things))]


def compete(
    kind: str,
    settings: Settings,
    now: int,
    client_id: str,
    session: str,
    things: Sequence[str],
    start: Barrier,
    told: "Queue[Any]",
) -> None:
    """One of the processes; tells the numbers of what its threads could use."""
    provider = create_provider(settings, theme.load(settings.theme), lambda: now)
    client = provider.clients.find(client_id)
    assert client is not None
    won: list[int] = []

    def rival() -> None:
        for number, thing in enumerate(things):
            start.wait(PATIENCE)
            try:
                if ATTEMPTS[kind](provider, client, session, thing):
                    won.append(number)
            except Refusal:
                continue

    threads = [threading.Thread(target=rival) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(won)
    provider.store.dispose()
