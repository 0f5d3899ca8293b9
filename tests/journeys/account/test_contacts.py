"""Addresses and telephone numbers, changed by their owner: proved with the old and the new, told to both."""

import pytest

from idp.domain.authenticators import registry
from idp.domain.people import erasure, identifiers
from idp.domain.recovery import alarms
from idp.journeys.account import contacts
from idp.journeys.recovery import not_me
from idp.protocol.assurance import Strength
from tests.builders import a_citizen
from tests.journeys.account.hands import NET, Hand, codes_to, refused, sent_to, to, wrong
from tests.journeys.proofing.letters import letters

NUMBER = "+306912345678"
OTHER = "+306987654321"
NEW = "boris@elsewhere.example"
WEEK = 7 * 24 * 3600


@pytest.fixture
def hers(provider, boris):
    """What the journey does, for boris."""
    return Hand(provider, boris.id)


def test_a_number_is_added_by_its_code_and_services_receive_it(provider, hers, boris, audit, mail, clock):
    hers.add("phone", NUMBER)
    assert hers.values == [boris.email]
    assert NUMBER not in hers.claims.values()

    clock.advance(5)
    assert hers.types(sent_to(provider, NUMBER)) is True
    assert hers.values == [boris.email, NUMBER]
    assert hers.claims["phone_number"] == NUMBER
    assert hers.claims["phone_number_verified"] is True
    assert mail(boris.email) == ["How we reach you was changed"]
    assert "+30 ••• 5678" in to(provider, boris.email)[0]
    assert audit(boris.id)[-1] == "people.phone.added"


def test_a_code_by_text_message_ends_with_the_line_that_binds_it_to_this_host(provider, hers):
    hers.add("phone", NUMBER)
    (text,) = to(provider, NUMBER)

    assert text.split("\n")[-1] == f"@{provider.rp_id} #{sent_to(provider, NUMBER)}"
    assert "Never tell it" in text


def test_a_second_address_is_told_everything_but_services_still_receive_the_first(provider, hers, boris):
    hers.adds("email", NEW)

    assert hers.values == [boris.email, NEW]
    assert hers.claims == {"email": boris.email, "email_verified": True}
    assert [one.main for one in contacts.held(provider, boris.id)] == [True, False]
    assert any("was added" in text for text in to(provider, NEW))


def test_a_change_takes_the_old_ones_code_and_then_the_new_ones(provider, hers, boris, audit, clock):
    hers.does(contacts.change, boris.email, NEW)
    assert to(provider, NEW) == []
    assert hers.types(sent_to(provider, boris.email)) is False
    assert hers.values == [boris.email]
    assert hers.claims["email"] == boris.email

    clock.advance(5)
    assert hers.types(sent_to(provider, NEW)) is True
    assert hers.values == [NEW]
    assert hers.claims == {"email": NEW, "email_verified": True}
    for address in (boris.email, NEW):
        assert "b•••@elsewhere.example" in to(provider, address)[-1] or "replaced" in "".join(to(provider, address))
    assert audit(boris.id)[-1] == "people.email.changed"
    with provider.reading() as connection:
        assert identifiers.sign_in_name(connection, provider.vault, boris.email) is None
        assert identifiers.sign_in_name(connection, provider.vault, NEW) == boris.id


def test_the_new_ones_code_does_not_stand_in_for_the_old_ones(provider, hers, boris):
    hers.adds("email", NEW)
    first = sent_to(provider, NEW)
    hers.does(contacts.change, boris.email, "third@people.example")

    assert refused(hers.types, first) == "authenticators.wrong_code"
    assert hers.values == [boris.email, NEW]


def test_the_main_one_changes_with_a_code_to_the_present_one(provider, hers, boris, clock):
    hers.adds("email", NEW)
    clock.advance(5)
    hers.does(contacts.prefer, NEW)
    assert hers.claims["email"] == boris.email

    assert hers.types(sent_to(provider, boris.email)) is True
    assert hers.claims == {"email": NEW, "email_verified": True}
    assert set(hers.values) == {boris.email, NEW}


def test_what_is_removed_is_proved_first_and_another_takes_its_place(provider, hers, boris):
    hers.adds("email", NEW)
    hers.does(contacts.remove, boris.email)
    assert set(hers.values) == {boris.email, NEW}

    assert hers.types(sent_to(provider, boris.email)) is True
    assert hers.values == [NEW]
    assert hers.claims == {"email": NEW, "email_verified": True}


def test_the_last_number_goes_and_its_claim_with_it(provider, hers, clock):
    hers.adds("phone", NUMBER)
    clock.advance(5)
    hers.does(contacts.remove, NUMBER)
    hers.types(codes_to(provider, NUMBER)[-1])

    assert "phone_number" not in hers.claims
    assert "phone_number_verified" not in hers.claims


def test_the_last_way_to_reach_somebody_stays(provider, hers, boris):
    assert refused(hers.does, contacts.remove, boris.email) == "contacts.last"
    assert hers.values == [boris.email]


def test_the_last_address_is_the_name_of_who_has_no_other(provider, gina):
    hand = Hand(provider, gina)
    hand.adds("phone", NUMBER)

    assert refused(hand.does, contacts.remove, "gina@people.example") == "contacts.last"
    hand.adds("email", NEW)
    hand.does(contacts.remove, "gina@people.example")
    assert hand.types(sent_to(provider, "gina@people.example"))
    assert set(hand.values) == {NUMBER, NEW}


def test_two_removals_that_wait_at_once_leave_one(provider, hers, boris, clock):
    """One change waits at a time: the second takes the first one's place."""
    hers.adds("email", NEW)
    clock.advance(1)  # Letters of one second have no order.
    hers.does(contacts.remove, boris.email)
    hers.does(contacts.remove, NEW)

    assert refused(hers.types, sent_to(provider, boris.email)) == "authenticators.wrong_code"
    assert hers.types(codes_to(provider, NEW)[-1])
    assert refused(hers.does, contacts.remove, boris.email) == "contacts.last"


def test_what_was_never_proved_is_confirmed_or_removed_without_a_proof(provider, clock):
    dana = a_citizen(provider, username="dana", email_verified=False, phone_number=NUMBER, phone_number_verified=True)
    hand = Hand(provider, dana.id)
    hand.does(contacts.confirm, dana.email)
    assert hand.types(sent_to(provider, dana.email))
    assert hand.claims["email_verified"] is True

    erik = a_citizen(provider, username="erik", email_verified=False, phone_number=OTHER, phone_number_verified=True)
    hand = Hand(provider, erik.id)
    hand.does(contacts.remove, erik.email)
    assert hand.values == [OTHER]
    assert "email" not in hand.claims


def test_somebody_elses_address_is_answered_like_a_free_one_and_its_owner_is_told(provider, hers, boris, anna, mail):
    hers.add("email", anna.email)
    assert contacts.waiting(provider, boris.id).address == anna.email

    assert mail(anna.email) == ["Somebody wanted to add your address"]
    assert codes_to(provider, anna.email) == []
    answers = [refused(hers.types, f"{number:06}") for number in range(7)]
    assert answers == ["authenticators.wrong_code"] * 5 + ["authenticators.code_expired"] * 2
    hers.add("email", "nobody@people.example")
    assert [refused(hers.types, wrong(sent_to(provider, "nobody@people.example"))) for _ in range(3)] == answers[:3]


def test_even_a_lucky_guess_does_not_take_somebody_elses_number(provider, hers, anna, monkeypatch):
    Hand(provider, anna.id).adds("phone", NUMBER)
    monkeypatch.setattr("idp.domain.authenticators.methods.one_time_code.digits", lambda _count: "424242")
    hers.add("phone", NUMBER)

    assert refused(hers.types, "424242") == "authenticators.wrong_code"
    assert NUMBER not in hers.values


def test_a_number_that_somebody_else_proved_meanwhile_is_not_given(provider, hers, anna):
    hers.add("phone", NUMBER)
    code = sent_to(provider, NUMBER)
    with provider.transaction() as tx:
        identifiers.claim(tx, provider.vault, anna.id, "phone", NUMBER, tx.now)

    assert refused(hers.types, code) == "people.identifier_taken"
    assert NUMBER not in hers.values
    assert "phone_number" not in hers.claims


def test_a_name_that_is_somebodys_address_is_hers_alone(provider, hers):
    a_citizen(provider, username="frida@names.example", email="frida@people.example")
    hers.add("email", "Frida@names.example")

    assert codes_to(provider, "Frida@names.example") == []


@pytest.mark.parametrize("spelling", ["boris@people.example", "BORIS@People.Example"])
def test_one_that_she_has_is_not_added_twice(hers, spelling):
    assert refused(hers.add, "email", spelling) == "contacts.held"


def test_who_lost_the_old_one_goes_on_with_two_factors_that_she_has_had_for_a_week(provider, anna, clock, audit):
    clock.advance(WEEK)
    hand = Hand(provider, anna.id)
    hand.does(contacts.change, anna.email, "anna@elsewhere.example")
    strengths = (Strength.ONE_FACTOR, Strength.RESTRICTED)
    for strength in strengths:
        assert refused(contacts.without_the_old, provider, anna.id, strength, NET) == "contacts.unsettled"
    assert contacts.without_the_old(provider, anna.id, Strength.TWO_FACTORS, NET) is False
    assert hand.types(sent_to(provider, "anna@elsewhere.example")) is True

    assert hand.values == ["anna@elsewhere.example"]
    assert "people.email.lost" in audit(anna.id)
    assert any("replaced" in text for text in to(provider, anna.email))


def test_a_second_factor_of_yesterday_does_not_stand_in_for_the_old_one(provider, anna, boris, clock):
    clock.advance(WEEK - 1)
    hand = Hand(provider, anna.id)
    hand.does(contacts.change, anna.email, "anna@elsewhere.example")
    assert refused(contacts.without_the_old, provider, anna.id, Strength.TWO_FACTORS, NET) == "contacts.unsettled"

    clock.advance(WEEK)
    with provider.transaction() as tx:
        registry.add(tx, boris.id, "totp", "an attacker's")
    hand = Hand(provider, boris.id)
    hand.does(contacts.change, boris.email, NEW)
    assert refused(contacts.without_the_old, provider, boris.id, Strength.TWO_FACTORS, NET) == "contacts.unsettled"


def test_two_factors_never_stand_in_for_the_new_one(provider, anna, clock):
    clock.advance(WEEK)
    hand = Hand(provider, anna.id)
    hand.add("email", "anna@elsewhere.example")

    assert contacts.without_the_old(provider, anna.id, Strength.TWO_FACTORS, NET) is False
    assert hand.values == [anna.email]


def test_what_is_given_up_or_too_old_changes_nothing(provider, hers, boris, clock):
    hers.does(contacts.change, boris.email, NEW)
    contacts.give_up(provider, boris.id)
    assert refused(hers.types, sent_to(provider, boris.email)) == "contacts.nothing_waits"

    hers.add("phone", NUMBER)
    clock.advance(3601)
    assert contacts.waiting(provider, boris.id) is None
    assert refused(contacts.send_again, provider, boris.id, NET) == "contacts.nothing_waits"


def test_another_persons_addresses_cannot_be_named(provider, hers, anna):
    contact_id = Hand(provider, anna.id).id_of(anna.email)

    for act in (contacts.remove, contacts.prefer, contacts.confirm):
        assert refused(act, provider, hers.person_id, contact_id, NET) == "contacts.unknown"
    assert refused(contacts.change, provider, hers.person_id, contact_id, NEW, NET) == "contacts.unknown"


def test_who_is_erased_leaves_no_change_behind(provider, hers, boris):
    hers.add("phone", NUMBER)
    with provider.transaction() as tx:
        erasure.erase(tx, provider.vault, boris.id, "operator")

    assert contacts.waiting(provider, boris.id) is None


def the_link(provider, address, about):
    (text,) = [one["text"] for one in letters(provider) if one["address"] == address and about in one["text"]]
    return text.rpartition("/not-me/")[2].strip()


def test_what_somebody_else_added_goes_with_the_alarm(provider, hers, boris, clock):
    hers.adds("phone", NUMBER)
    clock.advance(60)
    hers.adds("email", NEW)
    link = the_link(provider, boris.email, "An e-mail address was added")
    clock.advance(60)
    hers.adds("phone", OTHER)
    not_me.lock(provider, link)

    assert hers.values == [boris.email, NUMBER]
    assert hers.claims["phone_number"] == NUMBER


def test_what_took_the_place_of_another_goes_with_the_alarm_too(provider, hers, boris, clock):
    clock.advance(60)
    hers.does(contacts.change, boris.email, NEW)
    hers.types(sent_to(provider, boris.email))
    hers.types(sent_to(provider, NEW))
    not_me.lock(provider, the_link(provider, boris.email, "was replaced"))

    assert hers.values == []
    assert "email" not in hers.claims


def test_an_alarm_about_something_else_leaves_one_to_be_reached_at(provider, gina, clock):
    with provider.transaction() as tx:
        secret = alarms.prepare(tx, gina, "new_browser")
        hand = Hand(provider, gina)
    hand.adds("email", NEW)
    not_me.lock(provider, secret)

    assert hand.values == ["gina@people.example"]
