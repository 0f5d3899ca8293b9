import pytest

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Role
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.journeys.console import colleagues, queries
from idp.protocol.assurance import Level
from tests.journeys.console.trail import trail
from tests.journeys.proofing.letters import letters


def held(provider, person_id):
    with provider.reading() as connection:
        return roles.of(connection, person_id)


def test_an_administrator_gives_a_role_and_the_colleague_is_told(provider, adele, a_person):
    nora = a_person("nora")
    with provider.transaction() as tx:
        identifiers.claim(tx, provider.vault, nora, "email", "nora@arcadia.example", tx.now)
    colleagues.grant_role(provider, adele, "nora", Role.VERIFIER)
    (granted,) = trail(provider, "oversight.role.granted", about=nora)
    assert held(provider, nora) == {Role.VERIFIER}
    assert granted.actor == adele.person_id
    assert [letter["subject"] for letter in letters(provider)] == ["You were given a role"]


def test_an_administrator_takes_a_role_away(provider, adele, vera):
    colleagues.revoke_role(provider, adele, vera.person_id, Role.VERIFIER)
    assert held(provider, vera.person_id) == frozenset()


def test_nobody_gives_themselves_a_role(provider, adele):
    with pytest.raises(Refusal, match=r"oversight\.own_role"):
        colleagues.grant_role(provider, adele, "adele", Role.VERIFIER)
    assert held(provider, adele.person_id) == {Role.ADMINISTRATOR}


def test_nobody_takes_away_their_own_role(provider, adele):
    with pytest.raises(Refusal, match=r"oversight\.own_role"):
        colleagues.revoke_role(provider, adele, adele.person_id, Role.ADMINISTRATOR)


@pytest.mark.parametrize("who", ["vera", "augustin"])
def test_only_administrators_give_roles(provider, request, a_person, who):
    a_person("nora")
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        colleagues.grant_role(provider, request.getfixturevalue(who), "nora", Role.VERIFIER)


def test_staff_are_people_whose_identity_was_verified(provider, adele, a_person):
    a_person("ines", level=Level.LOW)
    with pytest.raises(Refusal, match=r"console\.not_verified"):
        colleagues.grant_role(provider, adele, "ines", Role.VERIFIER)


def test_a_locked_person_gets_no_role(provider, adele, a_person):
    lydia = a_person("lydia")
    with provider.transaction() as tx:
        records.set_status(tx, lydia, Status.LOCKED, "operator", "test")
    with pytest.raises(Refusal, match=r"console\.nobody_found"):
        colleagues.grant_role(provider, adele, "lydia", Role.VERIFIER)


def test_the_list_names_everybody_who_works_here(provider, adele, vera):
    with provider.reading() as connection:
        listed = queries.colleagues(connection, provider.vault)
        names = queries.names_of_staff(connection, provider.vault, [vera.person_id, "a citizen", None])
    assert [(one.name, one.username) for one in listed] == [("Adele", "adele"), ("Vera", "vera")]
    assert names == {vera.person_id: "Vera"}
