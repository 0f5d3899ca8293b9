import pytest

from idp.domain.grants import consents
from idp.domain.oversight.viewings import Purpose
from idp.domain.people import identifiers
from idp.foundation.refusal import Refusal
from idp.journeys.console import people, queries
from tests.builders import refused_today
from tests.journeys.console.trail import trail


def find(provider, staff, value="eleni", kind="username", reference="T-1"):
    return people.find(provider, staff, kind, value, Purpose.SUPPORT, reference)


def test_a_person_is_found_by_an_exact_identifier_and_sees_it(provider, adele, a_person):
    eleni = a_person("eleni")
    viewing = find(provider, adele)
    (look,) = trail(provider, "console.", about=eleni)
    assert viewing.person_id == eleni
    assert look.facts == {"purpose": "support", "reference": "T-1"}


@pytest.mark.parametrize("value", ["elen", "eleni%", "ele*", "eleni2", "' OR 1=1 --"])
def test_nobody_is_found_by_a_part_of_an_identifier(provider, adele, a_person, value):
    a_person("eleni")
    with pytest.raises(Refusal, match=r"console\.nobody_found"):
        find(provider, adele, value)


def test_a_search_that_found_nobody_is_recorded_without_what_was_searched_for(provider, adele):
    with pytest.raises(Refusal, match=r"console\.nobody_found"):
        find(provider, adele, "eleni@arcadia.example", "email")
    (search,) = trail(provider, "console.people.not_found")
    assert search.facts == {"kind": "email", "purpose": "support", "reference": "T-1"}


def test_a_telephone_number_is_found_however_it_is_spaced(provider, adele, a_person):
    eleni = a_person("eleni")
    with provider.transaction() as tx:
        identifiers.claim(tx, provider.vault, eleni, "phone", "+30210555001", tx.now)
    assert find(provider, adele, "+30 210-555 001", "phone").person_id == eleni


def test_a_reference_that_could_be_a_sentence_is_refused_before_anything_is_recorded(provider, adele):
    with pytest.raises(Refusal, match=r"oversight\.reference_needed"):
        find(provider, adele, reference="Eleni called")
    assert trail(provider, "console.") == []


def test_a_verifier_cannot_look_people_up(provider, vera, a_person):
    a_person("eleni")
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        find(provider, vera)


def test_looking_people_up_by_the_hundred_stops(provider, adele, a_person):
    a_person("eleni")
    for _ in range(people.LOOKUPS.most):
        find(provider, adele)
    with pytest.raises(Refusal, match="too_many_attempts"):
        find(provider, adele)


def test_a_licence_is_of_no_use_to_a_colleague(provider, adele, augustin, a_person):
    a_person("eleni")
    viewing = find(provider, adele)
    assert people.licence(provider, adele, viewing.id) == viewing
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        people.licence(provider, augustin, viewing.id)


def test_the_record_holds_what_is_known(provider, clock, a_person):
    eleni = a_person("eleni", "Eleni Papadaki")
    with provider.reading() as connection:
        record = queries.record(connection, provider, eleni, clock.now)
    assert record.claims == {"name": "Eleni Papadaki"}
    assert record.sources["name"] == ("import", clock.now)
    assert [one.value for one in record.identifiers] == ["eleni"]


def test_the_record_names_every_service_also_one_that_todays_rules_refuse(provider, clock, a_person, revenue):
    eleni = a_person("eleni")
    with provider.transaction() as tx:
        consents.give(tx, eleni, revenue, ["name"])
    refused_today(provider.store, revenue)
    with provider.reading() as connection:
        record = queries.record(connection, provider, eleni, clock.now)
    assert record.services == {revenue: "Revenue Service"}
