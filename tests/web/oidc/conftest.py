from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from tests.builders import REDIRECT_URI, Citizen, a_citizen, a_client
from tests.fixtures.product import app, client

__all__ = ["app", "client"]

WAGES = "https://wages.example/api"
ARCHIVE = "https://archive.example/api"
ALLOWED = (WAGES, f"{WAGES}/slips", ARCHIVE, "https://old.example/", "http://localhost")
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
    """Anna's browser; she agreed to sign in to the agency, and that it uses the resource servers below."""
    with provider.transaction() as tx:
        proved = Authenticated(anna.id, ("pwd",), Strength.ONE_FACTOR, tx.now)
        _session, secret = browser.start(tx, proved, "Firefox", 3600)
        consents.give(tx, anna.id, agency.id, ["openid", *ALLOWED])
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


def posted(http: FlaskClient, **parameters: str) -> TestResponse:
    """What comes of a request that another site's form posts, as SameSite=Lax has browsers send it."""
    first = http.application.test_client().post("/oidc/authorize", data=parameters)
    assert first.status_code == 303, first.text
    assert first.location.startswith("/oidc/authorize?")
    return http.get(first.location)


EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SERVER_SECRET = "a-secret-of-the-server"


@pytest.fixture
def wages(provider: Provider) -> Client:
    """A resource server that reads JWTs, and calls others for the person."""
    return a_server(provider, "wages", [WAGES, f"{WAGES}/slips"], access_token_format="jwt")


@pytest.fixture
def archive(provider: Provider) -> Client:
    """A resource server that asks about opaque tokens."""
    return a_server(provider, "archive", [ARCHIVE])


def a_server(provider: Provider, client_id: str, resources: list[str], **metadata: object) -> Client:
    members: dict[str, object] = {
        "client_id": client_id,
        "redirect_uris": [],
        "grant_types": [EXCHANGE],
        "scope": "",
        "resources": resources,
        "id_token_signed_response_alg": "ES256",
    }
    return a_client(provider, secret=SERVER_SECRET, **members | metadata)


AGENCY_AUTH = ("agency", "a-secret-of-the-agency")


def a_code(signed_in: FlaskClient, *resources: str, scope: str = "openid") -> str:
    """The code of an authorization for these resources."""
    query = "".join(f"&{urlencode({'resource': resource})}" for resource in resources)
    return signed_in.get(authorize(scope=scope) + query).location.partition("code=")[2].partition("&")[0]


def a_token_response(http: FlaskClient, code: str, *resources: str) -> TestResponse:
    """What the code brings, for these resources of it."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return http.post("/oidc/token", data=form | {"resource": list(resources)}, auth=AGENCY_AUTH)


def introspected(http: FlaskClient, token: str, server: str) -> dict[str, object]:
    """What the resource server is told about the token."""
    answer = http.post("/oidc/introspect", data={"token": token}, auth=(server, SERVER_SECRET))
    assert answer.status_code == 200
    told: dict[str, object] = answer.json
    return told
