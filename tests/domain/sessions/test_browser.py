from dataclasses import replace

from sqlalchemy import text

from idp.domain.sessions import browser, participants
from idp.domain.sessions.browser import Authenticated, Session
from idp.foundation.transaction import Store
from idp.protocol.assurance import Strength
from tests.fixtures.storage import NOW, Clock

IDLE, ABSOLUTE = 3600, 12 * 3600
ANNA = Authenticated("anna", ("pwd",), Strength.ONE_FACTOR, NOW)


def started(store: Store, proved: Authenticated = ANNA, device: str = "Firefox, Linux") -> tuple[Session, str]:
    with store.transaction() as tx:
        return browser.start(tx, proved, device, ABSOLUTE)


def found(store: Store, secret: str) -> Session | None:
    with store.reading() as connection:
        return browser.find(connection, secret, store.now(), IDLE)


def test_a_session_is_found_by_the_secret_of_its_cookie(store: Store):
    session, secret = started(store)
    assert found(store, secret) == session


def test_no_session_is_found_by_another_secret(store: Store):
    session, secret = started(store)
    assert [found(store, guess) for guess in ("", session.id, secret[:-1], secret + "x", secret.upper())] == [None] * 5


def test_the_database_does_not_hold_the_secret(store: Store):
    _, secret = started(store)
    with store.reading() as connection:
        row = connection.execute(text("SELECT * FROM sessions")).mappings().one()
    assert not any(secret in str(value) for value in row.values())


def test_two_sessions_have_nothing_in_common(store: Store):
    (one, secret), (two, other) = started(store), started(store)
    assert one.id != two.id
    assert secret != other


def test_a_session_that_was_handed_over_is_so_until_its_person_proves_to_be_there(store: Store):
    session, secret = started(store, replace(ANNA, handed_over=True))
    assert session.handed_over
    assert found(store, secret) == session
    with store.transaction() as tx:
        renewed = browser.renew(tx, session, ANNA)
    assert renewed is not None
    assert not renewed[0].handed_over
    assert found(store, renewed[1]) == renewed[0]


def test_what_has_ended_is_told_from_what_lives(store: Store):
    (mine, _), (other, _) = started(store), started(store)
    with store.transaction() as tx:
        browser.end(tx, other.id)
    with store.reading() as connection:
        assert [browser.has_ended(connection, one) for one in (mine.id, other.id, "unknown")] == [False, True, True]


def test_a_session_survives_a_restart(store: Store, clock: Clock):
    session, secret = started(store)
    again = Store(store.url.render_as_string(hide_password=False), clock)
    assert found(again, secret) == session
    again.dispose()


def test_a_session_that_was_not_used_for_the_idle_time_is_over(store: Store, clock: Clock):
    _, secret = started(store)
    clock.advance(IDLE - 1)
    assert found(store, secret)
    clock.advance(1)
    assert found(store, secret) is None


def test_use_puts_the_idle_end_off_but_not_the_absolute_one(store: Store, clock: Clock):
    session, secret = started(store)
    while clock.now < NOW + ABSOLUTE - 1800:
        clock.advance(1800)
        with store.transaction() as tx:
            browser.touch(tx, session)
        assert found(store, secret)
    clock.advance(1800)
    assert found(store, secret) is None


def test_a_session_in_use_is_written_once_a_minute_at_most(store: Store):
    session, _ = started(store)
    assert not browser.needs_touch(session, session.last_seen_at + 59, IDLE)
    assert browser.needs_touch(session, session.last_seen_at + 60, IDLE)


def test_one_that_may_rest_for_a_short_time_is_written_more_often(store: Store):
    session, _ = started(store)
    assert not browser.needs_touch(session, session.last_seen_at + 4, 50)
    assert browser.needs_touch(session, session.last_seen_at + 5, 50)


def test_a_rise_in_privilege_changes_the_secret_and_kills_the_old_one(store: Store, clock: Clock):
    session, secret = started(store)
    clock.advance(100)
    proved = Authenticated("anna", ("pwd", "otp", "mfa"), Strength.TWO_FACTORS, clock.now)
    with store.transaction() as tx:
        renewed = browser.renew(tx, session, proved)
    assert renewed is not None
    fresh = renewed[1]
    assert found(store, secret) is None
    risen = found(store, fresh)
    now = clock.now
    assert risen == replace(session, amr=proved.amr, strength=proved.strength, auth_time=now, last_seen_at=now)


def test_a_session_that_ended_cannot_be_renewed(store: Store):
    session, _ = started(store)
    with store.transaction() as tx:
        browser.end(tx, session.id)
        assert browser.renew(tx, session, ANNA) is None


def test_ending_a_session_works_once(store: Store):
    session, secret = started(store)
    with store.transaction() as tx:
        assert browser.end(tx, session.id)
        assert not browser.end(tx, session.id)
    assert found(store, secret) is None


def test_a_person_sees_her_own_living_sessions_last_used_first(store: Store, clock: Clock):
    ended, _ = started(store)
    older, _ = started(store)
    started(store, replace(ANNA, person_id="boris"))
    clock.advance(10)
    newer, _ = started(store)
    with store.transaction() as tx:
        browser.end(tx, ended.id)
    with store.reading() as connection:
        assert browser.of_person(connection, "anna", clock.now, IDLE) == [newer, older]
        assert browser.of_person(connection, "anna", clock.now + IDLE, IDLE) == []


def test_a_device_with_an_endless_name_is_cut(store: Store):
    session, _ = started(store, device="x" * 10_000)
    assert len(session.device) == 80


def test_services_take_part_once_and_are_told_in_their_order(store: Store, clock: Clock):
    session, _ = started(store)
    other, _ = started(store)
    with store.transaction() as tx:
        participants.join(tx, session.id, "revenue")
        participants.join(tx, other.id, "another")
    clock.advance(1)
    with store.transaction() as tx:
        participants.join(tx, session.id, "civil")
        participants.join(tx, session.id, "revenue")
    with store.reading() as connection:
        assert participants.of(connection, session.id) == ("revenue", "civil")


def test_sweeping_drops_what_expired_long_ago_with_its_participants(store: Store, clock: Clock):
    old, _ = started(store)
    with store.transaction() as tx:
        participants.join(tx, old.id, "revenue")
    clock.advance(ABSOLUTE + browser.KEPT_SECONDS)
    _, living = started(store)
    with store.transaction() as tx:
        browser.sweep(tx)
    with store.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM sessions")).scalar_one() == 2
    clock.advance(1)
    with store.transaction() as tx:
        browser.sweep(tx)
    assert found(store, living)
    with store.reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM sessions")).scalar_one() == 1
        assert participants.of(connection, old.id) == ()
