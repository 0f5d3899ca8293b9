"""A session that is about to end says so in time, stays at one press, and gives back what was typed after its end."""

import pytest
from playwright.sync_api import expect

from tests.browser.authenticators import App
from tests.browser.country import SECRET, admit, running
from tests.browser.errands import signs_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
IDLE = 48
WARNING = IDLE // 2
SOON = IDLE * 1000
"""Milliseconds within which what must come has come."""
TYPED = "P<XAROKONKWO<<CHIDI<<<<<<<<<<<<<<<<<<<<<<<<<"


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    """A country whose sessions may rest for less than a minute."""
    folder = tmp_path_factory.mktemp("hasty")
    with running(folder, IDP_SESSION_IDLE=str(IDLE)) as country:
        admit(country, folder)
        yield country


def is_at_details(walker):
    """On the page of her own verification on which most is typed."""
    walker.goes("/verify-identity")
    walker.presses("#proofing-continue")
    walker.chooses("level")
    walker.presses("#proofing-continue")
    walker.chooses("document")
    walker.presses("#proofing-continue")
    walker.is_at("verify-identity-details")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_citizen_is_asked_in_time_and_loses_nothing(country, a_window, language):
    walker, app = a_window(language), App(SECRET)
    dialog, stay, again = (walker.all(f"#{name}") for name in ("session-time", "session-stay", "session-again"))
    walker.goes("/account")
    signs_in(walker, f"waits.{language}", app)
    walker.is_at("account")
    expect(dialog).to_be_hidden()
    expect(dialog).to_be_visible(timeout=SOON)
    expect(stay).to_be_focused()
    walker.examines("session-ends-soon")
    walker.page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    elsewhere = walker.page.context.new_page()
    walker.page.wait_for_timeout(WARNING * 1000 * 3 // 4)
    elsewhere.goto(f"{country.issuer}/account")
    walker.page.wait_for_timeout(WARNING * 1000 // 2)
    expect(dialog).to_be_hidden()
    elsewhere.close()
    expect(dialog).to_be_visible(timeout=SOON)
    walker.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    is_at_details(walker)
    walker.types("mrz-line-1", TYPED)
    expect(again).to_be_visible(timeout=2 * SOON)
    expect(walker.all("main")).to_be_hidden()
    expect(again).to_be_focused()
    walker.examines("session-is-over")
    walker.presses("#session-again")
    signs_in(walker, f"waits.{language}", app)
    walker.is_at("verify-identity-details")
    expect(walker.all("#mrz-line-1")).to_have_value(TYPED)
    expect(walker.all("#session-kept")).to_be_visible()


def test_what_was_typed_is_given_to_nobody_else(country, a_window):
    walker = a_window("en", "the next one")
    walker.goes("/account")
    signs_in(walker, "rises.en", App(SECRET))
    walker.is_at("account")
    is_at_details(walker)
    walker.types("mrz-line-1", TYPED)
    walker.page.context.clear_cookies(name="session")
    expect(walker.all("#session-again")).to_be_visible(timeout=SOON)
    walker.presses("#session-again")
    signs_in(walker, "knows.en", App(SECRET))
    assert TYPED not in walker.page.content()
    assert walker.page.evaluate("sessionStorage.length") == 0


def test_without_scripts_the_page_says_how_long_and_works(country, a_window):
    walker = a_window(scripts=False)
    walker.goes("/account")
    signs_in(walker, "tidies.en", App(SECRET))
    walker.is_at("account")
    walker.sees("You are signed out after 1 minute without use.", at=".page")
    expect(walker.all("#session-time")).to_be_hidden()
