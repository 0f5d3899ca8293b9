"""Registering, signing in, and being known to the next agency without being asked again."""

import pytest

from tests.browser.authenticators import App, Device
from tests.browser.country import SECRET
from tests.browser.errands import (
    SIGN_IN,
    consents,
    proves_address,
    registers_with_passkey,
    registers_with_password,
    signs_in,
)

pytestmark = pytest.mark.slow
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
ALL_LANGUAGES = pytest.mark.parametrize("language", ["en", "ar", "zh_Hant"])


@ALL_LANGUAGES
def test_a_passkey_alone_is_an_account_with_two_factors(country, a_window, language):
    walker = a_window(language)
    device = Device(walker.page)
    walker.goes(country.registry)
    walker.presses(SIGN_IN[language])
    walker.presses("#login-register")
    registers_with_passkey(walker, f"passkey.{language}@home.example", device)
    consents(walker)
    walker.sees("low", at="#assurance")
    walker.page.context.clear_cookies()
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    with device.touched():
        walker.presses("#login-passkey")
    walker.is_at("signin-verify-identity")
    assert device.passkeys == 1
    assert "signin-second-factor" not in walker.met
    assert "signin-enrol" not in walker.met


@LANGUAGES
def test_a_second_agency_asks_for_nothing_but_consent(country, a_window, language):
    walker = a_window(language)
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, f"knows.{language}", App(SECRET))
    consents(walker)
    walker.sees("substantial", at="#assurance")
    asked_before = len(walker.met)
    walker.goes(country.registry)
    walker.presses(SIGN_IN[language])
    consents(walker)
    assert walker.met[asked_before:] == ["registry", "signin-consent", "registry"]
    walker.presses("#register-birth")
    walker.is_at("signin-verify-identity")
    walker.presses("#login-cancel")
    walker.sees("Registering a birth needs an identity verified at the highest level", at="#sign-in-failed")


def test_who_will_not_share_is_not_signed_in_and_shares_nothing(country, a_window):
    walker = a_window()
    walker.goes(country.revenue)
    walker.presses("#sign-in")
    signs_in(walker, "denies.en", App(SECRET))
    walker.presses("#consent-deny")
    walker.sees("Nothing was shared", at="#sign-in-failed")
    assert walker.all("#person-name").count() == 0


def test_an_address_is_proved_by_the_link_of_the_letter(country, a_window):
    walker = a_window()
    walker.goes("/register")
    walker.types("email", "link@home.example")
    walker.presses("#register-submit")
    walker.goes(f"{country.issuer}/inbox?to=link@home.example")
    walker.presses("article a[href*='/link?']")
    walker.presses("#register-submit")
    walker.is_at("register-method")


@ALL_LANGUAGES
def test_recovery_codes_are_shown_once_and_each_opens_the_door_once(country, a_window, language):
    walker, address = a_window(language), f"codes.{language}@home.example"
    walker.goes("/register")
    codes = registers_with_password(walker, address).recovery_codes
    walker.page.go_back()
    assert codes[0] not in walker.page.content()
    for code, lands in ((codes[0], "account"), (codes[0], "signin-second-factor-recovery-code"), (codes[1], "account")):
        walker.page.context.clear_cookies()
        walker.goes("/account")
        signs_in(walker, address)
        walker.presses("#login-use-recovery")
        walker.types("login-recovery-code", code)
        walker.presses("#login-submit")
        walker.is_at(lands)


@LANGUAGES
def test_what_was_typed_wrong_is_said_beside_the_field(country, a_window, language):
    walker = a_window(language)
    walker.goes("/register")
    walker.types("email", "nobody")
    walker.presses("#register-submit")
    assert walker.page.get_attribute("#email", "aria-invalid") == "true"
    proves_address(walker, f"wrong.{language}@home.example")
    walker.types("register-password", "password")
    walker.presses("#register-submit")
    assert walker.all("#error-summary a[href='#register-password']").count() == 1
