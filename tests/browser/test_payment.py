"""A service asks to be allowed one thing exactly: it is read in plain words, and asked each time anew."""

import pytest

from tests.browser.authenticators import App
from tests.browser.country import SECRET
from tests.browser.errands import SIGN_IN, consents, signs_in

pytestmark = pytest.mark.slow
PAY = {"en": "#pay", "ar": "#pay-ar"}
TITLE = {"en": "Pay a tax from your bank account", "ar": "دفع ضريبة من حسابك المصرفي"}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_payment_is_read_and_allowed_at_the_provider(country, a_window, language):
    walker = a_window(language)
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, f"pays.{language}", App(SECRET))
    consents(walker)
    for answer, lands in (("#consent-deny", "revenue-callback"), ("#consent-approve", "revenue")):
        walker.presses(PAY[language])
        walker.is_at("signin-consent")
        walker.sees(TITLE[language], "87.50", "EUR", "GR1601101250000000012300695", "2024")
        walker.reads("You allow exactly this, and are asked again each time.")
        walker.presses(answer)
        walker.is_at(lands)
    walker.sees("You allowed one payment of 87.50 EUR.", at="#payment-allowed")
