"""A password that leaked elsewhere is refused with the reason, wherever one is set."""

import hashlib
from dataclasses import replace

import pytest

from idp.app import create_app
from tests.builders import PASSWORD, a_citizen
from tests.web.pages import Window
from tests.web.signin.test_register import proves

LEAKED = "seventeen quiet lamps overboard"
WORDS = "has been seen in a leak of another site's passwords"


@pytest.fixture
def app(settings, clock, tmp_path):
    """The application with a list of one leaked password."""
    file = tmp_path / "leaked"
    file.write_text(f"{hashlib.sha1(LEAKED.encode()).hexdigest().upper()}:7\r\n", newline="")
    made = create_app(replace(settings, breached_passwords=file), clock)
    made.testing = True
    yield made
    made.extensions["provider"].store.dispose()


@pytest.fixture
def provider(app):
    return app.extensions["provider"]


def test_not_at_registration(app, provider):
    window = Window.of(app).goes("/register")
    proves(provider, window)
    window.submits("/method", password=LEAKED)

    assert window.status == 422
    assert WORDS in window.page.words
    assert LEAKED not in window.response.text
    assert window.submits("/method", password=f"{LEAKED} not").at.endswith("/second-factor")


def test_not_at_a_change(app, provider):
    a_citizen(provider, username="boris")
    window = Window.of(app).goes("/account/security/password")
    window.submits("/authenticate", username="boris", password=PASSWORD)
    window.submits("/account/security/password", password=LEAKED)

    assert window.status == 422
    assert WORDS in window.page.words
    assert window.submits("/account/security/password", password=f"{LEAKED} not").at == "/account/security"
