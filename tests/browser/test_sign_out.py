"""Sign-out anywhere is sign-out everywhere: the browser goes to one agency, the courier to the other."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.authenticators import App
from tests.browser.country import SECRET, TIMEOUT
from tests.browser.errands import SIGN_IN, consents, is_signed_out_at, signs_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sign_out_at_revenue_ends_the_session_at_the_registry_and_at_the_provider(country, a_window, language):
    walker = a_window(language)
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, f"leaves.{language}", App(SECRET))
    consents(walker)
    walker.goes(country.registry)
    walker.presses(SIGN_IN[language])
    consents(walker)
    expect(walker.all("#person-name")).to_be_visible()
    walker.goes(country.revenue)
    walker.presses("#sign-out")
    walker.is_at("revenue")
    expect(walker.all("#sign-in")).to_be_visible()
    is_signed_out_at(walker, country.registry)
    walker.goes("/account")
    walker.is_at("signin-authenticate")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sign_out_at_the_provider_ends_the_session_at_an_agency(country, a_window, language):
    walker = a_window(language)
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, f"closes.{language}", App(SECRET))
    consents(walker)
    walker.goes("/account")
    walker.presses("#account-sign-out")
    walker.is_at("oidc-logout")
    walker.presses("#logout-confirm")
    expect(walker.all("#logged-out-sign-in")).to_be_visible()
    is_signed_out_at(walker, country.revenue)


def test_no_other_site_signs_anybody_out_or_registers_a_birth_at_an_agency(country):
    for address in (f"{country.revenue}/sign-out", f"{country.registry}/sign-out", f"{country.registry}/births"):
        browser = requests.Session()
        browser.get(address.rpartition("/")[0], timeout=TIMEOUT)
        for form in ({}, {"form_token": ""}, {"form_token": "\N{LATIN SMALL LETTER E WITH ACUTE}"}):
            assert browser.post(address, form, timeout=TIMEOUT).status_code == 403, (address, form)
