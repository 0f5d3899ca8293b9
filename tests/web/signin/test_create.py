"""prompt=create (Initiating User Registration 1.0): to the form for newcomers, and on to the service."""

from tests.builders import a_citizen
from tests.web.signin.conftest import answered
from tests.web.signin.test_register import PASSWORD, adds_app, proves


def registers(provider, window, clock):
    proves(provider, window)
    window.submits("/method", password=PASSWORD)
    adds_app(window, clock)
    return window.submits("/recovery-codes", saved="yes")


def test_a_service_may_ask_for_an_account_to_be_made(provider, at_sign_in, clock):
    window = at_sign_in(prompt="create")
    assert window.at.startswith("/register/")
    assert window.at.endswith("/address")
    registers(provider, window, clock)
    assert window.at.endswith("/consent")

    told = answered(window.submits("/consent"))
    assert {"code", "state"} <= told.keys()


def test_who_has_a_session_is_shown_the_form_all_the_same(provider, at_sign_in, asked, boris, clock):
    window = at_sign_in().submits("/authenticate", username="boris", password=boris.password).submits("/consent")
    assert "code" in answered(window)

    window.goes(asked(prompt="create"))
    assert window.at.endswith("/address")
    registers(provider, window, clock)
    assert "code" in answered(window.submits("/consent"))
    assert boris.email not in window.goes("/account/details").page.words


def test_who_has_an_account_after_all_goes_back_and_signs_in(provider, at_sign_in):
    known = a_citizen(provider)
    window = at_sign_in(prompt="create")
    back = next(link for link in window.page.links if link.startswith("/signin/"))
    window.goes(back).submits("/authenticate", username=known.username, password=known.password)

    assert "code" in answered(window.submits("/consent"))


def test_it_stands_alone(at_sign_in):
    """Section 4: it is not combined with another value."""
    assert answered(at_sign_in(prompt="create login"))["error"] == "invalid_request"
    assert answered(at_sign_in(prompt="create none"))["error"] == "invalid_request"


def test_it_is_published(app):
    assert "create" in app.test_client().get("/.well-known/openid-configuration").json["prompt_values_supported"]
