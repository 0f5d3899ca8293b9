from collections.abc import Callable

import pytest
from flask import Flask

from idp.domain.sessions import browser
from idp.domain.sessions.browser import Authenticated
from idp.journeys.provider import Provider
from idp.protocol.assurance import Strength
from tests.builders import Citizen, a_citizen
from tests.fixtures.product import app
from tests.journeys.account.conftest import audit, mail
from tests.web.pages import Window

__all__ = ["app", "audit", "mail"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    """Somebody with a password and an authenticator app."""
    return a_citizen(provider, totp=SECRET, username="anna")


@pytest.fixture
def boris(provider: Provider) -> Citizen:
    """Somebody with a password alone."""
    return a_citizen(provider, username="boris")


@pytest.fixture
def a_window(app: Flask, provider: Provider) -> Callable[..., Window]:
    """Gives somebody a browser with a session that began some seconds ago."""

    def make(
        citizen: Citizen, seconds_ago: int = 0, strength: Strength | None = None, *, handed_over: bool = False
    ) -> Window:
        two = bool(citizen.totp_secret) if strength is None else strength is Strength.TWO_FACTORS
        amr, reached = (("pwd", "otp", "mfa"), Strength.TWO_FACTORS) if two else (("pwd",), Strength.ONE_FACTOR)
        with provider.transaction() as tx:
            proved = Authenticated(citizen.id, amr, reached, tx.now - seconds_ago, handed_over)
            _, secret = browser.start(tx, proved, "Firefox, Linux", 12 * 3600)
        window = Window.of(app)
        window.client.set_cookie("session", secret)
        return window

    return make
