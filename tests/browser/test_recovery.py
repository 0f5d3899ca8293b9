"""Somebody who lost her telephone takes her account back; and somebody who was robbed of it stops the thief."""

import pytest
from playwright.sync_api import expect

from tests.browser.authenticators import App
from tests.browser.country import PASSWORD
from tests.browser.errands import registers_with_password, signs_in

pytestmark = pytest.mark.slow
NEW = "seventeen quiet lamps"


@pytest.mark.parametrize("language", ["en", "ar", "zh_Hant"])
def test_a_citizen_takes_her_account_back_and_stops_whoever_was_there(country, a_window, language):
    address = f"loses.everything.{language}@people.example"
    walker = a_window(language)
    walker.goes("/register")
    lost = registers_with_password(walker, address)
    walker.is_at("account")

    finder = a_window(language, "finder")
    finder.goes("/account")
    finder.presses("#login-recover")
    finder.is_at("recover-name")
    finder.presses("#recover-submit")
    expect(finder.all("[data-focus]")).to_be_visible()
    finder.types("recover-name", address)
    finder.presses("#recover-submit")
    finder.is_at("recover-ways")
    finder.presses("#recover-email")
    finder.types("recover-code", "000000")
    finder.presses("#recover-submit")
    finder.types("recover-code", country.letter(address, r"\b(\d{6})\b", count=2)[1])
    finder.presses("#recover-submit")
    finder.is_at("recover-ways")
    finder.presses("#recover-recovery_code")
    finder.types("recover-code", lost.recovery_codes[0])
    finder.presses("#recover-submit")
    finder.is_at("recover-method")
    finder.types("recover-password", NEW)
    finder.presses("#recover-submit")
    finder.is_at("recover-second-factor")
    app = App(finder.page.inner_text("#totp-secret"))
    finder.types("recover-totp", app.code())
    finder.presses("#enrol-submit")
    finder.is_at("recover-recovery-codes")
    finder.chooses("codes-saved")
    finder.presses("#recover-submit")
    signs_in(finder, address, app, NEW)
    finder.is_at("account")
    walker.reloads()
    walker.is_at("signin-authenticate")

    link = country.letter(address, r"(/not-me/\S+)")[1]
    walker.goes(link)
    expect(walker.all("#not-me-confirm")).to_be_visible()
    walker.presses("#not-me-confirm")
    expect(walker.all("#recover-start")).to_be_visible()
    finder.reloads()
    signs_in(finder, address, password=NEW)
    finder.is_at("signin-authenticate")
    walker.goes(link)
    assert PASSWORD != NEW
