"""One factor opens a service only where the operator and the service both say so."""

from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from idp.app import create_app
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.web.pages import Window
from tests.web.signin.conftest import answered
from tests.web.signin.test_register import secret_of


@pytest.fixture
def strict(app: Flask, settings, clock):
    """The same installation, where the operator allows no single factor."""
    another = create_app(replace(settings, single_factor=False), clock)
    yield another
    another.extensions["provider"].store.dispose()


@pytest.fixture
def careful(provider):
    """A service that did not say that one factor will do."""
    return a_client(provider, client_id="careful", single_factor=False)


def with_password(window, citizen):
    return window.submits("/authenticate", username=citizen.username, password=citizen.password)


def test_where_both_say_so_a_password_is_enough(at_sign_in, boris):
    assert "code" in answered(with_password(at_sign_in(), boris).submits("/consent"))


def test_a_service_that_did_not_ask_for_that_is_opened_with_two(at_sign_in, asked, careful, boris, clock):
    window = at_sign_in().goes(asked(client_id=careful.id))
    with_password(window, boris)
    assert window.at.endswith("/enrol")
    assert "This service needs more than a password." in window.page.words
    assert "Whoever learns your password could otherwise open the service in your name." in window.page.words

    window.submits("/enrol", code=pyotp.TOTP(secret_of(window)).at(clock.now))
    assert window.at.endswith("/consent")
    assert "code" in answered(window.submits("/consent"))


def test_a_service_alone_cannot_decide_it(strict, asked, boris):
    window = with_password(Window.of(strict).goes(asked()), boris)
    assert window.at.endswith("/enrol")


def test_a_session_of_one_factor_opens_the_account_and_no_such_service(app, asked, careful, boris):
    window = with_password(Window.of(app).goes("/account"), boris)
    assert window.at == "/account"

    window.goes(asked(client_id=careful.id))
    assert window.at.endswith("/authenticate")
    window.goes(asked(client_id=careful.id, prompt="none"))
    assert answered(window)["error"] == "login_required"


def test_a_session_of_one_factor_does_not_slip_through_the_door_for_programs(strict, asked, at_sign_in, boris):
    """Once consented and allowed, a browser with a session meets no page: unless the operator changed the rule."""
    window = with_password(at_sign_in(), boris).submits("/consent")
    assert "code" in answered(window)
    cookie = window.client.get_cookie("session")
    stricter = Window.of(strict)
    stricter.client.set_cookie("session", cookie.value)

    assert stricter.goes(asked()).at.endswith("/authenticate")


def test_who_holds_two_is_asked_for_nothing_new(at_sign_in, asked, careful, anna, clock):
    window = with_password(at_sign_in().goes(asked(client_id=careful.id)), anna)
    assert window.at.endswith("/second-factor")
    clock.advance(30)
    window.submits("/second-factor", code=anna.code(clock.now))

    assert window.at.endswith("/consent")


def test_a_browser_that_remembers_her_is_still_enough(at_sign_in, asked, careful, anna, clock):
    window = with_password(at_sign_in().goes(asked(client_id=careful.id)), anna)
    clock.advance(30)
    window.submits("/second-factor", code=anna.code(clock.now), remember="yes").submits("/consent")
    assert "code" in answered(window)
    window.client.delete_cookie("session")

    window.goes(asked(client_id=careful.id))
    with_password(window, anna)
    assert window.at.startswith(REDIRECT_URI)


def test_a_newcomer_registers_with_two_and_goes_on(provider, asked, careful, app, clock):
    citizen = a_citizen(provider, totp="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    window = with_password(Window.of(app).goes(asked(client_id=careful.id)), citizen)
    clock.advance(30)
    window.submits("/second-factor", code=citizen.code(clock.now))
    assert window.at.endswith("/consent")
