from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from tests.builders import REDIRECT_URI, Citizen, a_citizen, a_client
from tests.fixtures.product import app, client

__all__ = ["app", "client"]

VERIFIER = "v" * 50
CHALLENGE = "CrlVwe1WSHWuTQYh3iczmx3aS-faRx6C92k9_hNxl4A"


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    return a_citizen(provider)


@pytest.fixture
def agency(provider: Provider) -> Client:
    return a_client(provider, client_id="agency", secret="a-secret-of-the-agency", id_token_signed_response_alg="ES256")


@pytest.fixture
def signed_in(app: Flask, provider: Provider, anna: Citizen, agency: Client) -> FlaskClient:
    """Anna's browser; she agreed to sign in to the agency."""
    with provider.transaction() as tx:
        proved = Authenticated(anna.id, ("pwd",), Strength.ONE_FACTOR, tx.now)
        _session, secret = browser.start(tx, proved, "Firefox", 3600)
        consents.give(tx, anna.id, agency.id, ["openid"])
    http = app.test_client()
    http.set_cookie("session", secret)
    return http


def authorize(**changes: str) -> str:
    """The address of an authorization request."""
    parameters = {
        "response_type": "code",
        "client_id": "agency",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid",
        "state": "the state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"/oidc/authorize?{urlencode(parameters | changes)}"
