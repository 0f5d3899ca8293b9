"""A password that leaked elsewhere is refused with the reason, wherever one is set, and replaced where one signs in."""

import hashlib
from dataclasses import replace

import pytest

from idp.app import create_app
from idp.domain.authenticators.methods import password
from idp.domain.sessions import browser
from tests.builders import PASSWORD, a_citizen
from tests.journeys.proofing.letters import letters
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


@pytest.fixture
def berta(provider):
    """She chose it before it leaked, and has an app."""
    return a_citizen(provider, username="berta", password=LEAKED, totp="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")


@pytest.fixture
def boris(provider):
    """He has nothing else."""
    return a_citizen(provider, username="boris", password=LEAKED)


def types(app, name, window=None):
    return (window or Window.of(app)).goes("/account").submits("/authenticate", username=name, password=LEAKED)


def test_at_sign_in_another_is_chosen_before_anything_else(app, provider, boris):
    window = types(app, "boris")
    assert window.at.endswith("/new-password")
    assert "stolen from another site" in window.page.words
    assert window.goes("/account").at.endswith("/authenticate"), "nobody is signed in yet"

    window = types(app, "boris")
    for refused, why in ((LEAKED, WORDS), ("short", "15 characters"), ("", "Choose a password")):
        window.submits("/new-password", password=refused)
        assert window.status == 422
        assert why in window.page.words
    assert window.submits("/new-password", password=f"{LEAKED} not").at == "/account"
    assert types(app, "boris").status == 422, "the old one opens nothing"
    told = [one["subject"] for one in letters(provider) if one["address"] == boris.email]
    assert "Your password was changed" in " ".join(told)


def test_the_password_that_others_may_know_replaces_none_without_the_second_factor(app, berta, clock):
    window = types(app, "berta")
    assert window.at.endswith("/second-factor")
    step = window.at.replace("second-factor", "new-password")
    assert window.posts(step, password=f"{LEAKED} not", csrf_token=window.token()).at.endswith("/second-factor")
    assert types(app, "berta").at.endswith("/second-factor"), "it was not changed"


def test_a_browser_that_remembers_her_does_not_stand_in_for_it(app, berta, clock, provider):
    window = types(app, "berta")
    clock.advance(30)
    window.submits("/second-factor", code=berta.code(clock.now), remember="yes")
    assert window.at.endswith("/new-password")
    window.submits("/new-password", password=f"{LEAKED} not")
    assert window.at == "/account"
    with provider.transaction() as tx:
        password.set_password(tx, berta.id, provider.hasher.hash(LEAKED))
    window.client.delete_cookie("session")
    assert types(app, "berta", window).at.endswith("/second-factor")


def test_every_other_session_ends_with_it(app, provider, boris):
    with provider.transaction() as tx:
        proved = browser.Authenticated(boris.id, ("pwd",), browser.Strength.ONE_FACTOR, tx.now)
        _, secret = browser.start(tx, proved, "a thief's", 3600)
    types(app, "boris").submits("/new-password", password=f"{LEAKED} not")
    with provider.reading() as connection:
        assert browser.find(connection, secret, provider.store.now(), 3600) is None
