"""How we reach you: the pages, what is typed there, and what a wrong turn leads to."""

import re

import pytest

from idp.journeys.account import contacts
from tests.builders import a_citizen
from tests.journeys.proofing.letters import letters

NUMBER = "+306912345678"
NEW = "boris@elsewhere.example"
CODE = "/account/contacts/code"
WEEK = 7 * 24 * 3600


def code_to(provider, address):
    texts = [one["text"] for one in letters(provider) if one["address"] == address]
    return re.search(r"\b\d{6}\b", texts[-1])[0]


def listed(provider, person_id):
    return [one.value for one in contacts.held(provider, person_id)]


def asks_to_add(window, kind, typed):
    return window.goes(f"/account/contacts/add/{kind}").submits(f"/add/{kind}", address=typed)


@pytest.mark.parametrize("typed", ["691 234 5678", "+30 (691) 234-5678", "٦٩١٢٣٤٥٦٧٨", " 00306912345678 "])
def test_a_number_is_added_however_it_is_typed(provider, boris, a_window, typed):
    window = asks_to_add(a_window(boris), "phone", typed)
    assert (window.status, window.at) == (200, CODE)
    assert "+30 691 234 5678" in window.page.words
    window.submits(CODE, code=code_to(provider, NUMBER))

    assert (window.status, window.at) == (200, "/account/contacts")
    assert "It was confirmed and added." in window.page.words
    assert "+30 691 234 5678" in window.page.words
    assert listed(provider, boris.id) == [boris.email, NUMBER]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your telephone number."),
        ("call me maybe", "Enter a telephone number, such as"),
        ("691 234", "Enter a telephone number, such as"),
        ("+", "Enter a telephone number, such as"),
        ("+999 123 456 789", "Enter a telephone number, such as"),
        ("<script>alert(1)</script>", "Enter a telephone number, such as"),
        ("+30 901 123 4567", "We cannot send text messages to this number."),
        ("+30 210 123 4567", "We cannot send text messages to this number."),
    ],
)
def test_what_is_no_mobile_number_is_explained_and_stays_in_its_field(provider, boris, a_window, typed, words):
    window = asks_to_add(a_window(boris), "phone", typed)

    assert window.status == 422
    assert words in window.page.words
    assert window.page.by_id["address"]["value"] == typed
    assert window.page.by_id["address"]["aria-invalid"] == "true"
    assert "<script>alert" not in window.response.text
    assert listed(provider, boris.id) == [boris.email]


@pytest.mark.parametrize("typed", ["", "boris", "boris@", "a@b@c.example", "boris@nowhere", "a b@people.example"])
def test_what_is_no_address_is_explained(boris, a_window, typed):
    window = asks_to_add(a_window(boris), "email", typed)

    assert window.status == 422
    assert "#address" in window.page.links


@pytest.mark.parametrize("typed", ["+30691\0002345678", "6" * 41])
def test_what_no_browser_sends_is_a_bad_request(boris, a_window, typed):
    assert asks_to_add(a_window(boris), "phone", typed).status == 400


def test_one_that_she_has_is_explained(boris, a_window):
    window = asks_to_add(a_window(boris), "email", boris.email.upper())

    assert window.status == 422
    assert "You already have this one." in window.page.words


def test_the_fields_are_filled_in_by_browsers_and_phones(boris, a_window):
    window = a_window(boris).goes("/account/contacts/add/phone")
    field = window.page.by_id["address"]
    assert (field["type"], field["autocomplete"], field["dir"]) == ("tel", "tel", "ltr")
    code = asks_to_add(window, "phone", NUMBER).page.by_id["contact-code"]
    assert (code["autocomplete"], code["inputmode"]) == ("one-time-code", "numeric")


def test_an_address_is_changed_with_both_codes(provider, boris, a_window):
    window = a_window(boris).goes("/account/contacts")
    change = next(link for link in window.page.links if link.endswith("/change"))
    window.goes(change).submits("/change", address=NEW)
    assert (window.at, boris.email in window.page.words) == (CODE, True)
    window.submits(CODE, code=code_to(provider, boris.email))
    assert (window.at, NEW in window.page.words) == (CODE, True)
    window.submits(CODE, code=code_to(provider, NEW))

    assert "The new one took the place of the old one." in window.page.words
    assert listed(provider, boris.id) == [NEW]


def test_no_address_stands_in_an_address_of_ours(provider, boris, a_window):
    window = asks_to_add(a_window(boris), "email", NEW)
    window.submits(CODE, code=code_to(provider, NEW)).goes("/account/contacts")

    assert not [link for link in window.page.links if "@" in link and "/account" in link]
    assert not [form.action for form in window.page.forms if "@" in form.action]


def test_a_wrong_code_is_explained_at_its_field_and_the_right_one_still_works(provider, boris, a_window):
    window = asks_to_add(a_window(boris), "phone", NUMBER)
    right = code_to(provider, NUMBER)
    for typed in ("", "12345", "abcdef", f"{(int(right) + 1) % 10**6:06}"):
        window.submits(CODE, code=typed)
        assert window.status == 422
        assert window.page.by_id["contact-code"]["aria-invalid"] == "true"
    arabic = right.translate({ord(digit): 0x660 + int(digit) for digit in "0123456789"})
    assert window.submits(CODE, code=f" {arabic[:3]} {arabic[3:]} ").at == "/account/contacts"


def test_another_code_says_how_long_to_wait(provider, boris, a_window, clock):
    window = asks_to_add(a_window(boris), "phone", NUMBER)
    clock.advance(20)
    assert "You can ask for another code in 40 seconds." in window.goes(CODE).page.words
    window.submits("/again")
    assert window.status == 422
    assert "Wait 40 seconds, then ask for another code." in window.page.words

    clock.advance(40)
    window.goes(CODE).submits("/again")
    assert "Another code is on its way." in window.page.words
    assert len([one for one in letters(provider) if one["address"] == NUMBER]) == 2


def test_too_many_codes_are_answered_with_how_long_to_wait(boris, a_window):
    window = a_window(boris)
    answers = [asks_to_add(window, "phone", NUMBER).status for _ in range(5)]

    assert answers == [200] * 4 + [429]
    assert "There were too many attempts. Wait" in window.page.words
    assert int(window.response.headers["Retry-After"]) > 0


def test_the_last_one_stays_and_says_why(provider, boris, a_window):
    window = a_window(boris).goes("/account/contacts").submits("/remove")

    assert window.status == 422
    assert "This is the last way to reach you." in window.page.words
    assert listed(provider, boris.id) == [boris.email]


def test_what_waits_is_shown_and_can_be_given_up(provider, boris, a_window):
    window = asks_to_add(a_window(boris), "phone", NUMBER).goes("/account/contacts")
    assert "A change is waiting for its code" in window.page.words
    window.goes(CODE).submits("/give-up")

    assert "Nothing was changed." in window.page.words
    assert "A change is waiting" not in window.page.words
    assert window.goes(CODE).at == "/account/contacts"


def test_a_stale_page_leads_back_to_the_list(boris, a_window):
    window = asks_to_add(a_window(boris), "phone", NUMBER)
    form = window.page.form(CODE)
    window.submits("/give-up")

    assert window.posts(CODE, **(form.values | {"code": "123456"})).at == "/account/contacts"
    for address in ("/account/contacts/code/again", "/account/contacts/nothing/remove", "/account/contacts/give-up"):
        assert window.goes(address).at == "/account/contacts"


def test_an_old_session_is_asked_to_sign_in_again_first(boris, a_window):
    window = a_window(boris, 601)
    assert window.goes("/account/contacts").at == "/account/contacts"
    for path in ("/account/contacts/add/phone", CODE):
        assert window.goes(path).at.endswith("/authenticate")
    assert window.posts("/account/contacts/add/phone", csrf_token=window.token(), address=NUMBER).at.endswith(
        "/authenticate"
    )


def test_nobody_without_a_session_gets_anywhere(app, boris):
    client = app.test_client()
    for path in ("/account/contacts", "/account/contacts/add/phone", CODE, "/account/contacts/code/lost"):
        assert client.get(path).status_code in (302, 303)


def test_somebody_elses_address_cannot_be_told_from_a_free_one(provider, boris, anna, a_window):
    def seen(typed):
        window = asks_to_add(a_window(boris), "email", typed)
        pages = [(window.status, window.at, without(window.response.text, typed))]
        window.submits(CODE, code="000000")
        return [*pages, (window.status, window.at, without(window.response.text, typed))]

    def without(page, typed):
        return re.sub(r'value="[^"]*"|nonce(="|-)[\w-]+', "", page.replace(typed, ""))

    assert seen(anna.email) == seen("aaaa@people.example")


def test_who_lost_the_old_one_goes_on_with_two_factors(provider, anna, a_window, clock):
    clock.advance(WEEK)
    window = a_window(anna).goes("/account/contacts")
    window.goes(next(link for link in window.page.links if link.endswith("/change")))
    window.submits("/change", address="anna@elsewhere.example").goes("/account/contacts/code/lost")
    window.submits("/code/lost")
    assert (window.at, "anna@elsewhere.example" in window.page.words) == (CODE, True)
    window.submits(CODE, code=code_to(provider, "anna@elsewhere.example"))

    assert listed(provider, anna.id) == ["anna@elsewhere.example"]


def test_who_has_a_password_alone_is_told_what_it_takes(provider, boris, a_window, clock):
    clock.advance(WEEK)
    window = a_window(boris).goes("/account/contacts")
    window.goes(next(link for link in window.page.links if link.endswith("/change")))
    window.submits("/change", address=NEW).goes("/account/contacts/code/lost").submits("/code/lost")

    assert window.status == 422
    assert "that you have had for a week" in window.page.words
    assert listed(provider, boris.id) == [boris.email]


def test_one_that_was_never_proved_is_said_to_be_so_and_confirmed(provider, a_window):
    dana = a_citizen(provider, username="dana", email_verified=False)
    window = a_window(dana).goes("/account/contacts")
    assert "Not confirmed" in window.page.words
    window.submits("/confirm").submits(CODE, code=code_to(provider, dana.email))

    assert "Services receive this one" in window.page.words


def test_the_main_one_is_chosen_with_a_code(provider, boris, a_window, clock):
    window = asks_to_add(a_window(boris), "email", NEW)
    window.submits(CODE, code=code_to(provider, NEW))
    clock.advance(5)
    window.goes("/account/contacts").submits("/prefer")
    window.submits(CODE, code=code_to(provider, boris.email))

    assert "From now on services receive this one." in window.page.words
    assert [one.main for one in contacts.held(provider, boris.id) if one.value == NEW] == [True]


def test_what_changed_is_in_the_activity_and_in_the_details(provider, boris, a_window):
    window = asks_to_add(a_window(boris), "phone", NUMBER)
    window.submits(CODE, code=code_to(provider, NUMBER))

    assert "A telephone number was added" in window.goes("/account/activity").page.words
    assert "details-contacts" in window.goes("/account/details").page.by_id
