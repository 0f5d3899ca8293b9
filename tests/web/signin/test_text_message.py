"""A code by text message as the second factor: sent, typed, mistyped, sent again; and where it is not enough."""

import json
import re

import pytest

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import sms
from idp.domain.sessions import browser
from idp.journeys.account import contacts
from idp.protocol.assurance import Level, Strength
from tests.builders import a_citizen
from tests.journeys.proofing.letters import letters
from tests.web.pages import Window

NUMBER = "+306912345678"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_number(provider, **more):
    return a_citizen(provider, phone_number=NUMBER, phone_number_verified=True, **more)


def binds(provider, person_id):
    with provider.transaction() as tx:
        challenge_id, code = sms.begin(tx, provider.vault, person_id, NUMBER)
        return sms.bind(tx, provider.vault, person_id, NUMBER, challenge_id, code)[0]


def insisting(level):
    """A claims parameter that takes no lower level."""
    return json.dumps({"id_token": {"acr": {"essential": True, "values": [level.acr]}}})


@pytest.fixture
def dana(provider):
    """Somebody with a password and codes by text message."""
    citizen = with_number(provider, username="dana", assurance=Level.SUBSTANTIAL)
    binds(provider, citizen.id)
    return citizen


@pytest.fixture
def both(provider):
    """Somebody with an app, too."""
    citizen = with_number(provider, username="both", assurance=Level.HIGH, totp=SECRET)
    binds(provider, citizen.id)
    return citizen


def codes(provider):
    texts = [one["text"] for one in letters(provider) if one["address"] == NUMBER]
    return [code[0] for code in (re.search(r"\b\d{6}\b", text) for text in texts) if code]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def past_the_password(app, citizen, path="/account"):
    window = Window.of(app).goes(path)
    return window.submits("/authenticate", username=citizen.username, password=citizen.password)


def session_of(provider, window):
    cookie = window.client.get_cookie("session").value
    with provider.reading() as connection:
        return browser.find(connection, cookie, provider.store.now(), 3600)


def test_a_code_is_sent_when_it_is_asked_for_and_opens_the_account(provider, app, dana):
    window = past_the_password(app, dana)
    assert codes(provider) == []
    assert "nothing safer" in window.page.words
    window.goes(window.page.by_id["login-use-sms"]["href"])
    assert "This is the least safe way" in window.page.words
    window.submits("/text-message/send")
    assert "+30 ••• 5678" in window.page.words
    assert NUMBER not in window.response.text
    window.submits("/text-message", code=codes(provider)[0])

    assert window.at == "/account"
    session = session_of(provider, window)
    assert session.amr == ("pwd", "sms", "mfa")
    assert session.strength is Strength.RESTRICTED


def test_the_message_ends_with_the_line_that_binds_it_to_this_host(provider, app, dana):
    window = past_the_password(app, dana)
    window.goes(window.page.by_id["login-use-sms"]["href"]).submits("/text-message/send")
    (text,) = [one["text"] for one in letters(provider) if one["address"] == NUMBER]

    assert text.split("\n")[-1] == f"@{provider.rp_id} #{codes(provider)[0]}"


def test_it_stands_beside_a_safer_way_and_says_what_it_is(provider, app, both):
    window = past_the_password(app, both)

    assert "login-code" in window.page.by_id
    assert "(less safe)" in window.page.words
    assert codes(provider) == []


def at_the_code(provider, app, citizen):
    window = past_the_password(app, citizen)
    return window.goes(window.page.by_id["login-use-sms"]["href"]).submits("/text-message/send")


def test_a_wrong_code_is_explained_and_the_right_one_still_works(provider, app, dana):
    window = at_the_code(provider, app, dana)
    right = codes(provider)[0]
    for typed in ("", "12345", "abcdef", wrong(right)):
        window.submits("/text-message", code=typed)
        assert window.status == 422
        assert window.page.by_id["login-sms-code"]["aria-invalid"] == "true"

    assert window.submits("/text-message", code=right).at == "/account"


def test_a_code_is_looked_at_five_times(provider, app, dana):
    window = at_the_code(provider, app, dana)
    right = codes(provider)[0]
    for _ in range(5):
        window.submits("/text-message", code=wrong(right))

    window.submits("/text-message", code=right)
    assert window.status == 422
    assert "This code no longer works." in window.page.words


def test_another_code_comes_after_a_minute_and_ends_the_first(provider, app, dana, clock):
    window = at_the_code(provider, app, dana)
    window.submits("/send")
    assert window.status == 422
    assert "Wait 60 seconds" in window.page.words
    clock.advance(60)
    window.submits("/send")
    first, second = codes(provider)

    assert first == second or window.submits("/text-message", code=first).status == 422
    assert window.submits("/text-message", code=second).at == "/account"


def test_a_code_works_for_ten_minutes_and_in_its_own_sign_in(provider, app, dana, clock):
    window = at_the_code(provider, app, dana)
    code = codes(provider)[0]
    other = past_the_password(app, dana)
    token = other.page.forms[0].values["csrf_token"]
    other.posts(f"{other.at}/text-message", csrf_token=token, code=code)
    assert other.at != "/account"
    clock.advance(601)

    assert window.submits("/text-message", code=code).status == 422


def test_no_code_is_sent_or_taken_before_the_password(provider, app, dana):
    window = Window.of(app).goes("/account")
    step = window.at.replace("authenticate", "second-factor")
    token = window.page.forms[0].values["csrf_token"]
    held = registry_of(provider, dana.id)["sms"].id

    assert window.goes(f"{step}/text-message").at.endswith("/authenticate")
    assert window.posts(f"{step}/text-message/send", csrf_token=token, to=held).at.endswith("/authenticate")
    assert window.posts(f"{step}/text-message", csrf_token=token, code="123456").at.endswith("/authenticate")
    assert codes(provider) == []


def test_no_code_goes_to_another_persons_number(provider, app, dana):
    boris = a_citizen(provider, username="boris", totp=SECRET)
    window = past_the_password(app, boris)
    token = window.page.forms[0].values["csrf_token"]
    held = registry_of(provider, dana.id)["sms"].id

    assert window.posts(f"{window.at}/text-message/send", csrf_token=token, to=held).status == 404
    assert codes(provider) == []


def test_messages_are_counted_also_over_many_sign_ins(provider, app, dana):
    for _ in range(5):
        window = at_the_code(provider, app, dana)

    assert window.status == 429
    assert len(codes(provider)) == 4


def test_it_does_not_change_what_the_account_opens_by_if_something_better_is_held(provider, app, both):
    window = at_the_code(provider, app, both)
    window.submits("/text-message", code=codes(provider)[0])
    assert window.at == "/account"

    assert window.goes("/account/security/add").at.endswith("/second-factor")
    assert "login-use-sms" not in window.page.by_id


def test_it_is_enough_to_add_something_better_where_there_is_nothing(provider, app, dana):
    window = at_the_code(provider, app, dana)
    window.submits("/text-message", code=codes(provider)[0])

    assert window.goes("/account/security/add").at == "/account/security/add"


def test_it_is_not_offered_where_it_is_not_enough(provider, at_sign_in, both, asked):
    window = at_sign_in(claims=insisting(Level.HIGH))
    window.submits("/authenticate", username=both.username, password=both.password)

    assert window.at.endswith("/second-factor")
    assert "login-use-sms" not in window.page.by_id
    assert window.goes(f"{window.at}/text-message").at.endswith("/second-factor")


def test_it_is_enough_for_a_service_that_asks_for_substantial(provider, at_sign_in, dana):
    window = at_sign_in(claims=insisting(Level.SUBSTANTIAL))
    window.submits("/authenticate", username=dana.username, password=dana.password)
    window.goes(window.page.by_id["login-use-sms"]["href"]).submits("/text-message/send")
    window.submits("/text-message", code=codes(provider)[0])

    assert window.at.endswith("/consent")


def test_who_has_a_password_alone_adds_it_on_the_way(provider, at_sign_in):
    erik = with_number(provider, username="erik", assurance=Level.SUBSTANTIAL)
    window = at_sign_in(claims=insisting(Level.SUBSTANTIAL))
    window.submits("/authenticate", username=erik.username, password=erik.password)
    assert window.at.endswith("/enrol")
    window.goes(window.page.by_id["enrol-sms"]["href"]).submits("/text-message/send")
    assert registry_of(provider, erik.id).keys() == {"password"}
    window.submits("/text-message", code=wrong(codes(provider)[0]))
    assert window.status == 422
    window.submits("/text-message", code=codes(provider)[0])

    assert window.at.endswith("/consent")
    assert registry_of(provider, erik.id)["sms"].label == "+30 ••• 5678"


def test_it_is_not_added_on_the_way_where_it_is_not_enough(provider, at_sign_in):
    erik = with_number(provider, username="erik", assurance=Level.HIGH)
    window = at_sign_in(claims=insisting(Level.HIGH))
    window.submits("/authenticate", username=erik.username, password=erik.password)
    token = window.page.forms[0].values["csrf_token"]
    contact = next(one for one in contacts.held(provider, erik.id) if one.kind == "phone")

    assert "enrol-sms" not in window.page.by_id
    answer = window.posts(f"{window.at}/text-message/send", csrf_token=token, to=contact.id)
    assert answer.status == 404
    assert codes(provider) == []


def registry_of(provider, person_id):
    with provider.reading() as connection:
        return {one.method: one for one in registry.of(connection, person_id)}
