"""Passkeys and security keys from the first touch to the last, and what the browser keeps of them."""

import json
from urllib.parse import urlencode

import pytest

from tests.agents import challenge
from tests.browser.authenticators import SIMPLE, SYNCED, Device, holds
from tests.browser.errands import adds_passkey, registers_with_password, signs_in
from tests.passkeys import SoftKey

pytestmark = pytest.mark.slow
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar", "zh_Hant"])
AT_ONCE = """
const create = navigator.credentials.create.bind(navigator.credentials);
navigator.credentials.create = ({ mediation, ...request }) => create(request);
"""
"""Chromium's simulated device waits for ever when a passkey is to be made without asking: here it is asked."""


def registers(walker, name):
    """An account with a password and an app, up to its first page."""
    address = f"{name}.{walker.language}@keys.example"
    walker.goes("/register")
    return address, registers_with_password(walker, address)


@LANGUAGES
def test_a_passkey_is_added_offered_in_the_field_renamed_and_forgotten(country, a_window, language):
    walker = a_window(language)
    device = Device(walker.page)
    address, _ = registers(walker, "whole")
    adds_passkey(walker, device)
    assert device.names == [address]

    walker.page.context.clear_cookies()
    walker.goes("/account")
    walker.is_at("signin-authenticate")
    assert walker.page.get_attribute("#login-username", "autocomplete") == "username webauthn"
    with device.touched():
        walker.page.reload()
        walker.page.wait_for_url("**/account")
    walker.page.context.clear_cookies()
    walker.goes("/account")
    with device.touched():
        walker.presses("#login-passkey")
    walker.is_at("account")

    walker.page.evaluate(
        "whose => PublicKeyCredential.signalCurrentUserDetails({ ...whose, name: 'before', displayName: 'before' })",
        _whose(walker),
    )
    assert device.comes_to(lambda one: one.names == ["before"])
    walker.goes("/account/security")
    assert device.comes_to(lambda one: one.names == [address])
    walker.presses("section.card:has(h3:has-text('Linux')) a.manage")
    walker.types("authenticator-label", "Kitchen")
    walker.presses("#authenticator-rename")
    walker.presses("section.card:has(h3:has-text('Kitchen')) a.manage")
    walker.presses("#authenticator-removal")
    assert device.passkeys == 1
    walker.presses("#authenticator-remove")
    assert device.comes_to(lambda one: one.passkeys == 0)


def _whose(walker):
    walker.goes("/account/security")
    told = walker.page.get_attribute("[data-passkey-signal='signalAllAcceptedCredentials']", "data-options")
    return {name: json.loads(told)[name] for name in ("rpId", "userId")}


def test_a_passkey_that_was_removed_elsewhere_is_forgotten_when_it_is_offered(country, a_window):
    walker, elsewhere = a_window(), a_window("en", "elsewhere")
    device = Device(walker.page)
    address, app = registers(walker, "elsewhere")
    adds_passkey(walker, device)
    elsewhere.goes("/account/security")
    signs_in(elsewhere, address, app)
    elsewhere.presses("section.card:has(h3:has-text('Linux')) a.manage")
    elsewhere.presses("#authenticator-removal")
    elsewhere.presses("#authenticator-remove")
    assert device.passkeys == 1

    walker.page.context.clear_cookies()
    walker.goes("/account")
    with device.touched():
        walker.presses("#login-passkey")
    walker.sees("This passkey is not known here.")
    assert device.comes_to(lambda one: one.passkeys == 0)


def test_a_passkey_is_made_beside_the_password_without_a_word(country, a_window):
    walker = a_window()
    device = Device(walker.page)
    address, app = registers(walker, "quietly")
    walker.page.context.clear_cookies()
    walker.page.add_init_script(AT_ONCE)
    walker.goes("/account")
    with device.touched():
        signs_in(walker, address, app)
        walker.sees("A passkey was saved on this device.")
    walker.is_at("account")
    assert device.names == [address]
    walker.reloads()
    assert walker.all("form[data-quiet]").count() == 0

    walker.page.context.clear_cookies()
    walker.goes("/account")
    with device.touched():
        walker.presses("#login-passkey")
    walker.is_at("account")


@LANGUAGES
def test_a_simple_security_key_is_a_second_factor_and_no_more(country, a_window, language):
    walker = a_window(language)
    key = Device(walker.page, SIMPLE)
    address, _ = registers(walker, "simple")
    walker.goes("/account/security/add")
    with key.touched():
        walker.presses("#enrol-security-key")
    walker.is_at("account-security")
    walker.presses("#change-password")
    assert walker.all("#password-removal").count() == 0

    walker.page.context.clear_cookies()
    walker.goes("/account")
    signs_in(walker, address)
    walker.is_at("signin-second-factor")
    with key.touched():
        walker.presses("#login-passkey")
    walker.is_at("account")


def asks_for_hardware(country):
    """What the Revenue Service would send a browser to, if it took nothing less."""
    asked = {
        "client_id": "revenue",
        "redirect_uri": f"{country.revenue}/callback",
        "response_type": "code",
        "scope": "openid profile",
        "state": "hardware",
        "code_challenge": challenge("v" * 43),
        "code_challenge_method": "S256",
        "claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "phrh"}}}),
    }
    return f"/oidc/authorize?{urlencode(asked)}"


@LANGUAGES
def test_where_hardware_is_needed_a_synced_key_is_refused_and_a_listed_one_opens(country, a_window, language):
    walker = a_window(language)
    address, app = registers(walker, "hardware")
    synced = Device(walker.page, SYNCED)
    walker.page.context.clear_cookies()
    walker.goes(f"{asks_for_hardware(country)}&ui_locales={walker.tag}")
    signs_in(walker, address, app)
    walker.is_at("signin-enrol")
    walker.sees("Arcadian Key")
    with synced.touched():
        walker.presses("#enrol-security-key")
    walker.reads("This service needs a security key that cannot be copied, of a make that is listed. This one is not.")

    key = SoftKey("localhost", country.issuer)
    key.batch = country.maker.batch()
    holds(walker.page, key)
    walker.page.goto(walker.page.url.removesuffix("/security-key"))
    walker.presses("#enrol-security-key")
    walker.is_at("signin-consent")
    with walker.page.expect_request(f"{country.revenue}/callback?**") as told:
        walker.presses("#consent-approve")
    assert "code=" in told.value.url

    walker.page.context.clear_cookies()
    walker.goes(f"{asks_for_hardware(country)}&ui_locales={walker.tag}")
    signs_in(walker, address)
    walker.is_at("signin-second-factor")
    assert walker.all("#login-code").count() == 0
    walker.presses("#login-passkey")
    walker.goes("/account/security")
    walker.sees("Arcadian Key")
    walker.reads("Cannot be copied")
