import pytest

from idp.domain.people import attributes, records, verifications
from idp.domain.people.records import Status
from idp.foundation.audit import log
from idp.foundation.refusal import Refusal
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import Check, Evidence, Verification

LONG = "عبد الرحمن بن محمد بن عبد العزيز آل عبد اللطيف " * 4


def test_a_new_record_is_active_and_knows_nothing(store, vault, clock):
    with store.transaction() as tx:
        person = records.create(tx, vault, locale="ar")
    with store.reading() as connection:
        assert records.get(connection, person.id) == person
        assert attributes.read(connection, vault, person.id) == {}

    assert (person.status, person.assurance, person.locale) == (Status.ACTIVE, Level.LOW, "ar")
    assert person.created_at == clock.now


def test_nobody_is_found_by_an_identifier_that_nobody_has(store):
    with store.reading() as connection:
        assert records.find(connection, "nobody") is None
        with pytest.raises(Refusal) as refused:
            records.get(connection, "nobody")

    assert refused.value.code == "people.unknown"


@pytest.mark.parametrize("status", list(Status))
def test_a_change_of_status_is_recorded_with_its_reason(store, anna, status):
    with store.transaction() as tx:
        records.set_status(tx, anna, status, "operator", "security_incident")
    with store.reading() as connection:
        assert records.get(connection, anna).status is status
        leaf = log.search(connection, about=anna)[0]

    assert (leaf.name, leaf.actor) == ("people.status.changed", "operator")
    assert leaf.facts == {"status": status.value, "reason": "security_incident"}


@pytest.mark.parametrize(
    "value", ["Anna", "", LONG, "O'Brien \U0001f98a", {"country": "Arcadia", "region": None}, ["a", 1], True, 0, None]
)
def test_an_attribute_is_read_back_as_it_was_put(store, vault, anna, value):
    with store.transaction() as tx:
        attributes.put(tx, vault, anna, {"name": value}, "register")
    with store.reading() as connection:
        assert attributes.read(connection, vault, anna) == {"name": value}


def test_what_can_be_told_says_when_any_of_it_last_changed(store, vault, anna, clock):
    with store.reading() as connection:
        assert attributes.claims(connection, vault, anna) == {}
    for name in ("name", "nickname"):
        clock.advance(10)
        with store.transaction() as tx:
            attributes.put(tx, vault, anna, {name: "Anna"}, "register")

    with store.reading() as connection:
        told = attributes.claims(connection, vault, anna)
    assert told == {"name": "Anna", "nickname": "Anna", "updated_at": clock.now}


def test_putting_again_replaces_that_attribute_and_who_vouches_for_it(store, vault, anna, clock):
    with store.transaction() as tx:
        attributes.put(tx, vault, anna, {"name": "Anna", "email": "a@people.example"}, "person")
    clock.advance(10)
    with store.transaction() as tx:
        attributes.put(tx, vault, anna, {"name": "Anna Lindqvist"}, "register")
        attributes.put(tx, vault, anna, {}, "register")
    with store.reading() as connection:
        assert attributes.read(connection, vault, anna) == {"name": "Anna Lindqvist", "email": "a@people.example"}
        told = attributes.sources(connection, anna)

    assert told == {"name": ("register", clock.now), "email": ("person", clock.now - 10)}


def test_only_what_is_asked_for_is_read(store, vault, anna, boris):
    with store.transaction() as tx:
        attributes.put(tx, vault, anna, {"name": "Anna", "email": "a@people.example"}, "person")
    with store.reading() as connection:
        assert attributes.read(connection, vault, anna, ["name", "birthdate"]) == {"name": "Anna"}
        assert attributes.read(connection, vault, anna, []) == {}
        assert attributes.read(connection, vault, boris) == {}


def test_an_attribute_is_not_readable_in_the_database_nor_by_moving_it_to_another(store, vault, anna, boris):
    with store.transaction() as tx:
        attributes.put(tx, vault, anna, {"name": "Anna Lindqvist"}, "person")
        attributes.put(tx, vault, boris, {"name": "Boris"}, "person")
        rows = str(tx.connection.exec_driver_sql("SELECT * FROM person_attributes").all())
        tx.connection.exec_driver_sql(f"DELETE FROM person_attributes WHERE person_id = '{boris}'")
        tx.connection.exec_driver_sql(f"UPDATE person_attributes SET person_id = '{boris}'")
    assert "Lindqvist" not in rows

    with store.reading() as connection, pytest.raises(Refusal) as refused:
        attributes.read(connection, vault, boris)
    assert refused.value.code == "vault.unreadable"


def test_the_latest_verification_counts_and_the_level_with_it(store, vault, anna, clock):
    check = Check(method="vri", at=clock.now, organisation="Arcadia")
    evidence = Evidence(type="document", kind="passport", checks=(check,))
    for level in (Level.SUBSTANTIAL, Level.HIGH):
        clock.advance(10)
        found = Verification("arcadia", level.word, clock.now, ("name",), process="case", evidence=(evidence,))
        with store.transaction() as tx:
            records.set_assurance(tx, vault, anna, level, found, "verifier")
    with store.reading() as connection:
        assert records.get(connection, anna).assurance is Level.HIGH
        assert verifications.latest(connection, vault, anna) == found
        assert "passport" not in str(connection.exec_driver_sql("SELECT * FROM person_verifications").all())


def test_who_never_verified_has_no_verification(store, vault, anna):
    with store.reading() as connection:
        assert verifications.latest(connection, vault, anna) is None
