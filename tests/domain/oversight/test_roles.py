import threading
from contextlib import suppress

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from idp.domain.oversight import roles
from idp.domain.oversight.roles import Role
from idp.domain.oversight.tables import staff_roles
from idp.foundation.audit import log
from idp.foundation.refusal import Refusal


def grant(store, person, role, actor="operator"):
    with store.transaction() as tx:
        roles.grant(tx, person, role, actor)


def held(store, person):
    with store.reading() as connection:
        return roles.of(connection, person)


def test_a_citizen_holds_no_role(store, a_person):
    assert held(store, a_person()) == frozenset()


def test_a_role_is_granted_and_recorded_with_who_gave_it(store, a_person):
    vera, adele = a_person(), a_person()
    grant(store, vera, Role.VERIFIER, adele)
    with store.reading() as connection:
        leaf = log.search(connection, name="oversight.", about=vera)[0]
    assert held(store, vera) == {Role.VERIFIER}
    assert (leaf.name, leaf.actor, leaf.facts) == ("oversight.role.granted", adele, {"role": "verifier"})


def test_granting_a_role_twice_is_recorded_once(store, a_person):
    vera = a_person()
    for _ in range(2):
        grant(store, vera, Role.VERIFIER)
    with store.reading() as connection:
        assert len(log.search(connection, name="oversight.")) == 1


def test_a_revoked_role_is_gone_at_once(store, a_person):
    vera = a_person()
    grant(store, vera, Role.VERIFIER)
    with store.transaction() as tx:
        roles.revoke(tx, vera, Role.VERIFIER, "operator")
    assert held(store, vera) == frozenset()


def test_a_role_that_is_not_held_cannot_be_revoked(store, a_person):
    vera = a_person()
    with pytest.raises(Refusal, match=r"oversight\.not_held"), store.transaction() as tx:
        roles.revoke(tx, vera, Role.VERIFIER, "operator")


@pytest.mark.parametrize("change", [roles.grant, roles.revoke])
def test_nobody_changes_their_own_roles(store, a_person, change):
    adele = a_person()
    grant(store, adele, Role.ADMINISTRATOR)
    with pytest.raises(Refusal, match=r"oversight\.own_role"), store.transaction() as tx:
        change(tx, adele, Role.ADMINISTRATOR, adele)


def test_the_database_itself_refuses_a_role_that_somebody_gave_themselves(store, a_person):
    adele = a_person()
    row = {"person_id": adele, "role": "auditor", "granted_by": adele, "granted_at": 1}
    with pytest.raises(IntegrityError), store.transaction() as tx:
        tx.execute(insert(staff_roles), row)


def test_a_role_that_does_not_exist_cannot_be_written(store, a_person):
    row = {"person_id": a_person(), "role": "root", "granted_by": "operator", "granted_at": 1}
    with pytest.raises(IntegrityError), store.transaction() as tx:
        tx.execute(insert(staff_roles), row)


@pytest.mark.parametrize(("first", "second"), [(Role.AUDITOR, Role.VERIFIER), (Role.ADMINISTRATOR, Role.AUDITOR)])
def test_an_auditor_holds_no_other_role(store, a_person, first, second):
    augustin = a_person()
    grant(store, augustin, first)
    with pytest.raises(Refusal, match=r"oversight\.separation"):
        grant(store, augustin, second)


def test_a_role_for_somebody_unknown_is_refused(store):
    with pytest.raises(Refusal, match=r"oversight\.not_granted"):
        grant(store, "nobody", Role.VERIFIER)


def test_two_grants_at_once_cannot_make_an_auditor_who_also_decides(store, a_person):
    for _ in range(10):
        person = a_person()
        at_once(lambda role, person=person: grant(store, person, role), Role.AUDITOR, Role.VERIFIER)
        assert len(held(store, person)) == 1


def at_once(act, *choices):
    """Act with each choice in a thread of its own, all starting together; a refusal is an answer."""
    barrier = threading.Barrier(len(choices))

    def run(choice):
        barrier.wait()
        with suppress(Refusal):
            act(choice)

    threads = [threading.Thread(target=run, args=(choice,)) for choice in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_list_of_staff_names_each_role_once(store, a_person):
    vera, viktor = a_person(), a_person()
    grant(store, vera, Role.VERIFIER)
    grant(store, viktor, Role.VERIFIER)
    grant(store, viktor, Role.ADMINISTRATOR)
    with store.reading() as connection:
        listed = {(one.person_id, one.role) for one in roles.listing(connection)}
    assert listed == {(vera, Role.VERIFIER), (viktor, Role.VERIFIER), (viktor, Role.ADMINISTRATOR)}
