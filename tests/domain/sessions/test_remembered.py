"""A browser that remembers somebody: one secret at a time, its own person's only, for a while, and never a copy."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from idp.domain.sessions import browser, remembered
from idp.domain.sessions.browser import Authenticated
from idp.domain.sessions.remembered import GRACE, MOST
from idp.foundation.audit import log
from idp.foundation.transaction import Store
from idp.protocol.assurance import Strength
from tests.fixtures.storage import Clock

MONTH = 30 * 24 * 3600


def told(store: Store, person: str = "anna", cookie: str = "") -> tuple[str, str]:
    with store.transaction() as tx:
        entry, cookie = remembered.remember(tx, person, "Firefox, Linux", MONTH, cookie)
    return entry.id, cookie


def known(store: Store, cookie: str, person: str = "anna") -> str | None:
    with store.transaction() as tx:
        return remembered.recognise(tx, cookie, person)


def used(store: Store, cookie: str, entry: str, person: str = "anna") -> str | None:
    with store.transaction() as tx:
        return remembered.use(tx, cookie, person, entry)


def events(store: Store) -> list[str]:
    with store.reading() as connection:
        return [leaf.name for leaf in reversed(log.search(connection, limit=50))]


def test_a_browser_knows_whom_it_was_told_to_remember(store: Store):
    entry, cookie = told(store)

    assert known(store, cookie) == entry
    assert known(store, cookie, "berta") is None
    assert events(store) == ["sessions.browser.remembered"]


@pytest.mark.parametrize("cookie", ["", ".", "~", "a.b", "x" * 900, "\u0660.\u0661", "~".join(["a.b"] * 40)])
def test_what_nobody_was_given_is_nobody(store: Store, cookie: str):
    told(store)
    assert known(store, cookie) is None


def test_the_database_does_not_hold_the_secret(store: Store):
    _, cookie = told(store)
    secret = cookie.partition(".")[2]
    with store.reading() as connection:
        row = connection.execute(text("SELECT * FROM remembered_browsers")).mappings().one()
    assert len(secret) > 30
    assert not any(secret in str(value) for value in row.values())


def test_it_is_over_after_its_time_however_often_it_is_used(store: Store, clock: Clock):
    entry, cookie = told(store)
    clock.advance(MONTH - 1)
    cookie = used(store, cookie, entry)
    assert known(store, cookie) == entry
    clock.advance(1)
    assert known(store, cookie) is None
    assert used(store, cookie, entry) is None
    with store.transaction() as tx:
        remembered.sweep(tx)
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM remembered_browsers")).scalar() == 0


def test_its_secret_changes_at_every_use(store: Store, clock: Clock):
    entry, first = told(store)
    clock.advance(GRACE + 1)
    second = used(store, first, entry)

    assert second not in (None, first)
    assert known(store, second) == entry


def test_an_earlier_secret_is_a_copy_and_the_browser_is_forgotten(store: Store, clock: Clock):
    entry, first = told(store)
    second = used(store, first, entry)
    clock.advance(GRACE + 1)

    assert known(store, first) is None
    assert known(store, second) is None, "who has the copy, and who has the original, cannot be told apart"
    assert events(store)[-1] == "sessions.browser.copied"


def test_two_windows_that_come_at_once_both_pass_and_keep_one_secret(store: Store):
    entry, cookie = told(store)
    with ThreadPoolExecutor(4) as pool:
        cookies = list(pool.map(lambda _: used(store, cookie, entry), range(4)))

    assert None not in cookies
    [new] = {one for one in cookies if one != cookie}
    assert cookies.count(new) == 1
    assert known(store, new) == entry


def test_a_secret_that_is_not_of_this_person_is_used_by_nobody(store: Store):
    entry, cookie = told(store)
    assert used(store, cookie, entry, "berta") is None
    assert used(store, f"{entry}.made-up", entry) is None
    assert used(store, cookie, entry) is not None


def test_a_family_shares_a_browser(store: Store):
    first, cookie = told(store, "anna")
    second, cookie = told(store, "berta", cookie)
    assert (known(store, cookie, "anna"), known(store, cookie, "berta")) == (first, second)

    again, cookie = told(store, "anna", cookie)
    assert (known(store, cookie, "anna"), known(store, cookie, "berta")) == (again, second)
    assert again != first

    for number in range(MOST - 1):
        _, cookie = told(store, f"guest {number}", cookie)
    assert known(store, cookie, "anna") == again
    assert known(store, cookie, "berta") is None
    assert len(cookie) < 400


def test_a_session_forgets_with_its_browser(store: Store):
    entry, _ = told(store)
    with store.transaction() as tx:
        proved = Authenticated("anna", ("pwd",), Strength.ONE_FACTOR, tx.now, remembered=entry)
        _, secret = browser.start(tx, proved, "Firefox, Linux", 3600)
        assert browser.find(tx.connection, secret, tx.now, 3600).remembered == entry
        assert not remembered.forget(tx, "berta", entry, "berta")
        assert browser.find(tx.connection, secret, tx.now, 3600).remembered == entry
        assert remembered.forget(tx, "anna", entry, "anna")
        assert browser.find(tx.connection, secret, tx.now, 3600).remembered is None
        assert not remembered.forget(tx, "anna", entry, "anna")


def test_all_but_one_are_forgotten(store: Store):
    kept, cookie = told(store)
    other, elsewhere = told(store)
    hers, at_hers = told(store, "berta")
    with store.transaction() as tx:
        remembered.forget_all(tx, "anna", "anna", kept)
    assert (known(store, cookie), known(store, elsewhere), known(store, at_hers, "berta")) == (kept, None, hers)
    with store.transaction() as tx:
        assert [one.id for one in remembered.of_person(tx.connection, "anna", tx.now)] == [kept]
        remembered.forget_all(tx, "anna", "operator")
        assert remembered.of_person(tx.connection, "anna", tx.now) == []
    assert other != kept
