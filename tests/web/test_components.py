import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from tests import eyes


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def said(page: Page) -> list[str]:
    words: list[str] = []
    page.on("console", lambda message: words.append(message.text))
    page.on("pageerror", lambda error: words.append(str(error)))
    return words


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar", "zh-Hant"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_is_accessible(
    chromium: Browser, showroom: str, width: int, language: str, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{showroom}/?lang={language}")
    for path in ("", "wrong", "wide", "error"):
        page.goto(f"{showroom}/{path}")
        assert not eyes.violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_the_policy_lets_everything_of_ours_through_and_the_console_stays_silent(page: Page, showroom: str) -> None:
    words = said(page)
    page.goto(f"{showroom}/wrong", wait_until="networkidle")
    assert words == []


def test_injected_markup_runs_no_script_and_leads_no_form_away(page: Page, showroom: str) -> None:
    page.goto(showroom)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hurt=1\">')")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hurt") is None


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page: Page, showroom: str) -> None:
    page.goto(f"{showroom}/wrong")
    page.wait_for_function("document.activeElement.id === 'error-summary'")
    assert page.title() == "Error: Components \N{EN DASH} Tessera"
    page.get_by_role("link", name="Enter your password").click()
    assert page.evaluate("document.activeElement.id") == "login-password"
    described = page.locator("#login-password").get_attribute("aria-describedby")
    assert described == "login-password-hint login-password-error"


def test_the_same_page_works_by_keyboard_from_the_first_key(page: Page, showroom: str) -> None:
    page.goto(showroom)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_password_can_be_seen_and_is_hidden_again_before_it_is_sent(page: Page, showroom: str) -> None:
    page.goto(showroom)
    page.get_by_role("button", name="Show password").click()
    assert page.locator("#login-password").get_attribute("type") == "text"
    page.get_by_role("button", name="Hide password").click()
    assert page.locator("#login-password").get_attribute("type") == "password"


def test_recovery_codes_are_copied_one_on_a_line(chromium: Browser, showroom: str) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(showroom)
    page.get_by_role("button", name="Copy the codes").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[0] == "k7tm-p2vn-9wqc"
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_recovery_codes_are_kept_as_a_file_one_on_a_line(chromium: Browser, showroom: str, *, scripts: bool) -> None:
    context = chromium.new_context(java_script_enabled=scripts, accept_downloads=True)
    page = context.new_page()
    heard = said(page)
    page.goto(showroom)
    shown = page.locator("#codes li").all_inner_texts()
    with page.expect_download() as waited:
        page.get_by_role("link", name="Download the codes").click()
    assert waited.value.suggested_filename == "recovery-codes.txt"
    assert waited.value.path().read_text() == "".join(f"{code}\n" for code in shown)
    assert (len(shown) > 1, heard) == (True, [])
    context.close()


def test_without_scripts_nothing_is_offered_that_needs_them(chromium: Browser, showroom: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(showroom)
    assert page.get_by_role("button", name="Show password").count() == 0
    assert page.get_by_role("button", name="Use a passkey").count() == 0
    assert page.get_by_role("button", name="Copy the codes").count() == 0
    assert page.get_by_role("button", name="Print this page").count() == 0
    assert page.get_by_text("This browser cannot use passkeys.").is_visible()
    context.close()


def test_every_target_is_large_enough_for_a_finger(page: Page, showroom: str) -> None:
    page.goto(showroom)
    small = page.evaluate(
        """[...document.querySelectorAll("button, .button, input:not([type=hidden]), select, summary, nav a, footer a")]
        .filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([_, box]) => Math.min(box.width, box.height) < 24).map(([html]) => html)"""
    )
    assert small == []


def test_a_secret_is_never_sent_back(client: FlaskClient) -> None:
    field = re.search(r'<input type="password"[^>]*>', client.get("/").get_data(as_text=True))
    assert field
    assert "value=" not in field[0]


def test_an_error_page_says_the_reference_number_once(client: FlaskClient) -> None:
    assert client.get("/error").get_data(as_text=True).count("7KQ2MWXD") == 1
