from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def device(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.id = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]  # type: ignore[attr-defined]
    return session


def enrol(page: Page, showroom: str) -> None:
    page.goto(f"{showroom}/enrol")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/enter")


def test_a_passkey_is_made_and_opens_the_door(page: Page, device: CDPSession, showroom: str) -> None:
    enrol(page, showroom)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("welcome").wait_for()


def test_a_passkey_is_offered_in_the_username_field(page: Page, device: CDPSession, showroom: str) -> None:
    enrol(page, showroom)
    page.goto(f"{showroom}/enter?conditional")
    page.get_by_text("welcome").wait_for()


def test_a_person_who_is_not_recognised_is_told_what_to_do(page: Page, device: CDPSession, showroom: str) -> None:
    enrol(page, showroom)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.id, "isUserVerified": False})  # type: ignore[attr-defined]
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("it was cancelled, or took too long").wait_for()
    assert page.get_by_role("button", name="Use a passkey").is_enabled()


def test_the_words_are_in_the_language_of_the_page(page: Page, device: CDPSession, showroom: str) -> None:
    page.goto(f"{showroom}/enter?lang=ar")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.id, "isUserVerified": False})  # type: ignore[attr-defined]
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("لم يُستخدم مفتاح المرور").wait_for()


def test_a_browser_without_passkeys_is_offered_no_button(chromium: Browser, showroom: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{showroom}/enter")
    assert page.get_by_text("This browser cannot use passkeys.").is_visible()
    assert page.get_by_role("button", name="Use a passkey").count() == 0
    context.close()
