"""A citizen's own page: who received what, ways to sign in, sessions, activity; and one of each taken back."""

import pytest

from tests.browser.authenticators import App, Device
from tests.browser.country import SECRET
from tests.browser.errands import SIGN_IN, adds_passkey, consents, is_signed_out_at, signs_in

pytestmark = pytest.mark.slow
REVENUE = {"en": "Revenue Service", "ar": "مصلحة الإيرادات"}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_citizen_sees_everything_and_takes_back_one_of_each(country, a_window, language):
    walker, username, app = a_window(language), f"tidies.{language}", App(SECRET)
    device = Device(walker.page)
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, username, app)
    consents(walker)
    elsewhere = a_window(language, "elsewhere")
    elsewhere.goes("/account")
    signs_in(elsewhere, username, app)
    elsewhere.is_at("account")

    walker.goes("/account")
    walker.presses("a[href='/account/details']")
    walker.sees(f"{username}@arcadia.example")
    walker.presses("a[href='/account/services']")
    walker.sees(REVENUE[language], at="section.card")
    walker.reads("Tax number", at="section.card")
    walker.presses("#service-revenue")
    walker.presses("#service-remove")
    walker.presses("#service-remove")
    assert walker.all("section.card").count() == 0

    adds_passkey(walker, device)
    assert walker.all("section.card").count() == 3
    walker.presses("section.card:has(h3:has-text('Linux')) a.manage")
    walker.types("authenticator-label", "Kitchen \N{HOUSE BUILDING}")
    walker.presses("#authenticator-rename")
    walker.presses("section.card:has(h3:has-text('Kitchen')) a.manage")
    walker.presses("#authenticator-removal")
    walker.reads("Authenticator app", "Password", at="#remaining")
    walker.presses("#authenticator-remove")
    assert walker.all("section.card").count() == 2
    walker.presses("#new-recovery-codes")
    assert walker.all("#codes li").count() == 10
    walker.presses("#codes-done")
    walker.presses("#change-password")

    walker.presses("a[href='/account/sessions']")
    assert walker.all("section.card").count() == 2
    walker.presses("section.card:not(:has(.tag)) a.end-session")
    walker.presses("#end-confirm")
    assert walker.all("section.card").count() == 1
    elsewhere.reloads()
    elsewhere.is_at("signin-authenticate")

    walker.presses("a[href='/account/activity']")
    walker.reads("A passkey was added", "A passkey was removed", at="#activity")
    walker.sees(REVENUE[language], at="#activity")
    is_signed_out_at(walker, country.revenue)
    walker.presses(SIGN_IN[language])
    walker.is_at("signin-consent")


def test_whoever_was_not_there_ends_everything_at_once(country, a_window):
    walker = a_window()
    walker.goes("/account/activity")
    signs_in(walker, "alarms.en", App(SECRET))
    walker.presses("#activity-not-me")
    walker.presses("#not-me")
    walker.goes("/account")
    walker.is_at("signin-authenticate")
