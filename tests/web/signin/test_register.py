"""Registering, page by page: an address that is proved, a way to sign in, a second factor, codes on paper."""

import re

import pyotp
import pytest

from idp.journeys.signin.register import PER_ADDRESS
from tests.builders import a_citizen
from tests.journeys.proofing.letters import letters
from tests.passkeys import SoftKey
from tests.web.pages import Window

NEW = "newcomer@people.example"
PASSWORD = "seventeen quiet lamps"


@pytest.fixture
def newcomer(app):
    """A browser on the first page."""
    return Window.of(app).goes("/register")


def code_to(provider, address):
    """The code in the last letter to an address."""
    letter = [one for one in letters(provider) if one["address"] == address][-1]
    found = re.search(r"\b\d{6}\b", letter["subject"])
    assert found, letter["subject"]
    return found[0]


def proves(provider, window, address=NEW):
    window.submits("/address", email=address)
    return window.submits("/code", code=code_to(provider, address))


def secret_of(window):
    return next(word for word in window.page.words.split() if re.fullmatch("[A-Z2-7]{32}", word))


def adds_app(window, clock):
    return window.submits("/second-factor", code=pyotp.TOTP(secret_of(window)).at(clock.now))


def options_of(window):
    found = re.search(r'data-passkey="create" data-options="([^"]*)"', window.response.text)
    assert found
    return found[1].replace("&#34;", '"')


def test_with_a_password_and_an_app_the_newcomer_arrives_in_her_account(provider, newcomer, clock):
    proves(provider, newcomer)
    assert newcomer.at.endswith("/method")
    newcomer.submits("/method", password=PASSWORD)
    assert newcomer.at.endswith("/second-factor")
    adds_app(newcomer, clock)
    assert newcomer.at.endswith("/recovery-codes")
    newcomer.submits("/recovery-codes", saved="yes")

    assert (newcomer.status, newcomer.at) == (200, "/account")
    assert "Not verified" in newcomer.page.words
    assert [one["subject"] for one in letters(provider)][-1] == "Your account is ready"


@pytest.mark.parametrize(
    "typed", ["NEWCOMER@People.Example", "\uff4eewcomer\uff20people\u3002example\u200f"], ids=ascii
)
def test_another_spelling_of_an_address_is_written_to_where_mail_arrives(provider, newcomer, typed):
    newcomer.submits("/address", email=typed)

    assert letters(provider)[-1]["address"].lower() == NEW


@pytest.mark.parametrize(("length", "status"), [(256, 200), (257, 422)])
def test_a_password_may_be_as_long_as_256_characters_of_any_script(provider, newcomer, length, status):
    proves(provider, newcomer)
    newcomer.submits("/method", password=("\U0001f98a quiet harbour \u7fe0\u7da0 " * 40)[:length])

    assert newcomer.status == status
    assert ("too long. Use at most 256" in newcomer.page.words) is (status == 422)


def test_with_a_passkey_that_verifies_its_user_there_is_no_second_factor_to_add(provider, newcomer):
    proves(provider, newcomer)
    key = SoftKey(provider.rp_id, provider.issuer)
    newcomer.submits("/passkey", credential=key.make(options_of(newcomer)))
    assert newcomer.at.endswith("/recovery-codes")
    newcomer.submits("/recovery-codes", saved="yes")

    assert newcomer.at == "/account"


def test_a_passkey_that_does_not_verify_its_user_is_not_enough_alone(provider, newcomer):
    proves(provider, newcomer)
    key = SoftKey(provider.rp_id, provider.issuer)
    key.verified = False
    newcomer.submits("/passkey", credential=key.make(options_of(newcomer)))

    assert newcomer.status == 422
    assert "did not check that it is you" in newcomer.page.words


def test_within_a_sign_in_registering_leads_to_the_service(provider, at_sign_in, clock):
    window = at_sign_in()
    window.goes(window.page.by_id["login-register"]["href"])
    proves(provider, window)
    window.submits("/method", password=PASSWORD)
    adds_app(window, clock)
    window.submits("/recovery-codes", saved="yes")

    assert window.at.endswith("/consent")
    assert "Revenue Service" in window.page.words


def test_the_link_of_the_letter_fills_in_the_code_and_a_person_sends_it(provider, newcomer):
    newcomer.submits("/address", email=NEW)
    letter = letters(provider)[-1]
    found = re.search(r"/register/\S+", letter["text"])
    assert found
    newcomer.goes(found[0])
    assert newcomer.page.by_id["register-code"]["value"] == code_to(provider, NEW)
    newcomer.submits("/code")

    assert newcomer.at.endswith("/method")


def test_the_link_in_another_browser_says_where_to_enter_the_code(app, provider, newcomer):
    newcomer.submits("/address", email=NEW)
    found = re.search(r"/register/\S+", letters(provider)[-1]["text"])
    assert found
    other = Window.of(app).goes(found[0])

    assert other.status == 400
    assert "enter it in the browser where you asked for it" in other.page.words


def test_a_known_address_is_answered_like_a_new_one_and_its_owner_is_told(provider, app, newcomer):
    a_citizen(provider, username="anna", email="anna@people.example")
    newcomer.submits("/address", email=NEW)
    other = Window.of(app).goes("/register").submits("/address", email="anna@people.example")

    assert (other.status, other.page.words.replace("anna@people.example", NEW)) == (200, newcomer.page.words)
    told = [one["subject"] for one in letters(provider) if one["address"] == "anna@people.example"]
    assert told == ["You already have an account"]


@pytest.mark.parametrize("email", ["", "anna", "anna@", "@people.example", "anna@people", "a b@people.example"])
def test_what_is_no_address_is_kept_and_explained(newcomer, email):
    newcomer.submits("/address", email=email)

    assert newcomer.status == 422
    assert "#email" in newcomer.page.links
    assert newcomer.page.by_id["email"]["value"] == email


def test_the_fields_are_filled_in_by_browsers_and_phones(provider, newcomer):
    email = newcomer.page.by_id["email"]
    assert (email["type"], email["autocomplete"], email["inputmode"]) == ("email", "email", "email")
    newcomer.submits("/address", email=NEW)
    code = newcomer.page.by_id["register-code"]
    assert (code["autocomplete"], code["inputmode"]) == ("one-time-code", "numeric")
    newcomer.submits("/code", code=code_to(provider, NEW))
    assert newcomer.page.by_id["register-password"]["autocomplete"] == "new-password"


def test_a_wrong_code_is_explained_and_after_five_a_new_one_is_needed(provider, newcomer):
    newcomer.submits("/address", email=NEW)
    right = code_to(provider, NEW)
    for _ in range(5):
        newcomer.submits("/code", code=f"{(int(right) + 1) % 10**6:06}")
        assert newcomer.status == 422
    newcomer.submits("/code", code=right)
    assert "This code no longer works. Ask for a new one." in newcomer.page.words

    newcomer.submits("/another-address")
    assert newcomer.at.endswith("/address")
    assert proves(provider, newcomer).at.endswith("/method")


def test_a_code_is_over_after_ten_minutes(provider, newcomer, clock):
    newcomer.submits("/address", email=NEW)
    clock.advance(600)
    newcomer.submits("/code", code=code_to(provider, NEW))

    assert newcomer.status == 422
    assert "This code no longer works." in newcomer.page.words


def test_nobody_is_flooded_with_letters(app, provider):
    for _ in range(PER_ADDRESS.most):
        Window.of(app).goes("/register").submits("/address", email=NEW)
    window = Window.of(app).goes("/register").submits("/address", email=NEW)

    assert window.status == 429
    assert len([one for one in letters(provider) if one["address"] == NEW]) == PER_ADDRESS.most


@pytest.mark.parametrize("step", ["code", "method", "second-factor", "recovery-codes", "passkey", "link"])
def test_no_step_is_opened_before_its_turn(newcomer, step):
    first = newcomer.at

    assert newcomer.goes(first.replace("address", step)).at == first


@pytest.mark.parametrize("step", ["code", "method", "second-factor", "recovery-codes", "passkey"])
def test_no_step_is_done_before_its_turn(newcomer, step):
    first = newcomer.at
    values = {"csrf_token": newcomer.token(), "code": "123456", "password": PASSWORD, "saved": "yes"}
    newcomer.posts(first.replace("address", step), **values)

    assert newcomer.at == first
    assert newcomer.goes("/account").at.endswith("/authenticate")


def test_half_registered_is_not_signed_in(provider, newcomer):
    proves(provider, newcomer).submits("/method", password=PASSWORD)
    login_id = newcomer.at.split("/")[2]

    assert newcomer.goes(f"/signin/{login_id}").at.endswith("/authenticate")
    assert newcomer.goes("/account").at.endswith("/authenticate")


@pytest.mark.parametrize("password", ["", "short", "password1", "newcomer is here", "x" * 300])
def test_a_password_that_will_not_do_is_explained_and_not_sent_back(provider, newcomer, password):
    proves(provider, newcomer).submits("/method", password=password)

    assert newcomer.status == 422
    assert "#register-password" in newcomer.page.links
    assert "value" not in newcomer.page.by_id["register-password"]


def test_a_long_password_works(provider, newcomer):
    proves(provider, newcomer).submits("/method", password=("quiet lamps overboard " * 20)[:256])

    assert newcomer.at.endswith("/second-factor")


def test_recovery_codes_stay_until_they_are_saved_and_then_are_gone(provider, newcomer, clock):
    proves(provider, newcomer).submits("/method", password=PASSWORD)
    adds_app(newcomer, clock)
    page = newcomer.at
    codes = re.findall(r"<code>([^<]+)</code>", newcomer.response.text)
    assert len(codes) == 10
    assert re.findall(r"<code>([^<]+)</code>", newcomer.goes(page).response.text) == codes
    newcomer.submits("/recovery-codes")
    assert newcomer.status == 422
    assert "#codes-saved" in newcomer.page.links
    newcomer.submits("/recovery-codes", saved="yes")

    assert newcomer.goes(page).status == 400
    with provider.reading() as connection:
        assert codes[0] not in str(connection.exec_driver_sql("SELECT facts FROM logins").all())


def test_two_who_prove_one_address_at_once_become_one_person(app, provider):
    windows = [Window.of(app).goes("/register") for _ in range(2)]
    for window in windows:
        proves(provider, window)
    for window in windows:
        window.submits("/method", password=PASSWORD)

    assert windows[0].at.endswith("/second-factor")
    assert windows[1].status == 422
    assert "There is an account with this address by now." in windows[1].page.words
