"""Access tokens that are bound to a DPoP key, and requests with them."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.grants.grants import Context, Grant, Parties, Terms
from idp.foundation.randomness import octets
from idp.journeys.oidc.prove_possession import fresh_nonce
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from idp.protocol.confirmation import Confirmation
from tests.builders import REDIRECT_URI, Citizen
from tests.holders import Key, a_proof, ath


@dataclass
class Bound:
    """A token, the key it is bound to, and a program that holds both."""

    http: FlaskClient
    provider: Provider
    token: str
    key: Key

    @property
    def now(self) -> int:
        return self.provider.store.now()

    def nonce(self) -> str:
        return fresh_nonce(self.provider)

    def proof(self, key: Key | None = None, **members: object) -> str:
        return a_proof(key or self.key, self.now, **({"ath": ath(self.token)} | members))

    def ask(self, proof: str | None, scheme: str = "DPoP", path: str = "/oidc/userinfo") -> TestResponse:
        headers = {"Authorization": f"{scheme} {self.token}"} | ({} if proof is None else {"DPoP": proof})
        return self.http.get(path, headers=headers)


def bound_tokens(app: Flask, provider: Provider, citizen: Citizen, client: Client, key: ECKey) -> Bound:
    """A token of the citizen for the client, as if a code had been redeemed with a proof."""
    grant = a_grant(provider, citizen, client)
    token = mint(Kind.ACCESS, octets(32))
    with provider.transaction() as tx:
        terms = Terms(Confirmation(key.thumbprint()))
        grants.add_access_token(tx, token, client.id, "openid", 900, grant.id, terms)
    return Bound(app.test_client(), provider, token, key)


def a_grant(provider: Provider, citizen: Citizen, client: Client, code: str = "", **context: object) -> Grant:
    """What a citizen agreed to; its code may be redeemed with `tests.web.oidc.conftest.VERIFIER`."""
    code = code or mint(Kind.CODE, octets(32))
    agreed = {
        "redirect_uri": REDIRECT_URI,
        "scope": "openid",
        "nonce": None,
        "code_challenge": "CrlVwe1WSHWuTQYh3iczmx3aS-faRx6C92k9_hNxl4A",
        "claims": None,
        "acr": "low",
        "amr": ("pwd",),
        "auth_time": provider.store.now(),
    }
    with provider.transaction() as tx:
        parties = Parties(citizen.id, client.id, "session")
        kept = Context(**(agreed | context))  # type: ignore[arg-type]
        grants.open_grant(tx, code, parties, kept, offline=True, lifetime=3600, code_lifetime=60)
        found = grants.of_code(tx.connection, code)
    assert found is not None
    return found
