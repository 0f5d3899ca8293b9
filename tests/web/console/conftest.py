"""A whole application, and browsers of staff who are signed in with two factors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.domain.oversight.permissions import Role
from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.journeys.console.authority import Staff
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from tests.fixtures.product import app
from tests.journeys.console.conftest import (
    a_citizen,
    a_colleague,
    a_person,
    a_walker,
    adele,
    arcadia,
    augustin,
    revenue,
    vera,
    viktor,
)

__all__ = ["a_citizen", "a_colleague", "a_person", "a_walker", "adele", "app", "arcadia", "augustin"]
__all__ += ["revenue", "vera", "viktor"]


BROWSER = "a-secret-of-this-browser"


class Text(HTMLParser):
    """The words of a page, without what only machines read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def text(response: TestResponse) -> str:
    """What a reader of the page reads, in single spaces."""
    return " ".join(" ".join(Text(response.text).words).split())


@dataclass
class Desk:
    """A browser at the console."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """Send a form as one of our own pages would."""
        return self.client.post(path, data={**fields, "csrf_token": token(self.client)})

    def follow(self, response: TestResponse) -> TestResponse:
        """Where a redirect leads."""
        return self.client.get(response.location)


def token(client: FlaskClient) -> str:
    """A forgery token of this browser."""
    client.set_cookie("browser", BROWSER)
    app = client.application
    with app.test_request_context(headers={"Cookie": f"browser={BROWSER}"}):
        made: str = app.jinja_env.globals["csrf_token"]()
    return made


@pytest.fixture
def signed_in(app: Flask, provider: Provider) -> Callable[..., Desk]:
    """Gives somebody a browser with a living session."""

    def sign_in(
        person_id: str,
        strength: Strength = Strength.TWO_FACTORS,
        seconds_ago: int = 0,
        *,
        handed_over: bool = False,
    ) -> Desk:
        with provider.transaction() as tx:
            amr = ("pwd", "otp", "mfa") if strength > Strength.ONE_FACTOR else ("pwd",)
            proved = Authenticated(person_id, amr, strength, tx.now - seconds_ago, handed_over)
            _session, secret = browser.start(tx, proved, "Test", 3600)
        client = app.test_client()
        client.set_cookie("session", secret)
        return Desk(client)

    return sign_in


@pytest.fixture
def at_desk(signed_in: Callable[..., Desk], a_colleague: Callable[..., Staff]) -> Mapping[str, Desk]:
    """A desk for each role, made when it is asked for."""

    return _Desks(lambda role: signed_in(a_colleague(f"the-{role}", Role(role)).person_id))


class _Desks(dict[str, Desk]):
    def __init__(self, make: Callable[[str], Desk]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, role: str) -> Desk:
        self[role] = self._make(role)
        return self[role]
