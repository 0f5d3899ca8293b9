import pytest
from sqlalchemy import select

from idp.domain.authenticators import registry
from idp.foundation.audit.tables import leaves
from idp.foundation.refusal import Refusal


def given(store, person, *methods):
    with store.transaction() as tx:
        return [registry.add(tx, person, method, method.title()) for method in methods]


def held(store, person):
    with store.reading() as connection:
        return [one.method for one in registry.of(connection, person)]


def removed(store, person, authenticator_id):
    with store.transaction() as tx:
        registry.revoke(tx, person, authenticator_id, person)


@pytest.mark.parametrize(
    ("methods", "needed"), [((), False), (("password",), False), (("totp",), True), (("password", "passkey"), True)]
)
def test_who_holds_a_second_factor_is_asked_for_it(store, anna, methods, needed):
    given(store, anna, *methods)
    with store.reading() as connection:
        assert registry.has_second_factor(connection, anna) is needed


def test_a_second_factor_that_was_removed_is_not_asked_for(store, anna):
    _, app = given(store, anna, "password", "totp")
    removed(store, anna, app.id)
    with store.reading() as connection:
        assert not registry.has_second_factor(connection, anna)


@pytest.mark.parametrize("methods", [("password",), ("passkey",), ("password", "totp"), ("passkey", "totp")])
def test_the_last_way_to_sign_in_is_kept(store, anna, methods):
    first = given(store, anna, *methods)[0]
    with pytest.raises(Refusal) as refused:
        removed(store, anna, first.id)

    assert refused.value.code == "authenticators.last"
    assert held(store, anna) == sorted(methods, key=methods.index) or set(held(store, anna)) == set(methods)


def test_one_of_two_ways_to_sign_in_may_go(store, anna):
    word, _ = given(store, anna, "password", "passkey")
    removed(store, anna, word.id)

    assert held(store, anna) == ["passkey"]


def test_what_was_removed_keeps_no_secret(store, anna):
    with store.transaction() as tx:
        registry.add(tx, anna, "passkey", "")
        word = registry.add(tx, anna, "password", "", verifier="a hash")
        registry.revoke(tx, anna, word.id, anna)
    with store.reading() as connection:
        kept = connection.exec_driver_sql("SELECT verifier FROM authenticators WHERE method = 'password'")
        assert kept.scalar_one() is None


@pytest.mark.parametrize("act", ["rename", "revoke"])
def test_another_persons_authenticator_is_as_unknown_as_none(store, anna, boris, act):
    theirs = given(store, boris, "password", "passkey")[0]
    codes = []
    for authenticator_id in (theirs.id, "no-such-id"):
        with pytest.raises(Refusal) as refused, store.transaction() as tx:
            getattr(registry, act)(tx, anna, authenticator_id, "Mine now")
        codes.append(refused.value.code)

    assert codes == ["authenticators.unknown"] * 2
    assert len(held(store, boris)) == 2


def test_every_change_is_in_the_audit(store, anna):
    word, _ = given(store, anna, "password", "passkey")
    removed(store, anna, word.id)
    with store.reading() as connection:
        names = connection.execute(select(leaves.c.name).order_by(leaves.c.id)).scalars().all()

    wanted = ["authenticators.password.added", "authenticators.passkey.added", "authenticators.password.removed"]
    assert [name for name in names if name.startswith("authenticators.")] == wanted
