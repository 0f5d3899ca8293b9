from collections.abc import Callable

import pytest
from flask import Flask

from idp.domain.authenticators.methods import recovery_code
from idp.journeys.provider import Provider
from tests.builders import Citizen, a_citizen
from tests.fixtures.product import app
from tests.journeys.account.conftest import audit, mail
from tests.web.pages import Window

__all__ = ["app", "audit", "mail"]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def anna(provider: Provider) -> Citizen:
    """With a password, an authenticator app and a proven e-mail address."""
    return a_citizen(provider, totp=SECRET, username="anna")


@pytest.fixture
def sheet(provider: Provider, anna: Citizen) -> list[str]:
    """Her recovery codes."""
    with provider.transaction() as tx:
        return recovery_code.issue(tx, anna.id)


@pytest.fixture
def lost(app: Flask) -> Callable[[str], Window]:
    """A browser of somebody who cannot sign in, after saying a name."""
    return lambda name: Window.of(app).goes("/recover").submits("/name", username=name)
