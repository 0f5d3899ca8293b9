"""A citizen has her browser remember her, signs in with her password alone, and has it forget her again."""

import pytest

from tests.browser.authenticators import App
from tests.browser.country import PASSWORD, SECRET
from tests.browser.errands import signs_in

pytestmark = pytest.mark.slow


def signs_out(walker):
    walker.goes("/account/sessions")
    walker.presses("#end-this")
    walker.presses("#end-confirm")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_citizen_is_remembered_and_forgotten(country, a_window, language):
    walker, username, app = a_window(language), f"waits.{language}", App(SECRET)
    walker.goes("/account")
    walker.is_at("signin-authenticate")
    walker.types("login-username", username)
    walker.types("login-password", PASSWORD)
    walker.presses("#login-submit")
    walker.is_at("signin-second-factor")
    assert not walker.all("#login-remember").is_checked()
    walker.chooses("login-remember")
    walker.types("login-code", "000000")
    walker.presses("#login-submit")
    assert walker.all("#login-remember").is_checked()
    walker.types("login-code", app.code())
    walker.presses("#login-submit")
    walker.is_at("account")
    signs_out(walker)

    walker.goes("/account")
    signs_in(walker, username)
    walker.is_at("account")
    walker.goes("/account/sessions")
    walker.is_at("account-sessions")
    walker.presses(".forget")
    walker.is_at("account-sessions")
    assert walker.all("#remembered").count() == 0
    signs_out(walker)

    walker.goes("/account")
    signs_in(walker, username, app)
    walker.is_at("account")
