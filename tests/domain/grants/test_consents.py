import pytest

from idp.domain.grants import consents, grants
from idp.domain.grants.grants import Context, Parties

CONTEXT = Context("https://agency.example/callback", "openid", None, None, None, "low", ("pwd",), 1)


def given(store, person, client, *names):
    with store.transaction() as tx:
        consents.give(tx, person, client, names)


def allowed(store, person="anna", client="revenue"):
    with store.reading() as connection:
        return consents.given(connection, person, client)


def listed(store, person="anna"):
    with store.reading() as connection:
        return consents.of_person(connection, person)


def used(store, code, client):
    with store.transaction() as tx:
        parties = Parties("anna", client, "session")
        grants.open_grant(tx, code, parties, CONTEXT, offline=False, lifetime=3600, code_lifetime=60)


def test_what_was_never_allowed_is_not(store):
    assert allowed(store) == frozenset()


def test_a_consent_is_one_persons_for_one_service(store):
    given(store, "anna", "revenue", "openid", "name")

    assert allowed(store) == {"openid", "name"}
    assert allowed(store, person="boris") == allowed(store, client="registry") == frozenset()


def test_a_further_consent_adds_and_since_when_stays(store, clock):
    given(store, "anna", "revenue", "openid", "name")
    began = clock.now
    clock.advance(100)
    given(store, "anna", "revenue", "email")

    (consent,) = listed(store)
    assert consent.allowed == {"openid", "name", "email"}
    assert (consent.given_at, consent.used_at) == (began, clock.now)


def test_what_was_withdrawn_is_allowed_no_more_and_begins_anew(store, clock):
    given(store, "anna", "revenue", "openid", "name")
    with store.transaction() as tx:
        consents.withdraw(tx, "anna", "revenue", "anna")
    assert allowed(store) == frozenset()
    assert listed(store) == []

    clock.advance(100)
    given(store, "anna", "revenue", "openid")
    (consent,) = listed(store)
    assert (consent.allowed, consent.given_at) == ({"openid"}, clock.now)


def test_withdrawing_ends_what_was_granted_to_that_service_alone(store):
    used(store, "code-1", "revenue")
    used(store, "code-2", "registry")
    with store.transaction() as tx:
        consents.withdraw(tx, "anna", "revenue", "anna")
    with store.reading() as connection:
        revoked = [grants.of_code(connection, code).revoked_at for code in ("code-1", "code-2")]

    assert [at is not None for at in revoked] == [True, False]


def test_the_service_used_last_comes_first_also_without_a_new_consent(store, clock):
    for client in ("revenue", "registry", "library"):
        given(store, "anna", client, "openid")
        used(store, f"first-{client}", client)
        clock.advance(10)
    assert [one.client_id for one in listed(store)] == ["library", "registry", "revenue"]

    used(store, "again", "revenue")
    assert [one.client_id for one in listed(store)] == ["revenue", "library", "registry"]


@pytest.mark.parametrize(("withdrawn", "left"), [(0, 2), (1, 1)])
def test_a_service_is_counted_by_those_who_use_it(store, withdrawn, left):
    for person in ("anna", "boris"):
        given(store, person, "revenue", "openid")
    given(store, "anna", "registry", "openid")
    with store.transaction() as tx:
        for person in ["anna"][:withdrawn]:
            consents.withdraw(tx, person, "revenue", person)
    with store.reading() as connection:
        assert consents.count(connection, "revenue") == left
