from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from idp.domain.authenticators import registry
from idp.domain.authenticators.tables import authenticators
from idp.foundation.audit.tables import leaves
from idp.foundation.refusal import Refusal
from idp.protocol.assurance import Strength


def given(store, person, *methods):
    """Such as "password"; "simple key" is one that does not verify its user, "switched-off key" one with a copy."""
    kinds = {
        "passkey": ("passkey", {"user_verified": True}),
        "simple key": ("passkey", {}),
        "switched-off key": ("passkey", {"user_verified": True, "disabled_at": 1}),
    }
    with store.transaction() as tx:
        made = [kinds.get(method, (method, {})) for method in methods]
        return [registry.add(tx, person, method, method.title(), **columns) for method, columns in made]


def listed(store, person):
    with store.reading() as connection:
        return registry.of(connection, person)


def held(store, person):
    return [one.method for one in listed(store, person)]


def removed(store, person, authenticator_id):
    with store.transaction() as tx:
        registry.revoke(tx, person, authenticator_id, person)


@pytest.mark.parametrize(
    ("methods", "most"),
    [
        ((), Strength.ONE_FACTOR),
        (("password",), Strength.ONE_FACTOR),
        (("totp",), Strength.TWO_FACTORS),
        (("password", "passkey"), Strength.TWO_FACTORS),
    ],
)
def test_who_holds_a_second_factor_is_asked_for_it(store, anna, methods, most):
    given(store, anna, *methods)
    with store.reading() as connection:
        assert registry.reachable(connection, anna) is most


def test_a_second_factor_that_was_removed_is_not_asked_for(store, anna):
    app, _ = given(store, anna, "totp", "password")
    with store.transaction() as tx:
        tx.execute(update(authenticators).where(authenticators.c.id == app.id).values(removed_at=tx.now))
    with store.reading() as connection:
        assert registry.reachable(connection, anna) is Strength.ONE_FACTOR


def test_a_key_of_certified_hardware_reaches_the_most(store, anna):
    key, _ = given(store, anna, "passkey", "totp")
    with store.transaction() as tx:
        tx.execute(update(authenticators).where(authenticators.c.id == key.id).values(hardware=True))
    with store.reading() as connection:
        assert registry.reachable(connection, anna) is Strength.HARDWARE


@pytest.mark.parametrize(
    ("gone", "left", "why"),
    [
        ("password", [], "last"),
        ("passkey", [], "last"),
        ("passkey", ["totp"], "last"),
        ("password", ["totp"], "last"),
        ("password", ["simple key", "totp"], "last"),
        ("password", ["switched-off key", "totp"], "last"),
        ("passkey", ["simple key"], "last"),
        ("passkey", ["switched-off key", "totp"], "last"),
        ("totp", ["password", "switched-off key"], "last_second_factor"),
        ("switched-off key", ["password"], "last_second_factor"),
        ("totp", ["password"], "last_second_factor"),
        ("passkey", ["password"], "last_second_factor"),
    ],
)
def test_what_the_account_needs_is_kept(store, anna, gone, left, why):
    first = given(store, anna, gone, *left)[0]
    with pytest.raises(Refusal) as refused:
        removed(store, anna, first.id)

    assert refused.value.code == f"authenticators.{why}"
    assert len(held(store, anna)) == len([gone, *left])


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("totp", ["password", "totp"]),
        ("totp", ["password", "passkey"]),
        ("totp", ["passkey"]),
        ("passkey", ["password", "totp"]),
        ("passkey", ["passkey"]),
        ("password", ["passkey"]),
        ("password", ["passkey", "totp"]),
        ("simple key", ["passkey"]),
        ("switched-off key", ["passkey"]),
        ("switched-off key", ["password", "totp"]),
    ],
)
def test_what_the_account_can_spare_may_go(store, anna, gone, left):
    first = given(store, anna, gone, *left)[0]
    removed(store, anna, first.id)

    assert len(held(store, anna)) == len(left)
    assert first.id not in {one.id for one in listed(store, anna)}


def test_of_the_last_two_that_are_removed_at_once_one_stays(store, anna):
    ids = [one.id for one in given(store, anna, "totp", "totp", "password")[:2]]

    def remove(authenticator_id):
        try:
            removed(store, anna, authenticator_id)
        except Refusal as refusal:
            return refusal.code
        return "removed"

    for _ in range(5):
        with ThreadPoolExecutor(2) as rivals:
            answers = list(rivals.map(remove, ids))
        assert sorted(answers) == ["authenticators.last_second_factor", "removed"]
        ids = [next(one.id for one in listed(store, anna) if one.method == "totp"), given(store, anna, "totp")[0].id]


def test_an_authenticator_has_the_name_that_its_owner_gives_it(store, anna):
    key = given(store, anna, "passkey")[0]
    with store.transaction() as tx:
        registry.rename(tx, anna, key.id, "كتاب 📱")

    assert [one.label for one in listed(store, anna)] == ["كتاب 📱"]


def test_what_was_removed_keeps_no_secret(store, anna):
    with store.transaction() as tx:
        registry.add(tx, anna, "passkey", "", user_verified=True)
        app = registry.add(tx, anna, "totp", "", verifier="a hash", sealed=b"a secret")
        registry.revoke(tx, anna, app.id, anna)
    with store.reading() as connection:
        kept = connection.execute(select(authenticators).where(authenticators.c.id == app.id)).mappings().one()
        assert (kept["verifier"], kept["sealed"]) == (None, None)


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
    app, _ = given(store, anna, "totp", "passkey")
    with store.transaction() as tx:
        registry.rename(tx, anna, app.id, "Old phone")
    removed(store, anna, app.id)
    with store.reading() as connection:
        names = connection.execute(select(leaves.c.name).order_by(leaves.c.id)).scalars().all()

    wanted = ["totp.added", "passkey.added", "totp.renamed", "totp.removed"]
    assert [name.partition(".")[2] for name in names if name.startswith("authenticators.")] == wanted
