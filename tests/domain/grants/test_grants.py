from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.domain.grants import grants
from idp.domain.grants.grants import Context, Parties

CONTEXT = Context(
    "https://agency.example/callback", "openid email", "nonce", "challenge", '{"a":1}', "high", ("pwd",), 1
)
HOUR = 3600


def opened(store, code="code", *, person="anna", session="session", offline=False):
    with store.transaction() as tx:
        parties = Parties(person, "revenue", session)
        return grants.open_grant(tx, code, parties, CONTEXT, offline=offline, lifetime=HOUR, code_lifetime=60)


def redeemed(store, code="code"):
    with store.transaction() as tx:
        return grants.spend_code(tx, code)


def with_tokens(store, grant_id, *, access="access", refresh="refresh"):
    with store.transaction() as tx:
        grants.add_access_token(tx, access, "revenue", "openid", 900, grant_id)
        grants.add_refresh_token(tx, refresh, grant_id, tx.now + HOUR)


def active(store, token="access", now=None):
    with store.reading() as connection:
        return grants.active_access_token(connection, token, store.now() if now is None else now)


def rotated(store, token="refresh"):
    with store.transaction() as tx:
        return grants.spend_refresh_token(tx, token)


def test_a_code_brings_back_what_was_agreed_once(store):
    grant_id = opened(store)
    grant = redeemed(store)

    assert (grant.id, grant.context, grant.person_id, grant.client_id) == (grant_id, CONTEXT, "anna", "revenue")
    assert redeemed(store) is None
    with store.reading() as connection:
        assert grants.of_code(connection, "code").spent_at == store.now()


def test_of_parallel_redemptions_one_gets_the_grant(store):
    opened(store)
    with ThreadPoolExecutor(8) as rivals:
        found = list(rivals.map(lambda _number: redeemed(store), range(8)))

    assert sum(grant is not None for grant in found) == 1


@pytest.mark.parametrize("code", ["", "CODE", "code ", "another"])
def test_another_code_brings_nothing(store, code):
    opened(store)

    assert redeemed(store, code) is None


def test_neither_codes_nor_tokens_are_readable_in_the_database(store):
    with_tokens(store, opened(store, "the-code-itself"), access="the-access-token", refresh="the-refresh-token")
    with store.reading() as connection:
        kept = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("grants", "access_tokens", "refresh_tokens")
        )

    assert not [secret for secret in ("the-code-itself", "the-access-token", "the-refresh-token") if secret in kept]


def test_an_access_token_counts_until_its_time_is_over(store, clock):
    with_tokens(store, opened(store))
    assert active(store).grant.person_id == "anna"
    clock.advance(899)
    assert active(store) is not None
    clock.advance(1)
    assert active(store) is None


@pytest.mark.parametrize("swept", [False, True])
def test_no_access_token_outlives_its_grant(store, clock, swept):
    grant_id = opened(store)
    with store.transaction() as tx:
        grants.add_access_token(tx, "access", "revenue", "openid", 3 * HOUR, grant_id)
    clock.advance(HOUR - 1)
    assert active(store).grant.expires_at == clock.now + 1
    clock.advance(1 + (HOUR + 1 if swept else 0))
    with store.transaction() as tx:
        assert grants.sweep(tx) == swept

    assert active(store) is None


def test_a_clients_own_token_has_no_grant(store):
    with store.transaction() as tx:
        grants.add_access_token(tx, "own", "revenue", "signing", 900, None)

    assert (active(store, "own").grant, active(store, "own").client_id) == (None, "revenue")


@pytest.mark.parametrize(("client", "ended"), [("revenue", True), ("another", False)])
def test_a_service_ends_its_own_access_token_only(store, client, ended):
    with_tokens(store, opened(store))
    with store.transaction() as tx:
        assert grants.revoke_access_token(tx, "access", client) is ended

    assert (active(store) is None) is ended


def test_a_token_that_is_kept_nowhere_ends_once_and_alone(store):
    with store.transaction() as tx:
        assert grants.revoke_self_contained(tx, "own.1.x", tx.now + 900)
        assert not grants.revoke_self_contained(tx, "own.1.x", tx.now + 900)
    with store.reading() as connection:
        assert grants.is_revoked(connection, "own.1.x")
        assert not grants.is_revoked(connection, "own.1.y")


def test_a_refresh_token_is_used_once(store, clock):
    grant_id = opened(store)
    with_tokens(store, grant_id)
    grant, expires_at = rotated(store)

    assert (grant.id, expires_at) == (grant_id, clock.now + HOUR)
    assert rotated(store) is None
    with store.reading() as connection:
        assert grants.of_refresh_token(connection, "refresh").id == grant_id


def test_of_parallel_uses_of_a_refresh_token_one_rotates(store):
    with_tokens(store, opened(store))
    with ThreadPoolExecutor(8) as rivals:
        found = list(rivals.map(lambda _number: rotated(store), range(8)))

    assert sum(one is not None for one in found) == 1


def test_a_grant_that_is_revoked_takes_its_family_with_it_once(store):
    grant_id = opened(store)
    with_tokens(store, grant_id)
    with store.transaction() as tx:
        assert grants.revoke(tx, grant_id)
        assert not grants.revoke(tx, grant_id)

    assert active(store) is None
    assert rotated(store)[0].revoked_at is not None


def test_the_end_of_a_session_ends_what_was_granted_in_it_but_not_offline_access(store):
    cases = {"here": {}, "offline": {"offline": True}, "elsewhere": {"session": "other"}, "boris": {"person": "boris"}}
    for code, more in cases.items():
        opened(store, code, **more)
    with store.transaction() as tx:
        assert grants.revoke_session(tx, "anna", "session") == 1

    assert ended(store, cases) == ["here"]


def test_everything_of_a_person_ends_at_once(store):
    cases = {"here": {}, "offline": {"offline": True}, "elsewhere": {"session": "other"}, "boris": {"person": "boris"}}
    for code, more in cases.items():
        opened(store, code, **more)
    with store.transaction() as tx:
        assert grants.revoke_person(tx, "anna") == 3

    assert ended(store, cases) == ["here", "offline", "elsewhere"]


def ended(store, codes):
    with store.reading() as connection:
        return [code for code in codes if grants.of_code(connection, code).revoked_at is not None]


def test_what_is_long_over_is_swept_with_its_tokens(store, clock):
    with_tokens(store, opened(store))
    clock.advance(HOUR + 3601)
    opened(store, "young")
    with store.transaction() as tx:
        assert grants.sweep(tx) == 1
    with store.reading() as connection:
        left = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("grants", "access_tokens", "refresh_tokens")
        ]

    assert left == [1, 0, 0]
