"""Who has lost everything proves who she is in a new account, waits, and has the former one back; or is stopped."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pyotp
import pytest

from idp.domain.authenticators import registry
from idp.domain.people import closings, identifiers, records
from idp.domain.people.records import Status
from idp.domain.proofing.cases import State
from idp.domain.proofing.decisions import Choice
from idp.domain.proofing.reasons import Reason as Refused
from idp.domain.recovery import reclaims
from idp.foundation.refusal import Refusal
from idp.journeys.people import close_due, erase, lock
from idp.journeys.people.lock import Reason
from idp.journeys.proofing.begin import begin_for_former
from idp.journeys.proofing.check import submit
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from idp.journeys.recovery import bind, not_me, reclaim
from idp.journeys.signin.authenticate import Visitor
from idp.protocol.assurance import Level
from tests.journeys.proofing.conftest import a_citizen, a_verifier, a_walker, approves, arcadia
from tests.journeys.proofing.letters import letters

__all__ = ["a_citizen", "a_verifier", "a_walker", "approves", "arcadia"]
DAY = 24 * 3600
WAITING = 7 * DAY
NEW = "seventeen quiet lamps overboard"
HER_BROWSER = Visitor("her new browser", None, "192.0.2.1")


@pytest.fixture
def former(arcadia, a_walker, a_verifier, approves):
    """The account in which Nadia was verified, with an address that nobody reads any more."""
    walker = a_walker()
    case = walker.submits()
    approves(a_verifier(), case.id)
    with arcadia.transaction() as tx:
        registry.add(tx, walker.person_id, "password", "", verifier="x")
    return walker.person_id


@pytest.fixture
def claims(arcadia, a_walker, a_verifier, approves):
    """Nadia, or who looks like her, proves who she is in a new account; returns that account and the case."""

    def go(given_name="Nadia"):
        walker = a_walker(given_name)
        begin_for_former(arcadia, walker.person_id)
        case = submit(walker.gives(Level.HIGH).provider, walker.person_id)
        if case.state is State.WAITING:
            approves(a_verifier(), case.id)
            case = approves(a_verifier(), case.id)
        return walker.person_id, case

    return go


@pytest.fixture
def refuses(arcadia):
    """A verifier takes a case and does not see one face in both pictures."""

    def refuse(verifier, case_id):
        claim_case(arcadia, verifier, case_id)
        return decide(arcadia, verifier, case_id, Choice.REFUSED, [Refused.PORTRAIT_DIFFERS])

    return refuse


def waiting_for(provider, person_id):
    return reclaim.against(provider, person_id)


def takes(provider, claimant_id, visitor=HER_BROWSER):
    login = reclaim.resume(provider, claimant_id, visitor.browser)
    bind.choose_password(provider, login, visitor, NEW)
    return login


def finishes(provider, login, clock, visitor=HER_BROWSER):
    secret = bind.begin_totp(provider, login, visitor).secret
    bind.add_totp(provider, login, visitor, pyotp.TOTP(secret).at(clock.now))


def told(provider, person_id):
    address = f"{person_id}@arcadia.example"
    return [one for one in letters(provider) if one["address"] == address]


def test_her_identity_alone_gives_nothing_before_the_days_are_over(arcadia, former, claims, clock):
    claimant, case = claims()
    assert case.state is State.APPROVED
    assert waiting_for(arcadia, former).ripe_at == clock.now + WAITING
    with arcadia.reading() as connection:
        assert records.get(connection, claimant).assurance is Level.LOW, "one person is verified in one account"
    with pytest.raises(Refusal, match=r"recovery\.reclaim_over"):
        reclaim.resume(arcadia, claimant, "a browser")
    clock.advance(WAITING - 1)
    with pytest.raises(Refusal, match=r"recovery\.reclaim_over"):
        reclaim.resume(arcadia, claimant, "a browser")


def test_after_the_days_she_has_it_back_with_new_ways_and_her_new_address(arcadia, former, claims, clock):
    claimant, _ = claims()
    clock.advance(WAITING)
    finishes(arcadia, takes(arcadia, claimant), clock)

    with arcadia.reading() as connection:
        person = records.get(connection, former)
        held = {one.method for one in registry.of(connection, former)}
        addresses = {one.value for one in identifiers.of(connection, arcadia.vault, former, "email")}
        assert records.get(connection, claimant).status is Status.CLOSED
        assert identifiers.of(connection, arcadia.vault, claimant) == ()
    assert (person.status, person.assurance) == (Status.ACTIVE, Level.SUBSTANTIAL)
    assert held == {"password", "totp"}
    assert f"{claimant}@arcadia.example" in addresses
    assert waiting_for(arcadia, former) is None
    assert "new ways to sign in" in " ".join(one["subject"] for one in told(arcadia, former))


def test_two_verifiers_look_whatever_the_former_level_was(arcadia, former, a_walker, a_verifier, approves):
    walker = a_walker()
    begin_for_former(arcadia, walker.person_id)
    case = submit(walker.gives(Level.HIGH).provider, walker.person_id)
    assert approves(a_verifier(), case.id).state is State.WAITING
    assert waiting_for(arcadia, former) is None


def test_she_is_told_at_once_half_way_and_in_the_end_each_time_with_a_link(arcadia, former, claims, clock):
    before = told(arcadia, former)
    claimant, _ = claims()
    for days in (0, 3, 1, 3, 1):
        clock.advance(days * DAY)
        reclaim.remind(arcadia)
        reclaim.remind(arcadia)
    letters_told = [one for one in told(arcadia, former) if one not in before]
    assert len(letters_told) == 3
    assert all("/not-me/" in one["text"] for one in letters_told)
    assert any("now" in one["subject"] for one in told(arcadia, claimant))


def by_the_link(provider, former, _claimant):
    [link] = [
        re.search(r"/not-me/(\S+)", one["text"])[1] for one in told(provider, former) if "/not-me/" in one["text"]
    ]
    not_me.lock(provider, link)


def by_signing_in(provider, former, _claimant):
    reclaim.stop(provider, former)


def by_giving_up(provider, _former, claimant):
    reclaim.stop(provider, claimant)


@pytest.mark.parametrize("stopped", [by_the_link, by_signing_in, by_giving_up])
def test_whoever_stops_it_stops_it_for_good(arcadia, former, claims, clock, stopped):
    claimant, _ = claims()
    stopped(arcadia, former, claimant)
    assert waiting_for(arcadia, former) is None
    clock.advance(WAITING)
    with pytest.raises(Refusal, match=r"recovery\.reclaim_over"):
        reclaim.resume(arcadia, claimant, "a browser")
    assert any("You do not get" in one["subject"] for one in told(arcadia, claimant))
    assert not claims_live(arcadia, former)


def claims_live(provider, former):
    with provider.reading() as connection:
        return reclaims.of_owner(connection, former)


def test_it_is_stopped_also_while_she_chooses_new_ways(arcadia, former, claims, clock):
    claimant, _ = claims()
    clock.advance(WAITING)
    login = takes(arcadia, claimant)
    reclaim.stop(arcadia, former)
    with pytest.raises(Refusal):
        finishes(arcadia, login, clock)
    with arcadia.reading() as connection:
        assert [one.method for one in registry.of(connection, former)] == ["password"]
        assert records.get(connection, claimant).status is Status.ACTIVE


def test_what_an_operator_locked_is_not_given_back(arcadia, former, claims, clock):
    with arcadia.transaction() as tx:
        identifiers.claim(tx, arcadia.vault, former, "username", "nadia", None)
    lock.lock(arcadia, "nadia", Reason.SECURITY)
    _, case = claims()
    assert case.state is State.REFUSED

    lock.unlock(arcadia, "nadia", Reason.RESOLVED)
    claimant, case = claims()
    assert case.state is State.APPROVED
    lock.lock(arcadia, "nadia", Reason.SECURITY)
    clock.advance(WAITING)
    lock.unlock(arcadia, "nadia", Reason.RESOLVED)
    with pytest.raises(Refusal, match=r"recovery\.reclaim_over"):
        reclaim.resume(arcadia, claimant, "a browser")
    assert any("You do not get" in one["subject"] for one in told(arcadia, claimant))


def test_an_operator_who_locks_it_while_she_chooses_new_ways_was_in_time(arcadia, former, claims, clock):
    with arcadia.transaction() as tx:
        identifiers.claim(tx, arcadia.vault, former, "username", "nadia", None)
    claimant, _ = claims()
    clock.advance(WAITING)
    login = takes(arcadia, claimant)
    lock.lock(arcadia, "nadia", Reason.SECURITY)
    with pytest.raises(Refusal):
        finishes(arcadia, login, clock)
    with arcadia.reading() as connection:
        assert records.get(connection, former).status is Status.LOCKED
        assert [one.method for one in registry.of(connection, former)] == ["password"]


def test_somebody_whom_verifiers_do_not_take_for_the_owner_is_told_to_the_owner(
    arcadia, former, a_walker, a_verifier, refuses
):
    walker = a_walker()
    begin_for_former(arcadia, walker.person_id)
    case = submit(walker.gives(Level.HIGH).provider, walker.person_id)
    warnings = ("Somebody used your identity details", "You do not get the other account back")
    assert not any(one["subject"] in warnings for one in told(arcadia, former))
    assert refuses(a_verifier(), case.id).state is State.REFUSED
    assert [one["subject"] for one in told(arcadia, former) if one["subject"] in warnings] == [warnings[0]]
    assert waiting_for(arcadia, former) is None


def test_who_is_on_both_sides_stops_both(arcadia, former, claims, a_citizen):
    claimant, _ = claims()
    other = a_citizen()
    with arcadia.transaction() as tx:
        reclaims.begin(tx, claimant, other, "BCDF-2345", WAITING, "a verifier")
    reclaim.stop(arcadia, claimant)
    assert waiting_for(arcadia, former) is None
    assert waiting_for(arcadia, claimant) is None


def test_two_who_finish_at_once_take_it_once(arcadia, former, claims, clock):
    claimant, _ = claims()
    clock.advance(WAITING)
    visitors = [replace(HER_BROWSER, browser=f"browser {number}") for number in range(4)]
    ready = []
    for visitor in visitors:
        login = takes(arcadia, claimant, visitor)
        ready.append((login, visitor, bind.begin_totp(arcadia, login, visitor).secret))

    def finish(one):
        login, visitor, secret = one
        try:
            bind.add_totp(arcadia, login, visitor, pyotp.TOTP(secret).at(clock.now))
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(finish, ready)) == [False, False, False, True]
    with arcadia.reading() as connection:
        assert len(registry.of(connection, former)) == 2


def test_one_waits_at_a_time_for_an_account(arcadia, former, claims):
    claims()
    _, second = claims()
    assert second.state is State.REFUSED


def test_without_a_former_account_the_new_one_is_verified(arcadia, claims):
    claimant, case = claims("Hana")
    assert case.state is State.APPROVED
    with arcadia.reading() as connection:
        assert records.get(connection, claimant).assurance is Level.HIGH
        assert reclaims.of_claimant(connection, claimant) is None


def test_without_that_wish_a_second_account_is_refused_as_before(arcadia, former, a_walker):
    assert a_walker().submits(Level.HIGH).state is State.REFUSED


def test_an_account_that_is_erased_is_taken_by_nobody(arcadia, former, claims, clock):
    claimant, _ = claims()
    with arcadia.transaction() as tx, erase.whole():
        erase.forget(tx, arcadia, former, "operator")
    assert claims_live(arcadia, former) is None
    clock.advance(WAITING)
    with pytest.raises(Refusal, match=r"recovery\.reclaim_over"):
        reclaim.resume(arcadia, claimant, "a browser")


def test_who_is_verified_cannot_be_somebody_else(arcadia, former):
    with pytest.raises(Refusal, match=r"proofing\.already_verified"):
        begin_for_former(arcadia, former)


@pytest.mark.parametrize("due", [30 * DAY, 3 * DAY])
def test_one_that_is_being_closed_is_not_erased_meanwhile_and_stays_when_she_has_it_back(
    arcadia, former, claims, clock, due
):
    with arcadia.transaction() as tx:
        closings.request(tx, former, due)
    claimant, _ = claims()
    clock.advance(WAITING)
    close_due.run(arcadia)
    finishes(arcadia, takes(arcadia, claimant), clock)
    with arcadia.reading() as connection:
        assert records.get(connection, former).status is Status.ACTIVE
        assert closings.live(connection, former) is None


def test_one_that_is_being_closed_is_erased_after_all_when_nobody_wants_it_any_more(arcadia, former, claims, clock):
    with arcadia.transaction() as tx:
        closings.request(tx, former, 3 * DAY)
    claimant, _ = claims()
    clock.advance(3 * DAY)
    close_due.run(arcadia)
    with arcadia.reading() as connection:
        assert records.get(connection, former).status is Status.CLOSING
    reclaim.stop(arcadia, claimant)
    clock.advance(close_due.LATER)
    close_due.run(arcadia)
    with arcadia.reading() as connection:
        assert records.get(connection, former).status is Status.CLOSED
