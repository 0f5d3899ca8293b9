"""A citizen's passkeys and security keys, as she finds them in her account."""

import json

import pytest

from idp.domain.authenticators import registry
from tests.builders import a_citizen
from tests.passkeys import SoftKey, decoded
from tests.web.account.conftest import SECRET
from tests.web.pages import Window
from tests.web.passkey_forms import answers, makes, options_of, signals_of

QUIETLY = "/passkey/quietly"


def passkeys(provider, citizen):
    with provider.reading() as connection:
        return [one for one in registry.of(connection, citizen.id) if one.method == registry.PASSKEY]


@pytest.fixture
def a_key(provider):
    def make(**what):
        key = SoftKey(provider.rp_id, provider.issuer)
        for name, value in what.items():
            setattr(key, name, value)
        return key

    return make


def adds(window, key, action="/security/passkey"):
    return makes(window.goes("/account/security/add"), key, action)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"synced": True, "backed_up": True, "transports": ["internal"]}, "On your other devices too"),
        ({"synced": True, "transports": ["internal"]}, "Can be on your other devices too"),
        ({"transports": ["internal"]}, "Only on one device"),
        ({"transports": ["usb"]}, "Only on this one key"),
    ],
)
def test_each_says_where_it_is(anna, a_window, a_key, what, words):
    assert words in adds(a_window(anna), a_key(**what)).page.words


def test_what_keeps_it_is_named(anna, a_window, a_key, provider):
    aaguid = bytes.fromhex("bada5566a7aa401fbd9645619a55120d")
    window = adds(a_window(anna), a_key(aaguid=aaguid, transports=["internal"]))
    assert "Passkey \N{EN DASH} 1Password" in window.page.words
    window.goes(f"/account/security/{passkeys(provider, anna)[0].id}").submits("/rename", label="At work")

    assert "Passkey \N{EN DASH} At work" in window.page.words
    assert "1Password" in window.page.words


def test_a_security_key_is_asked_of_which_make_it_is_and_a_passkey_is_not(anna, a_window, a_key, provider):
    window = a_window(anna).goes("/account/security/add")
    kinds = {action: json.loads(options_of(window, action)) for action in ("/passkey", "/security-key")}

    assert kinds["/passkey"]["attestation"] == "none"
    assert kinds["/passkey"]["authenticatorSelection"]["residentKey"] == "required"
    assert kinds["/security-key"]["attestation"] == "direct"
    assert kinds["/security-key"]["authenticatorSelection"]["residentKey"] == "preferred"
    adds(window, a_key(verified=False), "/security-key")
    assert "Security key Only on this one key" in window.page.words
    assert passkeys(provider, anna)[0].is_security_key


def test_the_browser_is_told_which_are_known_and_what_the_account_is_called(provider, anna, a_window, a_key):
    first, second = a_key(), a_key()
    window = adds(a_window(anna), first)
    adds(window, second)
    known = json.loads(signals_of(window)["signalAllAcceptedCredentials"])
    assert decoded(known["userId"]).decode() == anna.id
    assert sorted(known["allAcceptedCredentialIds"]) == sorted([first.id, second.id])
    assert json.loads(signals_of(window)["signalCurrentUserDetails"])["name"] == "anna"
    assert signals_of(window.goes("/account/contacts")) == signals_of(window.goes("/account/security"))

    gone = passkeys(provider, anna)[0]
    window.goes(f"/account/security/{gone.id}/remove").submits("/remove")
    known = json.loads(signals_of(window)["signalAllAcceptedCredentials"])
    assert len(known["allAcceptedCredentialIds"]) == 1


def test_a_passkey_that_is_not_known_any_more_is_named_to_the_browser(app, provider, anna, a_window, a_key):
    key = a_key()
    window = adds(a_window(anna), key)
    window.goes(f"/account/security/{passkeys(provider, anna)[0].id}/remove").submits("/remove")
    stranger = answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")

    assert stranger.status == 422
    told = json.loads(signals_of(stranger)["signalUnknownCredential"])
    assert told == {"rpId": provider.rp_id, "credentialId": key.id}


def test_a_known_passkey_that_does_not_open_is_not_forgotten_by_the_browser(app, anna, a_window, a_key):
    key = a_key(verified=False)
    adds(a_window(anna), key)

    assert signals_of(answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")) == {}


def test_whoever_has_a_passkey_that_verifies_her_may_do_without_a_password(app, provider, anna, a_window, a_key):
    key = a_key()
    window = a_window(anna).goes("/account/security/password")
    assert "password-removal" not in window.page.by_id
    adds(window, key)
    removal = window.goes("/account/security/password").page.by_id["password-removal"]["href"]
    window.goes(removal)
    assert "Security key" in window.page.words.partition("You can still sign in with:")[2]
    window.submits("/remove")
    assert "It was removed." in window.page.words

    again = Window.of(app).goes("/account").submits("/authenticate", username="anna", password=anna.password)
    assert again.status == 422
    assert answers(again, key, "/authenticate/passkey").at == "/account"


def test_a_key_that_does_not_verify_her_is_no_reason_to_do_without(provider, anna, a_window, a_key):
    window = adds(a_window(anna), a_key(verified=False))
    assert "password-removal" not in window.goes("/account/security/password").page.by_id
    with provider.reading() as connection:
        password = next(one for one in registry.of(connection, anna.id) if one.method == registry.PASSWORD)
    window.goes(f"/account/security/{password.id}/remove").submits("/remove")

    assert window.status == 422
    assert "Without it you could not sign in any more." in window.page.words


def test_a_browser_may_make_one_quietly_after_a_password_and_a_second_factor(provider, anna, a_window, a_key, mail):
    window = a_window(anna).goes("/account")
    key = a_key(present=False, verified=False, synced=True)
    makes(window, key, QUIETLY)

    assert window.status == 204
    assert [one.synced for one in passkeys(provider, anna)] == [True]
    assert mail(anna.email) == ["A new way to sign in was added"]
    assert QUIETLY not in window.goes("/account").response.text


@pytest.mark.parametrize("who", ["a password alone", "a session of an hour ago", "a passkey already"])
def test_nothing_is_made_quietly_for_somebody_with(provider, anna, boris, a_window, a_key, who):
    window = a_window(boris) if who == "a password alone" else a_window(anna, 3600 if "hour" in who else 0)
    if "already" in who:
        adds(window, a_key())

    assert QUIETLY not in window.goes("/account").response.text


def test_only_what_was_made_quietly_may_lack_somebody_present(provider, anna, a_window, a_key):
    window = adds(a_window(anna), a_key(present=False))

    assert window.status == 422
    assert passkeys(provider, anna) == []


def test_a_passkey_with_a_copy_is_shown_as_switched_off_and_she_is_told_everywhere(
    app, provider, anna, a_window, a_key, mail
):
    key = a_key()
    window = adds(a_window(anna), key)
    answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")
    key.count = 0
    thief = answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")
    assert thief.status == 422
    assert "There may be a copy of this passkey" in thief.page.words
    assert "There may be a copy of one of your passkeys" in mail(anna.email)

    assert "Switched off" in window.goes("/account/security").page.words
    assert "A passkey was switched off" in window.goes("/account/activity").page.words
    again = answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")
    assert "This passkey is switched off" in again.page.words


def test_a_key_with_a_copy_does_not_open_the_account_to_a_password_alone(app, provider, a_window, a_key):
    clara = a_citizen(provider, username="clara")
    key = a_key()
    adds(a_window(clara), key)
    answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")
    key.count = 0
    answers(Window.of(app).goes("/account"), key, "/authenticate/passkey")
    window = Window.of(app).goes("/account").submits("/authenticate", username="clara", password=clara.password)

    assert window.at.endswith("/second-factor")
    assert "A recovery code helps." in window.page.words
    assert SECRET not in window.response.text
