"""Codes that prove an address or a number: mistyped, reused, guessed in parallel, and asked for too often."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.journeys import sent_codes
from idp.journeys.account import contacts
from tests.journeys.account.hands import NET, Hand, codes_to, refused, sent_to, to, wrong

NUMBER = "+306912345678"
OTHER = "+306987654321"
NEW = "boris@elsewhere.example"


@pytest.fixture
def hers(provider, boris):
    """What the journey does, for boris."""
    return Hand(provider, boris.id)


def test_another_persons_code_and_a_used_one_are_wrong(provider, hers, anna):
    other = Hand(provider, anna.id)
    other.add("phone", OTHER)
    hers.add("phone", NUMBER)
    code, foreign = sent_to(provider, NUMBER), sent_to(provider, OTHER)

    assert code == foreign or refused(hers.types, foreign) == "authenticators.wrong_code"
    assert hers.types(code)
    assert refused(hers.types, code) == "contacts.nothing_waits"


def test_a_code_works_for_ten_minutes(provider, hers, clock):
    hers.add("phone", NUMBER)
    clock.advance(601)

    assert refused(hers.types, sent_to(provider, NUMBER)) == "authenticators.code_expired"


def test_another_code_comes_after_a_minute_and_ends_the_first(provider, hers, clock):
    hers.add("phone", NUMBER)
    again = (contacts.send_again, provider, hers.person_id, NET)
    clock.advance(59)
    assert refused(*again) == "contacts.too_soon"
    clock.advance(1)
    contacts.send_again(provider, hers.person_id, NET)

    first, second = codes_to(provider, NUMBER)
    assert first == second or refused(hers.types, first) == "authenticators.wrong_code"
    assert hers.types(second)


def test_of_twenty_codes_at_once_five_are_looked_at(provider, hers):
    hers.add("phone", NUMBER)
    right = sent_to(provider, NUMBER)
    tries = [f"{(int(right) + number) % 10**6:06}" for number in range(1, 21)]

    with ThreadPoolExecutor(10) as rivals:
        answers = list(rivals.map(lambda code: refused(hers.types, code), tries))
    assert answers.count("authenticators.wrong_code") == 5
    assert set(answers) <= {"authenticators.wrong_code", "authenticators.code_expired", "too_many_attempts"}
    assert refused(hers.types, right) in ("authenticators.code_expired", "too_many_attempts")


def test_the_right_code_twenty_times_at_once_is_one_change(provider, hers, boris, audit):
    hers.add("phone", NUMBER)
    right = sent_to(provider, NUMBER)

    def attempt(_number):
        try:
            return hers.types(right)
        except Refusal:
            return None

    with ThreadPoolExecutor(10) as rivals:
        assert list(rivals.map(attempt, range(10))).count(True) == 1
    assert audit(boris.id).count("people.phone.added") == 1


def test_tries_are_counted_over_many_codes(provider, hers, clock):
    answers = []
    for _ in range(3):
        hers.add("phone", NUMBER)
        answers += [refused(hers.types, wrong(codes_to(provider, NUMBER)[-1])) for _ in range(4)]

    assert answers[10:] == ["too_many_attempts"] * 2


def test_text_messages_are_counted_for_the_number_whoever_asks(provider, hers, anna):
    most = sent_codes.PER_ADDRESS["phone"].most
    for _ in range(most):
        hers.add("phone", NUMBER)

    assert refused(Hand(provider, anna.id).add, "phone", NUMBER) == "too_many_attempts"
    assert len(to(provider, NUMBER)) == most


def test_text_messages_are_counted_for_a_range_of_numbers(provider, hers, anna, monkeypatch):
    monkeypatch.setattr(sent_codes, "PER_PERSON", ())
    monkeypatch.setattr(sent_codes, "PER_NETWORK", Limit("codes.network", 1000, 3600))
    numbers = [f"+306912345{number:03}" for number in range(sent_codes.PER_RANGE.most)]
    for number in numbers:
        hers.add("phone", number)

    assert refused(Hand(provider, anna.id).add, "phone", "+306912345999") == "too_many_attempts"
    Hand(provider, anna.id).add("phone", "+306912346999")


def test_codes_are_counted_for_a_person(provider, hers):
    for number in range(sent_codes.PER_PERSON[0].most):
        hers.add("email", f"somebody{number}@people.example")

    assert refused(hers.add, "email", NEW) == "too_many_attempts"
