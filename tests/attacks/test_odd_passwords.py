"""A megabyte, a NUL, half a surrogate: refused in words before a row is read or anything is hashed."""

from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.journeys.provider import Provider
from tests.builders import PASSWORD, Citizen, a_citizen
from tests.fixtures.house import House
from tests.web.pages import Window
from tests.web.signin.conftest import app, asked, at_sign_in, boris, revenue
from tests.witness import watching

__all__ = ["app", "asked", "at_sign_in", "boris", "revenue"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MEGABYTE = 1024 * 1024
ODD = {
    "a megabyte": quote("x" * MEGABYTE),
    "a megabyte of nothing": "%20" * (MEGABYTE // 3),
    "a NUL": "correct%00horse",
    "a NUL at the end": quote(PASSWORD) + "%00",
    "half a surrogate": "%ED%A0%80" + quote(PASSWORD),
    "no UTF-8": quote(PASSWORD) + "%FF%FE",
    "overlong UTF-8": "%C0%80" + quote(PASSWORD),
    "an escape": "%1B%5B2J" + quote(PASSWORD),
    "1,025 characters": "%F0%9F%A6%8A" * 1025,
}
FORMS = ["/signin/x/authenticate", "/register/x/method", "/account/security/password", "/password-strength"]


def sent(client: FlaskClient, path: str, odd: str, **more: str) -> tuple[int, str]:
    answer = client.post(path, data=f"{urlencode(more)}&password={odd}", headers=FORM)
    return answer.status_code, answer.text


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("path", FORMS)
def test_it_costs_no_hash_and_no_statement(app: Flask, provider: Provider, path: str, kind: str) -> None:
    window = Window.of(app)
    with watching(provider) as witness:
        status, text = sent(window.client, path, ODD[kind], csrf_token=window.token(), username="boris")

    assert status == 400
    assert (witness.hashes, witness.statements) == ([], [])
    assert "This password cannot be read" in text
    assert "eference number" in text
    assert len(text) < 10_000, "what was sent comes back"


def test_the_witness_sees_an_ordinary_try(provider: Provider, at_sign_in: Callable[[], Window], boris: Citizen) -> None:
    window = at_sign_in()
    with watching(provider) as witness:
        window.submits("/authenticate", username="boris", password="wrong wrong")

    assert witness.hashes == ["verify"]
    assert len(witness.statements) > 5
    assert any("person_identifiers" in one for one in witness.statements)


def test_a_form_of_very_many_fields_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/signin/x/authenticate", data="a=&" * 100_000, headers=FORM)

    assert answer.status_code == 413
    assert "That is too large" in answer.text


def test_the_percent_sign_itself_can_be_typed(at_sign_in: Callable[[], Window], provider: Provider) -> None:
    a_citizen(provider, username="per", password="100%ED safe %00 lamps")

    assert at_sign_in().submits("/authenticate", username="per", password="100%ED safe %00 lamps").status == 200


@pytest.mark.parametrize("length", [257, 1024])
def test_a_password_of_another_system_may_be_longer_than_ours(
    provider: Provider, at_sign_in: Callable[[], Window], boris: Citizen, length: int
) -> None:
    assert at_sign_in().submits("/authenticate", username="boris", password="x" * length).status == 422


@pytest.mark.parametrize("size", [MEGABYTE, 3 * MEGABYTE, 30 * MEGABYTE])
@pytest.mark.parametrize("path", ["/signin/x/authenticate", "/account/security/password"])
def test_any_size_is_answered_in_words_by_the_server_itself(house: House, path: str, size: int) -> None:
    body = b"username=ben&password=" + b"x" * size
    browser = house.browser()
    answer = browser.http.post(house.server.url + path, data=body, headers=FORM | {"Accept": "text/html"}, timeout=60)

    assert answer.status_code == (400 if size <= MEGABYTE else 413)
    assert "<h1>" in answer.text
    assert "eference number" in answer.text
    assert house.server.get("/health/ready")["status"] == "ready"
