"""The first page: who it is, and what a stranger learns from the answer, which is nothing."""

import json
import re

import pytest
from sqlalchemy import select

from idp.domain.authenticators import lockout
from idp.domain.authenticators.methods import new_passkey
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation import back_room
from idp.foundation.limits import counters
from idp.journeys.oidc.subjects import subject_for
from tests.builders import PASSWORD, a_citizen
from tests.passkeys import SoftKey
from tests.web.pages import Page

CHANCE = re.compile(
    r'name="(csrf_token|challenge)" value="[^"]*"|data-options="[^"]*"|nonce(="|-)[\w-]+'
    r"|/(signin|register|recover)/[\w-]+|from=[\w-]+"
)


def observed(window):
    """Status, words, headers, without what is random in every answer."""
    headers = {name: CHANCE.sub("", value) for name, value in window.response.headers if name != "Set-Cookie"}
    return window.status, CHANCE.sub("", window.response.text), headers


def typed(at_sign_in, username, password):
    return at_sign_in().submits("/authenticate", username=username, password=password)


def test_the_fields_are_those_that_browsers_and_programs_know(at_sign_in):
    page = at_sign_in().page
    name, password = page.by_id["login-username"], page.by_id["login-password"]

    assert (name["name"], name["autocomplete"], name["autocapitalize"]) == ("username", "username webauthn", "none")
    assert (password["name"], password["type"], password["autocomplete"]) == (
        "password",
        "password",
        "current-password",
    )
    assert {"login-submit", "login-cancel", "login-passkey", "login-register"} <= set(page.by_id)
    assert "Revenue Service" in page.words


def test_a_wrong_password_and_a_wrong_name_are_answered_alike(at_sign_in, anna):
    known, unknown = typed(at_sign_in, "anna", "wrong wrong"), typed(at_sign_in, "hanna", "wrong wrong")
    status, words, headers = observed(known)

    assert status == 422
    assert (status, words.replace('"anna"', '"hanna"')) == observed(unknown)[:2]
    length = int(headers.pop("Content-Length"))
    others = observed(unknown)[2]
    assert int(others.pop("Content-Length")) == length + 1
    assert others == headers


@pytest.mark.parametrize(
    "name",
    [
        "ANNA",
        "\uff41nna",
        "an\u200bna",
        "\u202eanna",
        "\u0430nna",
        "\uff21nna@people\u3002example",
        "Anna@PEOPLE.example",
    ],
    ids=ascii,
)
def test_a_name_that_looks_like_hers_is_hers(at_sign_in, anna, name):
    assert typed(at_sign_in, name, PASSWORD).at.endswith("/second-factor")


def test_however_a_name_is_spelt_its_tries_are_counted_together(at_sign_in, boris):
    for name in ("boris", "b\u043eris"), ("nobody", "n\u043ebody"):
        for number in range(lockout.PER_METHOD["password"].most):
            assert typed(at_sign_in, name[number % 2], "wrong wrong").status == 422

        assert [typed(at_sign_in, spelt, "wrong wrong").status for spelt in name] == [429, 429]


@pytest.mark.parametrize("status", [Status.DECEASED, Status.CLOSED])
def test_a_record_that_is_over_looks_like_none_even_with_its_password(provider, at_sign_in, boris, status):
    with provider.transaction() as tx:
        records.set_status(tx, boris.id, status, "operator", "test")
    over, unknown = typed(at_sign_in, "boris", PASSWORD), typed(at_sign_in, "nobby", PASSWORD)

    assert observed(over)[1].replace('"boris"', '"nobby"') == observed(unknown)[1]


def test_a_locked_citizen_learns_it_from_the_right_password_only(provider, at_sign_in):
    a_citizen(provider, username="dora", status="locked")

    assert "Contact support" in typed(at_sign_in, "dora", PASSWORD).page.words
    assert "Contact support" not in typed(at_sign_in, "dora", "wrong wrong").page.words


def test_what_is_wrong_is_said_first_and_leads_to_the_field(at_sign_in, anna):
    page = typed(at_sign_in, "anna", "wrong wrong").page

    assert page.title.startswith("Error:")
    assert "There is a problem" in page.words
    assert "#login-username" in page.links
    assert page.by_id["login-username"]["aria-invalid"] == "true"
    assert page.by_id["login-username"]["aria-describedby"] == "login-username-error"
    assert "login-username-error" in page.by_id


def test_the_name_is_kept_and_the_password_is_not(at_sign_in, anna):
    window = typed(at_sign_in, "anna", "wrong wrong and secret")

    assert window.page.by_id["login-username"]["value"] == "anna"
    assert "value" not in window.page.by_id["login-password"]
    assert "wrong wrong and secret" not in window.response.text


def test_each_empty_field_is_named(at_sign_in):
    window = typed(at_sign_in, "", "")

    assert window.status == 422
    assert {"#login-username", "#login-password"} <= set(window.page.links)


def test_a_name_is_never_markup(at_sign_in):
    window = typed(at_sign_in, '"><script>alert(1)</script>', "wrong wrong")

    assert "<script>alert" not in window.response.text
    assert window.page.by_id["login-username"]["value"] == '"><script>alert(1)</script>'


def test_the_name_that_the_service_hints_at_is_filled_in(at_sign_in):
    assert at_sign_in(login_hint="anna").page.by_id["login-username"]["value"] == "anna"


@pytest.mark.parametrize("name", ["ANNA", " anna ", "Anna@People.Example", "\uff41\uff4e\uff4e\uff41"])
def test_a_name_may_be_typed_as_people_type(at_sign_in, anna, name):
    assert typed(at_sign_in, name, PASSWORD).at.endswith("/second-factor")


@pytest.mark.parametrize("name", ["anna", "nobody"])
def test_after_ten_wrong_passwords_the_answer_is_to_wait_whoever_it_is(at_sign_in, anna, clock, name):
    clock.advance(50)
    window = at_sign_in()
    for _ in range(10):
        window.submits("/authenticate", username=name, password="wrong wrong")
        assert window.status == 422
    window.submits("/authenticate", username=name, password=PASSWORD)

    seconds = int(window.response.headers["Retry-After"])
    minutes = -(-seconds // 60)
    assert window.status == 429
    assert f"There were too many attempts. Wait {minutes} minute" in window.page.words
    clock.advance(minutes * 60)
    window.submits("/authenticate", username=name, password=PASSWORD)
    assert window.at.endswith("/second-factor") is (name == "anna")


def test_one_persons_wrong_passwords_keep_nobody_else_out(at_sign_in, anna, boris):
    for _ in range(11):
        typed(at_sign_in, "anna", "wrong wrong")

    assert typed(at_sign_in, "boris", PASSWORD).at.endswith("/consent")


def test_a_network_address_that_tries_many_names_is_asked_to_wait(provider, at_sign_in, boris):
    with provider.transaction() as tx:
        for _ in range(lockout.PER_ADDRESS.most):
            lockout.visitor_may_try(tx, "127.0.0.1")

    assert typed(at_sign_in, "boris", PASSWORD).status == 429


@pytest.fixture
def key(provider, anna):
    """Anna's passkey."""
    key = SoftKey(provider.rp_id, provider.issuer)
    with provider.transaction() as tx:
        challenge_id, options = new_passkey.registration_options(tx, anna.id, provider.rp_id, "Tessera", "anna")
        new_passkey.add(tx, anna.id, (provider.rp_id, provider.issuer), challenge_id, key.make(options), "")
    return key


def options_of(page: Page, response: str) -> str:
    found = re.search(r'data-passkey="get" data-options="([^"]*)"', response)
    assert found
    return found[1].replace("&#34;", '"')


def test_a_passkey_that_verifies_its_user_is_enough(at_sign_in, key):
    window = at_sign_in()
    window.submits("/authenticate/passkey", credential=key.answer(options_of(window.page, window.response.text)))

    assert window.at.endswith("/consent")


def test_a_passkey_that_does_not_is_explained(at_sign_in, key):
    key.verified = False
    window = at_sign_in()
    window.submits("/authenticate/passkey", credential=key.answer(options_of(window.page, window.response.text)))

    assert window.status == 422
    assert "did not check that it is you" in window.page.words


def test_an_answer_of_a_passkey_opens_one_sign_in(at_sign_in, key):
    window = at_sign_in()
    form = window.page.form("/authenticate/passkey")
    credential = key.answer(options_of(window.page, window.response.text))
    window.submits("/authenticate/passkey", credential=credential)
    other = at_sign_in()
    other.submits("/authenticate/passkey", challenge=form.values["challenge"], credential=credential)

    assert other.status == 422


def test_an_unknown_passkey_and_a_broken_one_say_no_more_than_that(at_sign_in, provider, anna):
    stranger = SoftKey(provider.rp_id, provider.issuer, anna.id)
    window = at_sign_in()
    window.submits("/authenticate/passkey", credential=stranger.answer(options_of(window.page, window.response.text)))
    assert "This passkey is not known here." in window.page.words

    window.submits("/authenticate/passkey", credential=json.dumps({"id": "abc"}))
    assert window.status == 422


def test_somebody_else_than_the_service_asks_for_is_told_so(at_sign_in, provider, revenue, anna, boris):
    asked_for = subject_for(provider, revenue, boris.id)
    window = at_sign_in(claims=json.dumps({"id_token": {"sub": {"value": asked_for}}}))
    window.submits("/authenticate", username="anna", password=PASSWORD)
    assert window.status == 422
    assert "The service asks for another person." in window.page.words

    window.submits("/authenticate", username="boris", password=PASSWORD)
    assert window.at.endswith("/consent")


def test_when_too_many_sign_in_everybody_is_told_so_at_once_and_nothing_is_counted(
    at_sign_in, anna, provider, monkeypatch
):
    monkeypatch.setattr(back_room, "MOST_WAITING", 0)
    known, unknown = typed(at_sign_in, "anna", PASSWORD), typed(at_sign_in, "hanna", PASSWORD)
    with provider.reading() as connection:
        counted = connection.execute(select(counters.c.kind)).scalars().all()

    assert (known.status, known.response.headers["Retry-After"]) == (503, "5")
    assert known.page.by_id["login-username"]["value"] == "anna"
    assert "Many people are signing in" in known.page.words
    assert observed(known)[1].replace('"anna"', '"hanna"') == observed(unknown)[1]
    assert not [name for name in counted if name.startswith("try.")]
    monkeypatch.undo()
    assert known.submits("/authenticate", username="anna", password=PASSWORD).status != 503
