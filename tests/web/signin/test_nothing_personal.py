"""What lies about for others to find tells nothing of a person: the log, addresses, cookies, and tokens."""

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient

from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.web.pages import Window
from tests.web.signin.conftest import VERIFIER, answered
from tests.web.signin.test_register import NEW, PASSWORD, adds_app, code_to, secret_of

NAMES = {"name": "Marguerite Oyelaran-Fisk", "given_name": "Marguerite", "family_name": "Oyelaran-Fisk"}
MARKS = {"birthdate": "1971-03-08", "tax_number": "420077123", "national_identifier": "17010203045"}
WRONG = "seventeen loud lamps"
SECRET = "a-secret-of-the-agency"


class Noting(FlaskClient):
    """A browser that notes every address it was at or was sent to, and every cookie it was given."""

    noted: list[str] = []  # noqa: RUF012 (one test, one browser)

    def open(self, *args, **more):
        answer = super().open(*args, **more)
        self.noted += [answer.request.url, answer.headers.get("Location", ""), *answer.headers.getlist("Set-Cookie")]
        return answer


@pytest.fixture
def noted(app, caplog) -> Iterator[list[str]]:
    app.test_client_class = Noting
    caplog.set_level(logging.INFO)
    Noting.noted.clear()
    return Noting.noted


@contextmanager
def nothing_of(personal, noted, caplog):
    """Whatever happens within leaves nothing of this behind."""
    yield
    assert len(noted) > 20
    assert caplog.messages
    for one in personal:
        assert [line for line in [*noted, *caplog.messages] if one.casefold() in line.casefold()] == [], one


def test_registering_leaves_nothing_of_the_newcomer_in_logs_addresses_and_cookies(provider, app, clock, noted, caplog):
    personal = [NEW, "newcomer", PASSWORD, "people.example"]
    with nothing_of(personal, noted, caplog):
        window = Window.of(app).goes("/register").submits("/address", email="not an address of newcomer")
        window.submits("/address", email=NEW).submits("/code", code="000000")
        personal.append(code_to(provider, NEW))
        window.submits("/code", code=personal[-1]).submits("/method", password="short").submits(
            "/method", password=PASSWORD
        )
        personal.append(secret_of(window))
        adds_app(window, clock).submits("/recovery-codes", saved="yes")
        assert window.at == "/account"
        window.posts("/verify-signature", csrf_token="", email=NEW)
        app.extensions["courier"].round()


def test_signing_in_leaves_nothing_of_the_citizen_there_either(provider, app, asked, revenue, a_person, noted, caplog):
    personal = [*NAMES.values(), *MARKS.values(), a_person.email, a_person.username, a_person.password, WRONG]
    with nothing_of(personal, noted, caplog):
        window = Window.of(app).goes(asked(scope="openid profile"))
        window.submits("/authenticate", username="nobody-at-all", password=WRONG)
        for password in (WRONG, a_person.password):
            window.submits("/authenticate", username=a_person.email, password=password)
        window.submits("/consent")
        tokens = redeem(app, revenue, answered(window)["code"])
        for page in ("", "/details", "/services", "/security", "/sessions", "/activity", "/nowhere"):
            window.goes(f"/account{page}")
        window.posts("/verify-signature", csrf_token="", username=a_person.username)
    body = tokens["id_token"].split(".")[1]
    told = base64.urlsafe_b64decode(body + "==").decode() + tokens["access_token"]
    assert [one for one in personal if one in told] == [], "a token that need not carry it does"


@pytest.fixture
def a_person(provider):
    return a_citizen(provider, username="quillon.harbour", email="marguerite@fisk.example", **NAMES, **MARKS)


@pytest.fixture
def revenue(provider):
    return a_client(provider, client_id="revenue", client_name="Revenue Service", scope="openid profile", secret=SECRET)


def redeem(app, client, code):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    answer = app.test_client().post("/oidc/token", data=form, auth=(client.id, SECRET))
    assert answer.status_code == 200, answer.text
    return answer.json
