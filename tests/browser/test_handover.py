"""Signing in at a kiosk with a telephone: the picture moves, the words change, and both may think better of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.authenticators import App
from tests.browser.country import SECRET
from tests.browser.errands import SIGN_IN, consents, signs_in

pytestmark = pytest.mark.slow
TWO_DIGITS = re.compile(r"\d\d")


def asks_to_be_handed_over(kiosk, selector):
    """Its page is replaced by its script at once, by the one that keeps itself up to date."""
    kiosk.page.click(selector)
    kiosk.page.wait_for_url("**/handover?live")
    kiosk.looks()


def opens_on(phone, kiosk, username, app):
    """Type at the telephone what the kiosk shows, and sign in there."""
    phone.goes("/handover")
    phone.types("handover-code", kiosk.page.text_content("#handover-typed"))
    phone.presses("#handover-open")
    signs_in(phone, username, app)
    phone.is_at("handover-one")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_telephone_signs_in_at_a_kiosk(country, a_window, language):
    kiosk, phone, app = a_window(language, "kiosk"), a_window(language, "telephone"), App(SECRET)
    username = f"hands.{language}"
    kiosk.goes(country.revenue)
    kiosk.presses(SIGN_IN[language])
    asks_to_be_handed_over(kiosk, "#login-handover")
    kiosk.is_at("signin-handover")
    expect(kiosk.all("#handover[data-live]")).to_be_visible()
    first = kiosk.page.inner_html("[data-picture]")
    expect(kiosk.all("[data-picture]")).to_be_visible()
    kiosk.page.wait_for_function("was => document.querySelector('[data-picture]').innerHTML !== was", arg=first)

    opens_on(phone, kiosk, username, app)
    expect(kiosk.all("#handover-number")).to_have_text(TWO_DIGITS)
    expect(kiosk.all("[data-picture]")).to_be_hidden()
    kiosk.looks()
    phone.presses("#handover-refuse")
    expect(kiosk.all("#handover-again")).to_be_visible()
    kiosk.looks()

    asks_to_be_handed_over(kiosk, "#handover-again")
    expect(kiosk.all("#handover[data-live]")).to_be_visible()
    opens_on(phone, kiosk, username, app)
    expect(kiosk.all("#handover-number")).to_have_text(TWO_DIGITS)
    phone.types("handover-matching", "00")
    phone.presses("#handover-approve")
    phone.types("handover-matching", kiosk.page.inner_text("#handover-number"))
    with kiosk.page.expect_navigation(url="**/consent"):
        phone.presses("#handover-approve")
    kiosk.looks()
    consents(kiosk)
    phone.presses("#handover-sessions")
    assert phone.all("section.card").count() == 2


@pytest.mark.parametrize("language", ["en", "ar", "zh_Hant"])
def test_both_without_scripts(a_window, language):
    kiosk, phone = a_window(language, "kiosk", scripts=False), a_window(language, "telephone", scripts=False)
    username, app = f"borrows.{language}", App(SECRET)
    kiosk.goes("/account")
    kiosk.presses("#login-handover")
    opens_on(phone, kiosk, username, app)
    kiosk.reloads()
    phone.types("handover-matching", kiosk.page.inner_text("#handover-number"))
    phone.presses("#handover-approve")
    kiosk.reloads()
    kiosk.presses("#handover-continue")
    kiosk.is_at("account")

    kiosk.goes("/account/sessions")
    kiosk.reads("approved on another device")
    kiosk.goes("/account/security/add")
    assert kiosk.all("#login-handover").count() == 0
    signs_in(kiosk, username, app)
    kiosk.is_at("account-security-add")
    kiosk.goes("/account/sessions")
    assert kiosk.all("section.card").first.locator(".tag").count() == 1
