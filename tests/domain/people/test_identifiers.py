from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.domain.people import identifiers
from idp.foundation.refusal import Refusal
from tests.fixtures.storage import NOW

EMAIL = "anna@people.example"


def claimed(store, vault, person, kind="email", value=EMAIL, verified_at=NOW):
    """Whether it is the person's now."""
    try:
        with store.transaction() as tx:
            identifiers.claim(tx, vault, person, kind, value, verified_at)
    except Refusal as refusal:
        return refusal.code
    return "claimed"


def named(store, vault, text):
    with store.reading() as connection:
        return identifiers.sign_in_name(connection, vault, text)


def test_an_identifier_is_held_by_one_person(store, vault, anna, boris):
    assert claimed(store, vault, anna) == "claimed"
    assert claimed(store, vault, boris) == "people.identifier_taken"
    with store.reading() as connection:
        assert identifiers.owner(connection, vault, "email", EMAIL) == anna
        assert identifiers.owner(connection, vault, "phone", EMAIL) is None


@pytest.mark.parametrize("spelt", ["ANNA@people.example", " anna@people.example ", "\uff41nna@people.example"])
def test_another_spelling_is_the_same_identifier(store, vault, anna, boris, spelt):
    claimed(store, vault, anna)

    assert claimed(store, vault, boris, value=spelt) == "people.identifier_taken"
    assert named(store, vault, spelt) == anna


LOOK_ALIKE = ["anna", "ANNA", "an\u200bna", "\u202eanna", "\u0430nna", "\uff41nna", "anna\ufe0f"]


@pytest.mark.parametrize("spelt", LOOK_ALIKE, ids=ascii)
def test_two_user_names_that_look_alike_are_one(store, vault, anna, boris, spelt):
    claimed(store, vault, anna, "username", "anna")

    assert claimed(store, vault, boris, "username", spelt) == "people.identifier_taken"
    assert named(store, vault, spelt) == anna


def test_addresses_that_look_alike_are_two_mailboxes(store, vault, anna, boris):
    claimed(store, vault, anna)

    assert claimed(store, vault, boris, value=EMAIL.replace("a", "\u0430")) == "claimed"
    assert named(store, vault, EMAIL) == anna


@pytest.mark.parametrize("name", [*LOOK_ALIKE, "nobody", "nobody@people.example", ""], ids=ascii)
def test_tries_of_a_name_that_nobody_has_are_counted_like_those_of_one_that_somebody_has(store, vault, anna, name):
    claimed(store, vault, anna, "username", "anna")
    is_hers = named(store, vault, name) == anna

    assert (identifiers.name_key(vault, name) == identifiers.name_key(vault, "anna")) is is_hers


def test_a_user_name_written_like_an_address_is_compared_like_one(store, vault, anna):
    claimed(store, vault, anna, "username", EMAIL)

    assert named(store, vault, "Anna@PEOPLE.example") == anna
    assert named(store, vault, "anna1@people.example") is None


def test_of_two_who_claim_at_once_one_holds_it(store, vault, anna, boris):
    with ThreadPoolExecutor(2) as rivals:
        answers = list(rivals.map(lambda person: claimed(store, vault, person), (anna, boris)))

    assert sorted(answers) == ["claimed", "people.identifier_taken"]


def test_what_was_taken_spoils_nothing_else_of_the_transaction(store, vault, anna, boris):
    claimed(store, vault, anna)
    with store.transaction() as tx:
        with pytest.raises(Refusal):
            identifiers.claim(tx, vault, boris, "email", EMAIL, NOW)
        identifiers.claim(tx, vault, boris, "email", "boris@people.example", NOW)

    assert named(store, vault, "boris@people.example") == boris


def test_only_a_proven_address_signs_in(store, vault, anna):
    claimed(store, vault, anna, verified_at=None)
    assert named(store, vault, EMAIL) is None
    claimed(store, vault, anna, "username", "anna", None)

    assert named(store, vault, "anna") == anna


@pytest.mark.parametrize("kind", ["phone", "national_identifier", "document"])
def test_nothing_else_signs_in(store, vault, anna, kind):
    claimed(store, vault, anna, kind, "10000000001")

    assert named(store, vault, "10000000001") is None


def test_a_user_name_goes_before_an_address_that_looks_alike(store, vault, anna, boris):
    claimed(store, vault, anna, "email", EMAIL)
    claimed(store, vault, boris, "username", EMAIL)

    assert named(store, vault, EMAIL) == boris


def test_what_is_given_up_can_be_claimed_by_somebody_else_and_given_up_by_nobody_else(store, vault, anna, boris):
    claimed(store, vault, anna)
    with store.transaction() as tx:
        identifiers.release(tx, vault, boris, "email", EMAIL)
    assert claimed(store, vault, boris) == "people.identifier_taken"
    with store.transaction() as tx:
        identifiers.release(tx, vault, anna, "email", EMAIL)

    assert claimed(store, vault, boris) == "claimed"


def test_a_person_reads_her_own_as_she_typed_them(store, vault, anna, boris, clock):
    claimed(store, vault, anna, "email", "Anna@People.Example")
    clock.advance(10)
    claimed(store, vault, anna, "phone", "+30 555 0100", None)
    with store.reading() as connection:
        mine = identifiers.of(connection, vault, anna)
        assert identifiers.of(connection, vault, boris) == ()
        assert identifiers.of(connection, vault, anna, "phone") == mine[1:]
        assert "people" not in str(connection.exec_driver_sql("SELECT * FROM person_identifiers").all()).lower()

    assert [(one.kind, one.value, one.verified_at) for one in mine] == [
        ("email", "Anna@People.Example", NOW),
        ("phone", "+30 555 0100", None),
    ]
