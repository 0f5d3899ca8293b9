from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from idp.domain.sessions import logins
from idp.domain.sessions.logins import Login
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from tests.fixtures.storage import Clock

LIFETIME = 1800


def begun(store: Store, browser: str = "browser", **facts: object) -> str:
    with store.transaction() as tx:
        return logins.begin(tx, browser, '{"scope": "openid"}', None, facts, LIFETIME)


def looked_at(store: Store, login_id: str, browser: str = "browser") -> Login:
    with store.reading() as connection:
        return logins.get(connection, login_id, browser, store.now())


def established(store: Store, login_id: str, browser: str = "browser", **facts: object) -> Login:
    with store.transaction() as tx:
        return logins.establish(tx, login_id, browser, **facts)


def finished(store: Store, login_id: str, browser: str = "browser") -> Login:
    with store.transaction() as tx:
        return logins.finish(tx, login_id, browser)


def test_what_was_established_stands_until_it_is_taken_back(store: Store):
    login_id = begun(store, level="low")
    established(store, login_id, person="anna", totp="sealed")
    established(store, login_id, totp=None, consented="anna")
    assert looked_at(store, login_id).facts == {"level": "low", "person": "anna", "consented": "anna"}


def test_a_sign_in_remembers_where_it_leads(store: Store, clock: Clock):
    login_id = begun(store)
    clock.advance(60)
    assert looked_at(store, login_id) == Login(login_id, '{"scope": "openid"}', None, {}, clock.now - 60)


@pytest.mark.parametrize("browser", ["", "another", "browser "])
def test_a_sign_in_belongs_to_one_browser(store: Store, browser: str):
    login_id = begun(store)
    for step in (looked_at, established, finished):
        with pytest.raises(Refusal, match=r"signin\.gone"):
            step(store, login_id, browser)
    assert looked_at(store, login_id)


def test_the_database_does_not_hold_the_browsers_secret(store: Store):
    begun(store, "a-secret-of-this-browser")
    with store.reading() as connection:
        row = connection.execute(text("SELECT * FROM logins")).mappings().one()
    assert not any("a-secret-of-this-browser" in str(value) for value in row.values())


def test_a_sign_in_is_over_after_half_an_hour(store: Store, clock: Clock):
    login_id = begun(store)
    clock.advance(LIFETIME - 1)
    assert looked_at(store, login_id)
    clock.advance(1)
    for step in (looked_at, established, finished):
        with pytest.raises(Refusal, match=r"signin\.gone"):
            step(store, login_id)


def test_a_sign_in_leads_somewhere_once(store: Store):
    login_id = begun(store)
    finished(store, login_id)
    for step in (looked_at, established, finished):
        with pytest.raises(Refusal, match=r"signin\.gone"):
            step(store, login_id)


def test_of_many_at_once_one_finishes(store: Store):
    login_id = begun(store)

    def attempt(_: int) -> bool:
        try:
            finished(store, login_id)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(8) as rivals:
        assert sum(rivals.map(attempt, range(8))) == 1


def test_facts_established_at_once_are_all_kept(store: Store):
    login_id = begun(store)
    with ThreadPoolExecutor(8) as rivals:
        list(rivals.map(lambda number: established(store, login_id, **{f"fact{number}": number}), range(8)))
    assert looked_at(store, login_id).facts == {f"fact{number}": number for number in range(8)}


def test_sweeping_drops_what_expired_an_hour_ago(store: Store, clock: Clock):
    begun(store)
    clock.advance(LIFETIME + 3601)
    living = begun(store)
    with store.transaction() as tx:
        logins.sweep(tx)
    with store.reading() as connection:
        assert connection.execute(text("SELECT id FROM logins")).scalars().all() == [living]
