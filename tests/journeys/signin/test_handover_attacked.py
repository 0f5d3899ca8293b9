"""A handover that is guessed at, stolen, repeated or run in parallel: nobody is signed in."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.sessions.handovers import State
from idp.foundation.refusal import Refusal
from idp.journeys.account import sessions
from idp.journeys.people import lock
from idp.journeys.people.lock import Reason
from idp.journeys.signin import approve_elsewhere, handover
from idp.protocol.assurance import Amr, Level, Strength
from tests.journeys.signin.conftest import essential
from tests.journeys.signin.handing import KIOSK, PHONE, a_pair, opened, refused

__all__ = ["a_pair", "opened"]


def test_twenty_takes_at_once_find_one_approval(opened):
    pair = opened().approves()

    def take(_number: int) -> bool:
        try:
            pair.takes()
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(take, range(20))) == 1


def test_of_twenty_telephones_one_opens_it(a_pair, a_browser):
    pair = a_pair().begins()
    phones = [a_browser(f"telephone {number}") for number in range(20)]
    tickets = [approve_elsewhere.scanned(pair.provider, pair.frame, phone.secret) for phone in phones]

    def opens(number: int) -> bool:
        try:
            approve_elsewhere.open_scanned(pair.provider, tickets[number], phones[number].visitor, PHONE)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(opens, range(20))) == 1
    assert pair.state is State.OPENED


def test_twenty_wrong_numbers_at_once_are_three(opened, clock):
    pair = opened()
    wrong = pair.wrong
    seen = []

    def guesses(_number: int) -> None:
        try:
            pair.approves(wrong)
        except Refusal as refusal:
            seen.append(refusal.code)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(guesses, range(20)))
    assert seen.count("handover.wrong_matching_code") + seen.count("handover.failed") == 3
    assert pair.state is State.FAILED
    clock.advance(1000)
    with refused("handover.gone"):
        pair.approves()


def test_the_third_wrong_number_ends_it(opened):
    pair = opened()
    for _ in range(2):
        with refused("handover.wrong_matching_code"):
            pair.approves(pair.wrong)
    with refused("handover.failed"):
        pair.approves(pair.wrong)
    assert pair.state is State.FAILED
    with refused("handover.not_approved"):
        pair.takes()


def test_a_session_from_before_it_was_opened_approves_nothing(a_pair, anna, clock):
    pair = a_pair().begins()
    pair.phone.signs_in(anna)
    clock.advance(1)
    pair.opens()
    with refused("handover.not_fresh"):
        pair.approves()
    assert pair.state is State.OPENED


def test_a_session_that_was_handed_over_approves_nothing(opened, a_pair, clock):
    victim = opened().approves().takes()
    victim.kiosk.consents(victim.login_id)
    victim.kiosk.finishes(victim.login_id)
    thief = a_pair().begins()
    thief.opens(phone=victim.kiosk)
    with refused("handover.not_fresh"):
        thief.approves(phone=victim.kiosk)
    clock.advance(30)
    # Nor one that was handed over only after this was opened.
    other = victim.kiosk.begins(return_to="/account", fresh_since=clock.now)
    assert victim.kiosk.step(other) == "authenticate"
    session = replace(victim.kiosk.session, auth_time=clock.now)
    with refused("handover.not_fresh"):
        approve_elsewhere.approve(thief.provider, thief.handle, victim.kiosk.visitor, session, thief.shown.matching)


def test_a_code_by_message_approves_nothing_for_a_service_that_asks_for_more(opened):
    pair = opened(claims=essential(Level.HIGH))
    amr = (str(Amr.PASSWORD), str(Amr.SMS), str(Amr.MULTIPLE_FACTORS))
    session = replace(pair.phone.session, amr=amr, strength=Strength.RESTRICTED)
    with refused("handover.not_fresh"):
        approve_elsewhere.approve(pair.provider, pair.handle, pair.phone.visitor, session, pair.shown.matching)


def ends_everywhere(provider, anna):
    sessions.end_everywhere(provider, anna.id)


def is_locked_and_unlocked(provider, anna):
    lock.lock(provider, anna.username, Reason.SECURITY)
    lock.unlock(provider, anna.username, Reason.RESOLVED)


STOPS = [ends_everywhere, is_locked_and_unlocked, lambda provider, anna: sessions.not_me(provider, anna.id)]


@pytest.mark.parametrize("stop", STOPS, ids=["signed out", "locked and unlocked", "not me"])
def test_what_was_approved_in_a_session_ends_with_it(opened, provider, anna, stop):
    pair = opened()
    session, matching = pair.phone.session, pair.shown.matching
    pair.approves()
    stop(provider, anna)
    with refused("handover.stopped"):
        pair.takes()
    with refused("handover.not_approved"):
        pair.takes()
    pair.begins().opens()
    later = replace(session, auth_time=pair.found.opened_at)
    with refused("handover.not_fresh"):
        approve_elsewhere.approve(provider, pair.handle, pair.phone.visitor, later, matching)


@pytest.mark.parametrize("stop", STOPS, ids=["signed out", "locked and unlocked", "not me"])
def test_what_was_taken_but_not_finished_ends_with_it_too(opened, provider, anna, stop):
    pair = opened().approves().takes()
    assert pair.kiosk.step(pair.login_id) == "consent"
    stop(provider, anna)
    assert pair.kiosk.step(pair.login_id) == "authenticate"
    with refused("signin.out_of_turn"):
        pair.kiosk.finishes(pair.login_id)


def test_of_twenty_approvals_at_once_one_counts(opened):
    pair = opened()
    session, matching = pair.phone.session, pair.shown.matching

    def approves(_number: int) -> bool:
        try:
            approve_elsewhere.approve(pair.provider, pair.handle, pair.phone.visitor, session, matching)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(approves, range(20))) == 1
    assert pair.state is State.APPROVED


def test_one_factor_approves_nothing(opened, boris):
    pair = opened(boris)
    with refused("handover.not_fresh"):
        pair.approves()


@pytest.mark.parametrize("seconds", [8, 60, 299])
def test_a_picture_that_was_kept_is_dead(a_pair, clock, seconds):
    pair = a_pair().begins()
    frame = pair.frame
    clock.advance(seconds)
    with refused("handover.frame_dead"):
        approve_elsewhere.scanned(pair.provider, frame, pair.phone.secret)
    pair.opens()


def test_a_ticket_is_of_the_browser_that_scanned(a_pair, a_browser):
    pair = a_pair().begins()
    ticket = approve_elsewhere.scanned(pair.provider, pair.frame, pair.phone.secret)
    thief = a_browser("a thief's")
    for stolen in (ticket, "", ".", f"{pair.shown.handle}.", pair.shown.handle):
        with refused("handover.frame_dead"):
            approve_elsewhere.open_scanned(pair.provider, stolen, thief.visitor, PHONE)


def test_only_the_browser_that_opened_it_sees_and_approves_it(opened, a_browser, anna, clock):
    pair = opened()
    thief = a_browser("a thief's")
    clock.advance(60)
    thief.signs_in(anna, strength=Strength.RESTRICTED)
    with refused("handover.gone"):
        approve_elsewhere.look_at(pair.provider, pair.handle, thief.visitor)
    with refused("handover.gone"):
        pair.approves(phone=thief)


def test_another_browser_learns_nothing_of_the_kiosk_and_takes_nothing(opened, a_browser):
    pair = opened().approves()
    thief = a_browser("a thief's")
    for deed in (
        lambda: handover.look_at(pair.provider, pair.login_id, thief.secret),
        lambda: handover.take_over(pair.provider, pair.login_id, thief.visitor),
        lambda: handover.cancel(pair.provider, pair.login_id, thief.visitor),
        lambda: handover.begin(pair.provider, pair.login_id, thief.visitor, KIOSK),
    ):
        with refused("signin.gone"):
            deed()
    assert pair.state is State.APPROVED


@pytest.mark.parametrize("hint", ["boris", "nobody-has-this-name"])
def test_who_was_not_meant_approves_nothing_whether_or_not_the_other_exists(opened, boris, hint):
    pair = opened(login_hint=hint)
    with refused("signin.somebody_else"):
        pair.approves()
    assert pair.state is State.OPENED


def test_somebody_locked_meanwhile_neither_approves_nor_is_signed_in(opened, anna, provider):
    pair = opened()
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.LOCKED, "staff", "a test")
    with refused("signin.locked"):
        pair.approves()
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.ACTIVE, "staff", "a test")
    pair.approves()
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.LOCKED, "staff", "a test")
    with refused("signin.locked"):
        pair.takes()


def test_codes_are_not_guessed_without_end(a_pair):
    pair = a_pair().begins()
    for _ in range(30):
        with refused("handover.wrong_code"):
            approve_elsewhere.open_typed(pair.provider, "22222222", pair.phone.visitor, PHONE)
    with refused("too_many_attempts"):
        approve_elsewhere.open_typed(pair.provider, pair.shown.code, pair.phone.visitor, PHONE)


def test_nobody_is_asked_to_approve_without_end(a_pair, anna, clock):
    clock.advance(900 - clock.now % 900)
    for number in range(11):
        pair = a_pair().begins().opens()
        clock.advance(30)
        pair.phone.signs_in(anna, strength=Strength.RESTRICTED)
        if number == 10:
            with refused("too_many_attempts"):
                pair.approves()
        else:
            pair.approves()


def test_the_database_holds_neither_the_handle_nor_the_codes(opened):
    pair = opened()
    with pair.provider.reading() as connection:
        row = connection.exec_driver_sql("SELECT * FROM handovers").mappings().one()
    held = " ".join(str(value) for value in row.values())
    for secret in (pair.handle, pair.shown.code, pair.shown.key.hex(), pair.phone.secret, "192.0.2.1"):
        assert secret not in held
