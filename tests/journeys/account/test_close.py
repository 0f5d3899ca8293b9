"""Closing an account: services hear nothing more, she can keep it until the end, and then it is erased once."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from idp.domain.grants import grants
from idp.domain.grants.tables import grants as grants_table
from idp.domain.oversight import roles
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.domain.people.tables import identifiers as identifiers_table
from idp.domain.sessions import browser
from idp.foundation.outbox import outbox
from idp.foundation.refusal import Refusal
from idp.journeys.account import close
from idp.journeys.oidc.authorize import Answer, SignInFirst, authorize
from idp.journeys.oidc.introspect import introspect
from idp.journeys.oidc.userinfo import userinfo
from idp.journeys.people import close_due
from idp.journeys.people.erase import erase
from idp.journeys.people.lock import Reason, lock, unlock
from idp.journeys.signin import keep
from idp.protocol.errors import OAuthError
from tests.agents import challenge
from tests.builders import a_citizen
from tests.journeys.account.hands import shown
from tests.journeys.proofing.letters import letters
from tests.journeys.signin.conftest import asking

DAY = 24 * 3600
WAITING = 30 * DAY


@pytest.fixture
def closing(provider, user, anna):
    """Anna asked to close her account at her browser."""
    user.signs_in(anna)
    user.cookie = close.request(provider, user.session)
    return anna


def status(provider, person_id):
    with provider.reading() as connection:
        return records.get(connection, person_id).status


def link(provider, address, number=-1):
    texts = [one["text"] for one in letters(provider) if one["address"] == address]
    return [found[1] for text in texts if (found := re.search(r"/keep-account\?link=(\S+)", text))][number]


def notices(provider):
    statement = select(outbox.c.payload).where(outbox.c.kind == "backchannel_logout")
    with provider.reading() as connection:
        return [json.loads(payload)["client"] for payload in connection.execute(statement).scalars()]


def refused(work, *arguments):
    with pytest.raises(Refusal) as caught:
        work(*arguments)
    return caught.value.code


def test_every_address_is_told_when_and_how_to_keep_it(provider, closing, mail):
    assert mail(closing.email) == ["Your account will be closed"]
    text = letters(provider)[-1]["text"]
    assert "14 February 2027" in text
    assert "http://localhost/keep-account?link=" in text


def test_every_session_ends_services_are_told_and_one_new_session_is_left_to_keep_it(
    provider, user, anna, revenue, a_session, a_browser
):
    user.signs_in(anna, asking(revenue))
    a_session(anna.id)
    before = user.session
    user.cookie = close.request(provider, before)

    with provider.reading() as connection:
        living = browser.of_person(connection, anna.id, provider.store.now(), 3600)
    assert [one.id for one in living] == [user.session.id]
    assert user.session.id != before.id
    assert (user.session.strength, user.session.auth_time) == (before.strength, before.auth_time)
    assert notices(provider) == [revenue.id]


def test_services_get_nothing_while_it_waits_and_everything_again_when_it_is_kept(provider, user, anna, service, clock):
    request = asking(service, scope=("openid", "profile"))
    user.signs_in(anna, request)
    with provider.transaction() as tx:
        granted = select(grants_table.c.id).where(grants_table.c.person_id == anna.id)
        grants.add_access_token(tx, "at_x", service.id, "openid profile", 900, tx.execute(granted).scalars().one())
    user.cookie = close.request(provider, user.session)

    with pytest.raises(OAuthError):
        userinfo(provider, shown("at_x"))
    assert not introspect(provider, service, {"token": "at_x"})["active"]
    login = user.begins(request)
    assert user.step(login) == "closing"
    assert refused(user.finishes, login) == "signin.out_of_turn"

    keep.keep(provider, login, user.visitor)
    assert user.step(login) is None
    assert "code" in user.finishes(login).answer.parameters


def test_a_silent_request_is_answered_that_she_must_sign_in(provider, user, closing, service):
    parameters = {
        "client_id": service.id,
        "redirect_uri": "https://agency.example/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge("v" * 43),
        "code_challenge_method": "S256",
    }
    assert isinstance(authorize(provider, parameters, user.session), SignInFirst)
    silent = authorize(provider, parameters | {"prompt": "none"}, user.session)
    assert isinstance(silent, Answer)
    assert silent.parameters["error"] == "login_required"


def test_keeping_it_on_the_way_to_a_service_takes_every_factor(provider, a_browser, closing, service):
    elsewhere = a_browser("another browser")
    login = elsewhere.begins(asking(service))
    elsewhere.types_password(login, closing)

    assert elsewhere.step(login) == "second-factor"
    assert refused(keep.keep, provider, login, elsewhere.visitor) == "signin.out_of_turn"
    elsewhere.types_code(login, closing)
    assert elsewhere.step(login) == "closing"
    keep.keep(provider, login, elsewhere.visitor)
    assert elsewhere.step(login) == "consent"
    assert status(provider, closing.id) is Status.ACTIVE


def test_a_link_keeps_it_signed_out_and_ends_the_sessions_of_whoever_asked(provider, user, closing, mail, audit):
    secret = link(provider, closing.email)
    assert close.behind_link(provider, secret).person_id == closing.id
    close.keep_by_link(provider, secret)

    assert status(provider, closing.id) is Status.ACTIVE
    assert user.session is None
    assert mail(closing.email)[-1] == "Your account stays"
    assert "people.closing.cancelled" in audit(closing.id)
    assert refused(close.keep_by_link, provider, secret) == "people.closing_over"
    assert refused(close.behind_link, provider, secret) == "people.closing_over"


def test_she_is_told_again_three_days_before_the_end_once(provider, closing, mail, clock):
    clock.advance(WAITING - 3 * DAY - 1)
    close_due.run(provider)
    assert len(mail(closing.email)) == 1
    clock.advance(1)
    for _ in range(3):
        close_due.run(provider)

    assert mail(closing.email)[1:] == ["Your account is about to be closed"]
    first, second = link(provider, closing.email, 0), link(provider, closing.email, 1)
    assert first != second
    close.keep_by_link(provider, first)
    assert refused(close.keep_by_link, provider, second) == "people.closing_over"


def test_in_the_end_it_is_erased_once_by_any_number_of_couriers(provider, closing, mail, audit, clock):
    address = closing.email
    clock.advance(WAITING - 1)
    close_due.run(provider)
    assert status(provider, closing.id) is Status.CLOSING
    clock.advance(1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: close_due.run(provider), range(4)))

    assert status(provider, closing.id) is Status.CLOSED
    assert audit(closing.id).count("people.record.erased") == 1
    assert mail(address).count("Your account is closed") == 1
    with provider.reading() as connection:
        assert identifiers.sign_in_name(connection, provider.vault, "anna") is None
        assert identifiers.of(connection, provider.vault, closing.id) == ()
        assert refused(provider.vault.seal, connection, closing.id, "t", "c", "x") == "vault.erased"
    assert a_citizen(provider, username="anna").id != closing.id


def test_of_keeping_and_erasing_at_the_same_time_one_wins(provider, closing, clock, audit):
    clock.advance(WAITING)

    def keeps():
        try:
            close.keep(provider, closing.id)
        except Refusal:
            return

    with ThreadPoolExecutor(4) as pool:
        for work in [keeps, lambda: close_due.run(provider)] * 2:
            pool.submit(work)

    ends = {"people.closing.cancelled": Status.ACTIVE, "people.record.erased": Status.CLOSED}
    (end,) = [name for name in audit(closing.id) if name in ends]
    assert status(provider, closing.id) is ends[end]


def test_a_lock_keeps_it_from_being_erased(provider, closing, mail, clock):
    lock(provider, "anna", Reason.SECURITY)
    assert mail(closing.email)[-1] == "Your account will not be closed for now"
    clock.advance(WAITING)
    close_due.run(provider)
    assert status(provider, closing.id) is Status.LOCKED
    unlock(provider, "anna", Reason.RESOLVED)
    close_due.run(provider)
    assert status(provider, closing.id) is Status.ACTIVE


def test_an_operator_may_erase_at_once_what_waits(provider, closing, clock, audit):
    erase(provider, "anna")
    clock.advance(WAITING)
    close_due.run(provider)

    assert status(provider, closing.id) is Status.CLOSED
    assert audit(closing.id).count("people.record.erased") == 1


def test_who_works_here_does_not_close_her_account(provider, user, anna):
    user.signs_in(anna)
    with provider.transaction() as tx:
        roles.grant(tx, anna.id, roles.Role.VERIFIER, "operator")

    assert refused(close.request, provider, user.session) == "people.works_here"
    assert status(provider, anna.id) is Status.ACTIVE


def test_one_that_cannot_be_erased_now_holds_up_nobody(provider, closing, boris, a_browser, clock):
    other = a_browser("boris's")
    other.signs_in(boris)
    close.request(provider, other.session)
    held = identifiers_table.c.person_id == closing.id
    with provider.transaction() as tx:
        kept = tx.execute(select(identifiers_table.c.kind, identifiers_table.c.value).where(held)).all()
        tx.execute(update(identifiers_table).where(held).values(value=b"unreadable"))
    clock.advance(WAITING)
    close_due.run(provider)
    assert (status(provider, closing.id), status(provider, boris.id)) == (Status.CLOSING, Status.CLOSED)

    with provider.transaction() as tx:
        for kind, value in kept:
            tx.execute(update(identifiers_table).where(held, identifiers_table.c.kind == kind).values(value=value))
    clock.advance(3600)
    close_due.run(provider)
    assert status(provider, closing.id) is Status.CLOSED
