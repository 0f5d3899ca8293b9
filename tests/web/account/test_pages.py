"""The pages of an account, as a citizen meets them."""

import pyotp
import pytest

from idp.domain.authenticators import registry
from idp.domain.grants import consents
from idp.journeys.account import passkeys
from idp.protocol.assurance import Level
from tests.builders import a_citizen, a_client
from tests.passkeys import SoftKey
from tests.web.pages import Window


def held(provider, person_id):
    with provider.reading() as connection:
        return {one.method: one for one in registry.of(connection, person_id)}


@pytest.fixture
def revenue(provider, anna):
    """A service that anna allowed to receive something."""
    client = a_client(provider, client_id="revenue", client_name="Revenue Service")
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, {"openid", "name", "tax_number"})
    return client


def test_a_service_is_shown_with_what_it_receives_and_can_be_removed(anna, revenue, a_window):
    window = a_window(anna).goes("/account/services")
    assert "Revenue Service" in window.page.words
    assert "Tax number" in window.page.words

    window.goes("/account/services/revenue/remove")
    assert "It receives nothing about you any more." in window.page.words
    window.submits("/account/services/revenue/remove")
    assert (window.status, window.at) == (200, "/account/services")
    assert "Revenue Service" not in window.page.words
    assert "may not receive anything about you any more" in window.page.words


def test_somebody_without_services_is_told_what_will_be_here(boris, revenue, a_window):
    page = a_window(boris).goes("/account/services").page

    assert "Revenue Service" not in page.words
    assert "You have used no service yet" in page.words


def test_ways_to_sign_in_are_listed_and_the_password_can_only_be_changed(provider, anna, a_window):
    window = a_window(anna).goes("/account/security")
    ids = {method: one.id for method, one in held(provider, anna.id).items()}

    assert f"/account/security/{ids['totp']}" in window.page.links
    assert f"/account/security/{ids['password']}" not in window.page.links
    assert window.goes(f"/account/security/{ids['password']}").at == "/account/security/password"


def test_an_app_is_added_with_its_code(provider, boris, a_window, clock):
    window = a_window(boris).goes("/account/security/add")
    secret = secret_of(window)
    window.submits("/account/security/totp", code=pyotp.TOTP(secret).at(clock.now), label="Phone")

    assert (window.status, window.at) == (200, "/account/security")
    assert "It was added." in window.page.words
    assert set(held(provider, boris.id)) == {"password", "totp"}


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "000000"])
def test_a_wrong_code_is_explained_at_its_field_and_the_key_stays(boris, a_window, code):
    window = a_window(boris).goes("/account/security/add")
    secret = secret_of(window)
    window.submits("/account/security/totp", code=code)

    assert window.status == 422
    assert "#totp-code" in window.page.links
    assert window.page.by_id["totp-code"]["aria-invalid"] == "true"
    assert window.page.by_id["totp-code"]["value"] == ""
    assert window.page.title.startswith("Error:")
    assert secret_of(window) == secret


def test_too_many_wrong_codes_are_answered_with_how_long_to_wait(boris, a_window):
    window = a_window(boris).goes("/account/security/add")
    for _ in range(11):
        window.submits("/account/security/totp", code="000000")

    assert window.status == 429
    assert "There were too many attempts. Wait" in window.page.words
    assert int(window.response.headers["Retry-After"]) > 0


def test_a_code_may_be_typed_in_any_digits_and_with_spaces(provider, boris, a_window, clock):
    window = a_window(boris).goes("/account/security/add")
    code = pyotp.TOTP(secret_of(window)).at(clock.now)
    arabic = code.translate({ord(digit): 0x660 + int(digit) for digit in "0123456789"})
    window.submits("/account/security/totp", code=f" {arabic[:3]} {arabic[3:]} ")

    assert "totp" in held(provider, boris.id)


def test_the_field_for_a_code_is_filled_in_by_phones(boris, a_window):
    field = a_window(boris).goes("/account/security/add").page.by_id["totp-code"]

    assert (field["autocomplete"], field["inputmode"], field["dir"]) == ("one-time-code", "numeric", "ltr")


def test_a_passkey_is_added_and_named_after_its_device(provider, boris, a_window):
    window = a_window(boris).goes("/account/security/add")
    values = window.page.form("/account/security/passkey").values
    key = SoftKey(provider.rp_id, provider.issuer)
    challenge_id, options = passkeys.options(provider, boris.id)
    token = values["csrf_token"]
    window.posts("/account/security/passkey", csrf_token=token, challenge=challenge_id, credential=key.make(options))

    assert (window.status, window.at) == (200, "/account/security")
    assert "passkey" in held(provider, boris.id)


@pytest.mark.parametrize("credential", ["", "{}", "null", "no JSON", '{"id": "abc", "response": []}'])
def test_a_passkey_that_is_none_is_explained(provider, boris, a_window, credential):
    window = a_window(boris).goes("/account/security/add")
    window.submits("/account/security/passkey", credential=credential)

    assert window.status == 422
    assert "The passkey could not be checked." in window.page.words
    assert set(held(provider, boris.id)) == {"password"}


def test_an_authenticator_is_renamed_and_its_name_is_never_markup(provider, anna, a_window):
    path = f"/account/security/{held(provider, anna.id)['totp'].id}"
    window = a_window(anna).goes(path)
    window.submits("/rename", label="<script>alert(1)</script> هاتفي")

    assert (window.status, window.at) == (200, "/account/security")
    assert "<script>alert" not in window.response.text
    assert held(provider, anna.id)["totp"].label == "<script>alert(1)</script> هاتفي"
    assert window.goes(path).page.by_id["authenticator-label"]["value"].endswith("هاتفي")


def test_the_second_factor_that_is_needed_stays_and_the_citizen_learns_why(provider, anna, a_window):
    window = a_window(anna).goes(f"/account/security/{held(provider, anna.id)['totp'].id}/remove")
    window.submits("/remove")

    assert window.status == 422
    assert "a password alone would open your account" in window.page.words
    assert "totp" in held(provider, anna.id)


def test_what_can_be_spared_is_removed_and_may_be_removed_twice_without_harm(provider, anna, a_window):
    with provider.transaction() as tx:
        spare = registry.add(tx, anna.id, "totp", "Old phone")
    window = a_window(anna).goes(f"/account/security/{spare.id}/remove")
    remaining = window.page.words.partition("You can still sign in with:")[2]
    assert all(kind in remaining for kind in ("Password", "Authenticator app"))
    assert "Old phone" not in remaining
    form = window.page.form("/remove")
    window.submits("/remove")
    assert "It was removed." in window.page.words
    assert "Old phone" not in window.page.words

    assert window.posts(form.action, **form.values).status == 404
    assert set(held(provider, anna.id)) == {"password", "totp"}


def test_a_password_is_changed(app, boris, a_window):
    window = a_window(boris).goes("/account/security/password")
    assert window.page.by_id["new-password"]["autocomplete"] == "new-password"
    window.submits("/account/security/password", password="seventeen quiet lamps overboard")
    assert "Your password was changed" in window.page.words

    again = Window.of(app).goes("/account")
    again.submits("/authenticate", username="boris", password="seventeen quiet lamps overboard")
    assert (again.status, again.at) == (200, "/account")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Choose a password."),
        ("violet lamp", "The password is too short. Use at least 15 characters."),
        ("x" * 300, "The password is too long. Use at most 256 characters."),
        ("passwordpassword", "This password is easy to guess."),
        ("boris@people.example", "The password must not contain your name or your address."),
    ],
)
def test_a_password_that_will_not_do_is_explained_and_not_sent_back(boris, a_window, password, words):
    window = a_window(boris).goes("/account/security/password")
    window.submits("/account/security/password", password=password)

    assert window.status == 422
    assert words in window.page.words
    assert "#new-password" in window.page.links
    assert "value" not in window.page.by_id["new-password"]
    assert not password or password not in window.response.text


def test_a_very_long_password_works(app, boris, a_window):
    password = ("violet lamp overboard seventeen quietly " * 8)[:256]
    a_window(boris).goes("/account/security/password").submits("/account/security/password", password=password)
    again = Window.of(app).goes("/account").submits("/authenticate", username="boris", password=password)

    assert again.at == "/account"


def test_recovery_codes_are_shown_once(provider, anna, a_window):
    window = a_window(anna).goes("/account/security")
    window.submits("/account/security/recovery-codes")
    words = window.page.words
    codes = [word for word in words.split() if word.count("-") == 3 and len(word) == 19]
    assert len(codes) == 10
    assert "no-store" in window.response.headers["Cache-Control"]

    window.goes("/account/security/recovery-codes")
    assert (window.status, window.at) == (200, "/account/security")
    assert "10 codes are left." in window.page.words
    assert not [code for code in codes if code in window.page.words]


def test_somebody_elses_doing_is_ended_at_once(anna, a_window, mail):
    mine, other = a_window(anna), a_window(anna)
    mine.goes("/account/activity").goes("/account/not-me").submits("/account/not-me")

    assert mine.at.endswith("/authenticate")
    assert other.goes("/account").at.endswith("/authenticate")
    assert mail(anna.email)[-1] == "You reported that somebody else had used your account"


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "\u00b2", "1e3"])
def test_an_odd_page_of_the_activity_is_a_page_all_the_same(anna, a_window, before):
    assert a_window(anna).goes(f"/account/activity?before={before}").status == 200


def test_the_details_are_ones_own(anna, boris, a_window):
    words = a_window(boris).goes("/account/details").page.words

    assert boris.email in words
    assert anna.email not in words


def test_every_page_speaks_arabic_from_right_to_left(anna, a_window):
    window = a_window(anna)
    for path in ("/account", "/account/services", "/account/security", "/account/security/add", "/account/sessions"):
        page = window.goes(f"{path}?lang=ar").page
        assert (page.root["lang"], page.root["dir"]) == ("ar", "rtl"), path
        assert "الأمان" in page.words, path


def test_no_page_of_an_account_is_kept_or_framed(anna, a_window):
    window = a_window(anna)
    for path in ("/account", "/account/details", "/account/security/add", "/account/activity"):
        headers = window.goes(path).response.headers
        assert "no-store" in headers["Cache-Control"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path


def test_a_verified_citizen_is_not_asked_to_verify_again(provider, a_window):
    window = a_window(a_citizen(provider, assurance=Level.HIGH))
    assert "account-verify" not in window.goes("/account").page.by_id


def secret_of(window: Window) -> str:
    """The key that the page shows for typing."""
    words = window.page.words.split()
    return next(word for word in words if len(word) == 32 and word.isalnum() and word.isupper())
