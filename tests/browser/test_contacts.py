"""A citizen adds her telephone number, mistypes, and changes her e-mail address with both codes."""

import re

import pytest

from idp.foundation.clock import monotonic, pause
from tests.browser.authenticators import App
from tests.browser.country import SECRET, TIMEOUT
from tests.browser.errands import signs_in

pytestmark = pytest.mark.slow
NUMBERS = {
    "en": ("691 234 5601", "+306912345601"),
    "ar": ("٦٩١٢٣٤٥٦٠٢", "+306912345602"),
    "zh_Hant": ("0030 691 2345 603", "+306912345603"),
}


def types_code(walker, address):
    walker.types("contact-code", walker.country.letter(address, r"\b(\d{6})\b")[1])
    walker.presses("#contact-prove")


def code_by_text_message(walker, number, count):
    """The newest of so many codes, as soon as the courier has been there."""
    deadline = monotonic() + TIMEOUT
    while monotonic() < deadline:
        lines = (
            re.search(r"^@localhost #(\d{6})$", one["text"], re.MULTILINE) for one in walker.country.letters(number)
        )
        codes = [line[1] for line in lines if line]
        if len(codes) == count:
            return codes[0]
        pause(0.1)
    raise AssertionError(f"not {count} codes by text message")


def takes_codes_there(walker, number):
    """Add codes by text message as a way to sign in."""
    walker.goes("/account/security/add")
    walker.presses("#add-sms")
    walker.presses("#sms-send")
    walker.types("sms-code", code_by_text_message(walker, number, 2))
    walker.presses("#sms-prove")
    walker.is_at("account-security")
    walker.sees("+30 ••• 56")


def signs_in_by_text_message(walker, username, number):
    """With a password and the code that comes."""
    walker.goes("/account")
    signs_in(walker, username)
    walker.presses("#login-use-sms")
    walker.presses("#login-sms-send")
    walker.types("login-sms-code", code_by_text_message(walker, number, 3))
    walker.presses("#login-submit")
    walker.is_at("account")


@pytest.mark.parametrize("language", list(NUMBERS))
def test_a_citizen_adds_her_number_and_changes_her_address(country, a_window, language):
    walker, username = a_window(language), f"moves.{language}"
    typed, number = NUMBERS[language]
    old, new = f"{username}@arcadia.example", f"{username}@elsewhere.example"
    walker.goes("/account/details")
    signs_in(walker, username, App(SECRET))
    walker.presses("#details-contacts")
    walker.sees(old)

    walker.presses("#add-phone")
    walker.types("address", "691 234")
    walker.presses("#contact-submit")
    walker.types("address", typed)
    walker.presses("#contact-submit")
    walker.is_at("account-contacts-code")
    message = walker.country.letter(number, r"\b(\d{6})\b")
    assert re.search(rf"\n@localhost #{message[1]}$", message.string)
    walker.types("contact-code", f"{(int(message[1]) + 1) % 10**6:06}")
    walker.presses("#contact-prove")
    walker.presses("#contact-again")
    types_code(walker, number)
    walker.is_at("account-contacts")
    assert walker.all("section.card").count() == 2

    walker.presses("section.card:first-of-type a.change")
    walker.types("address", new)
    walker.presses("#contact-submit")
    walker.all("main summary").click()
    walker.presses("#contact-lost")
    walker.presses("nav.back a")
    types_code(walker, old)
    walker.is_at("account-contacts-code")
    types_code(walker, new)
    walker.is_at("account-contacts")
    walker.sees(new)
    assert (
        walker.all(
            "section.card",
        ).count()
        == 2
    )
    assert walker.country.letters(old)[0]["subject"]

    takes_codes_there(walker, number)
    signs_in_by_text_message(a_window(language, "elsewhere"), username, number)
