from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask

from idp.domain.clients.registry import Client
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level
from tests.agents import challenge
from tests.builders import REDIRECT_URI, Citizen, a_citizen, a_client
from tests.fixtures.product import app
from tests.journeys.account.conftest import audit, mail
from tests.web.pages import Window

__all__ = ["app", "audit", "mail"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
VERIFIER = "v" * 43


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    """Verified to the highest level, with a password and an authenticator app."""
    return a_citizen(provider, assurance=Level.HIGH, totp=SECRET, username="anna")


@pytest.fixture
def boris(provider: Provider) -> Citizen:
    """Hardly known, with a password alone."""
    return a_citizen(provider, username="boris")


@pytest.fixture
def revenue(provider: Provider) -> Client:
    """A service that asks for sign-ins."""
    return a_client(provider, client_id="revenue", client_name="Revenue Service")


@pytest.fixture
def asked(revenue: Client) -> Callable[..., str]:
    """The address that the service sends a browser to."""

    def address(**more: str) -> str:
        asks = {
            "client_id": revenue.id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid profile",
            "state": "st",
            "code_challenge": challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        return f"/oidc/authorize?{urlencode(asks | more)}"

    return address


@pytest.fixture
def at_sign_in(app: Flask, asked: Callable[..., str]) -> Callable[..., Window]:
    """A new browser that the service sent here."""
    return lambda **more: Window.of(app).goes(asked(**more))


def answered(window: Window) -> dict[str, str]:
    """What the service reads in the address that the browser is sent to."""
    assert window.at.startswith(REDIRECT_URI), (window.at, window.status)
    return {name: values[0] for name, values in parse_qs(urlsplit(window.at).query).items()}
