import re
from base64 import b64encode
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.foundation.randomness import octets
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from idp.protocol.assurance import Strength
from tests.builders import Citizen
from tests.fixtures.product import app, client
from tests.fixtures.storage import Clock
from tests.journeys.signing.conftest import PDF, RETURN_URI, agency, anna, boris

__all__ = ["agency", "anna", "app", "boris", "client"]

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Service:
    """An agency's program that calls the signing API."""

    http: FlaskClient
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def asks(self, **terms: object) -> TestResponse:
        """POST a document; `terms` replace members of the request, None takes one out."""
        told = {
            "document": b64encode(PDF).decode(),
            "title": "Registration of a birth",
            "reason": "I declare a birth",
            "return_uri": RETURN_URI,
        }
        body = {name: value for name, value in (told | terms).items() if value is not None}
        return self.http.post("/api/signing/requests", json=body, headers=self._headers())

    def get(self, path: str) -> TestResponse:
        return self.http.get(f"/api/signing/requests/{path}", headers=self._headers())

    def delete(self, path: str) -> TestResponse:
        return self.http.delete(f"/api/signing/requests/{path}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **self.headers}


@pytest.fixture
def a_service(app: Flask, provider: Provider):
    """A program with a client-credentials token of a client."""

    def make(client: Client, scope: str = "signing") -> Service:
        token = mint(Kind.ACCESS, octets(32))
        with provider.transaction() as tx:
            grants.add_access_token(tx, token, client.id, scope, 900, None)
        return Service(app.test_client(), token)

    return make


@pytest.fixture
def service(a_service, agency: Client) -> Service:
    return a_service(agency)


@dataclass
class Walker:
    """A browser without scripts in which a citizen is signed in."""

    http: FlaskClient
    citizen: Citizen
    clock: Clock
    page: str = ""

    def opens(self, path: str) -> TestResponse:
        response = self.http.get(path)
        self.page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        return response

    def posts(self, path: str, **fields: str) -> TestResponse:
        """Submit a form of the page that is open."""
        found = TOKEN.search(self.page)
        assert found, "the page has no form"
        response = self.http.post(path, data={"csrf_token": found.group(1), **fields})
        self.page = response.get_data(as_text=True)
        return response

    def code(self) -> str:
        """The next code of her app."""
        self.clock.advance(30)
        return self.citizen.code(self.clock.now)


@pytest.fixture
def a_walker(app: Flask, provider: Provider, clock: Clock):
    def make(citizen: Citizen, strength: Strength = Strength.TWO_FACTORS, *, handed_over: bool = False) -> Walker:
        with provider.transaction() as tx:
            proved = Authenticated(citizen.id, ("pwd", "otp", "mfa"), strength, tx.now, handed_over)
            _, secret = browser.start(tx, proved, "Firefox, Linux", 3600)
        http = app.test_client()
        http.set_cookie("session", secret)
        return Walker(http, citizen, clock)

    return make


@pytest.fixture
def walker(a_walker, anna: Citizen) -> Walker:
    return a_walker(anna)
