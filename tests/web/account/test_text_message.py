"""Codes by text message, added in the account and taken away again."""

import re

import pytest

from idp.domain.authenticators import registry
from idp.foundation.refusal import Refusal
from idp.journeys.account import contacts, text_message
from tests.builders import a_citizen
from tests.journeys.proofing.letters import letters

NUMBER = "+306912345678"
PAGE = "/account/security/text-message"


@pytest.fixture
def dana(provider):
    """Somebody with a password alone, and a proven number."""
    return a_citizen(provider, username="dana", phone_number=NUMBER, phone_number_verified=True)


def codes(provider):
    texts = [one["text"] for one in letters(provider) if one["address"] == NUMBER]
    return [code[0] for code in (re.search(r"\b\d{6}\b", text) for text in texts) if code]


def held(provider, person_id):
    with provider.reading() as connection:
        return {one.method: one for one in registry.of(connection, person_id)}


def test_a_proven_number_is_bound_by_a_code(provider, dana, a_window, mail, audit, clock):
    window = a_window(dana).goes("/account/security/add")
    window.goes(window.page.by_id["add-sms"]["href"])
    assert "This is the least safe way" in window.page.words
    window.submits(PAGE)
    assert NUMBER not in window.response.text
    clock.advance(5)
    window.submits("/code", code=codes(provider)[0])

    assert (window.status, window.at) == (200, "/account/security")
    assert "Codes by text message" in window.page.words
    assert held(provider, dana.id)["sms"].label == "+30 ••• 5678"
    assert mail(dana.email) == ["A new way to sign in was added"]
    assert audit(dana.id)[-1] == "authenticators.sms.added"
    assert "Codes by text message were added" in window.goes("/account/activity").page.words


def test_a_wrong_code_binds_nothing_and_tries_are_counted(provider, dana, a_window):
    window = a_window(dana).goes(PAGE).submits(PAGE)
    wrong = f"{(int(codes(provider)[0]) + 1) % 10**6:06}"
    for typed in ("", "abc", wrong):
        window.submits("/code", code=typed)
        assert window.status == 422
        assert window.page.by_id["sms-code"]["aria-invalid"] == "true"
    for _ in range(10):
        window.submits("/code", code=wrong)

    assert window.status == 429
    assert set(held(provider, dana.id)) == {"password"}


def test_another_code_ends_the_first(provider, dana, a_window, clock):
    window = a_window(dana).goes(PAGE).submits(PAGE)
    first_page = window.page.form("/code").values
    window.submits(PAGE)
    assert (window.status, "Wait 60 seconds" in window.page.words) == (422, True)
    clock.advance(60)
    window.submits(PAGE)
    first, _ = codes(provider)

    assert window.posts(f"{PAGE}/code", **(first_page | {"code": first})).status == 422
    assert set(held(provider, dana.id)) == {"password"}


def test_a_form_that_is_sent_twice_binds_once(provider, dana):
    contact = next(one for one in contacts.held(provider, dana.id) if one.kind == "phone")
    kept = text_message.begin(provider, dana.id, contact.id, "192.0.2.1")
    for _ in range(2):
        text_message.add(provider, dana.id, kept, codes(provider)[0])

    with provider.reading() as connection:
        assert [one.method for one in registry.of(connection, dana.id)].count("sms") == 1


def test_another_persons_page_is_no_use(provider, dana, anna, a_window):
    form = a_window(dana).goes(PAGE).submits(PAGE).page.form("/code").values
    window = a_window(anna).goes("/account/security")
    answer = window.posts(f"{PAGE}/code", **(form | {"csrf_token": window.token(), "code": codes(provider)[0]}))

    assert answer.status == 422
    assert "sms" not in held(provider, anna.id)


@pytest.mark.parametrize("kept", ["", "rubbish", "AAAA"])
def test_a_page_that_was_tampered_with_binds_nothing(provider, dana, a_window, kept):
    window = a_window(dana).goes(PAGE).submits(PAGE)
    window.submits("/code", kept=kept, code=codes(provider)[0])

    assert window.status in (400, 422)
    assert set(held(provider, dana.id)) == {"password"}


def test_without_a_proven_number_there_is_a_way_to_add_one(boris, a_window):
    page = a_window(boris).goes(PAGE).page

    assert "sms-send" not in page.by_id
    assert page.by_id["sms-add-phone"]["href"] == "/account/contacts/add/phone"


def test_the_number_stays_as_long_as_codes_go_there(provider, dana):
    contact = next(one for one in contacts.held(provider, dana.id) if one.kind == "phone")
    kept = text_message.begin(provider, dana.id, contact.id, "192.0.2.1")
    text_message.add(provider, dana.id, kept, codes(provider)[0])

    for act, more in ((contacts.remove, ()), (contacts.change, ("+306987654321",))):
        with pytest.raises(Refusal) as refused:
            act(provider, dana.id, contact.id, *more, "192.0.2.1")
        assert refused.value.code == "contacts.is_factor"
    assert NUMBER in [one.value for one in contacts.held(provider, dana.id)]
