from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from idp.domain.grants import pushed
from idp.domain.grants.tables import pushed_requests

DIGEST = "d" * 64


def kept(store, digest=DIGEST, *, client="revenue", lifetime=60):
    with store.transaction() as tx:
        pushed.keep(tx, digest, client, '{"scope": ["openid"]}', lifetime)


def found(store, digest=DIGEST, *, client="revenue"):
    with store.reading() as connection:
        return pushed.find(connection, digest, client, store.now())


def spent(store, digest=DIGEST, *, client="revenue"):
    with store.transaction() as tx:
        return pushed.spend(tx, digest, client)


def test_a_request_is_found_as_often_as_it_is_looked_for(store):
    kept(store)

    assert found(store) == found(store) == '{"scope": ["openid"]}'


def test_a_request_is_spent_once_and_then_gone(store):
    kept(store)

    assert spent(store)
    assert not spent(store)
    assert found(store) is None


def test_of_parallel_successes_there_is_one(store):
    kept(store)
    with ThreadPoolExecutor(8) as rivals:
        assert sum(rivals.map(lambda _number: spent(store), range(8))) == 1


def test_a_request_belongs_to_the_client_that_pushed_it(store):
    kept(store)

    assert found(store, client="registry") is None
    assert not spent(store, client="registry")
    assert spent(store)


def test_nobody_begins_with_a_request_that_expired(store, clock):
    kept(store)
    clock.advance(60)

    assert found(store) is None


def test_who_began_in_time_may_take_longer(store, clock):
    kept(store)
    clock.advance(1800)
    with store.transaction() as tx:
        pushed.sweep(tx)

    assert spent(store)


@pytest.mark.parametrize("digest", ["", DIGEST.upper(), "e" * 64])
def test_another_digest_finds_nothing(store, digest):
    kept(store)

    assert found(store, digest) is None
    assert not spent(store, digest)


def test_what_leads_nowhere_any_more_is_swept(store, clock):
    kept(store)
    clock.advance(60 + pushed.KEPT_LONGER + 1)
    kept(store, "e" * 64)
    with store.transaction() as tx:
        pushed.sweep(tx)
        assert tx.execute(select(func.count()).select_from(pushed_requests)).scalar_one() == 1
