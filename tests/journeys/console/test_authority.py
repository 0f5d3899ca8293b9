import pytest

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Action, Role
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.journeys.console.authority import recognise, require


def test_a_verifier_is_recognised_for_what_verifiers_do(provider, vera):
    assert recognise(provider, vera.person_id, Action.DECIDE) == vera


def test_a_citizen_is_recognised_for_nothing(provider, a_person):
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        recognise(provider, a_person("eleni"), Action.OPEN)


def test_somebody_who_does_not_exist_is_recognised_for_nothing(provider):
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        recognise(provider, "nobody", Action.OPEN)


@pytest.mark.parametrize("status", [Status.LOCKED, Status.DECEASED, Status.CLOSED])
def test_staff_who_may_not_sign_in_may_not_work_either(provider, vera, status):
    with provider.transaction() as tx:
        records.set_status(tx, vera.person_id, status, "operator", "test")
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        recognise(provider, vera.person_id, Action.DECIDE)


def test_a_role_that_was_taken_away_a_second_ago_counts_no_more(provider, adele):
    with provider.transaction() as tx:
        roles.revoke(tx, adele.person_id, Role.ADMINISTRATOR, "operator")
    with pytest.raises(Refusal, match=r"console\.forbidden"), provider.transaction() as tx:
        require(tx, adele, Action.GRANT_ROLES)
