"""Taking an account back: two different ways, then new ways to sign in, all at once."""

import re

import pyotp
import pytest
from sqlalchemy import select, update

from idp.domain.authenticators import lockout, registry
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.journeys.account import contacts
from idp.journeys.recovery import ways
from tests.builders import PASSWORD, a_citizen
from tests.journeys.proofing.letters import letters
from tests.web.pages import Window
from tests.web.recovery.conftest import SECRET

NEW = "seventeen quiet lamps"
DAY = 24 * 3600
SWITCHED_OFF = "switched off"


def code_to(provider, address):
    """The code in the last letter with one to an address."""
    codes = [re.search(r"\b\d{6}\b", one["subject"]) for one in letters(provider) if one["address"] == address]
    return next(found[0] for found in reversed(codes) if found)


def by_mail(provider, window, citizen):
    window.submits("/send/email")
    return window.submits("/way/email", code=code_to(provider, citizen.email))


def by_sheet(window, sheet):
    return window.goes(f"{window.at.removesuffix('/ways')}/way/recovery_code").submits(
        "/recovery_code", code=sheet.pop()
    )


def secret_of(window):
    return next(word for word in window.page.words.split() if re.fullmatch("[A-Z2-7]{32}", word))


def binds(window, clock):
    """A new password and a new app."""
    window.submits("/method", password=NEW)
    secret = secret_of(window)
    window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    return secret


def signs_in(window, clock, secret, password=NEW, name="anna"):
    clock.advance(30)
    window.goes("/account").submits("/authenticate", username=name, password=password)
    if window.at.endswith("/second-factor"):
        window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    return window


def test_two_ways_give_new_ways_to_sign_in_and_end_the_old(provider, app, lost, anna, sheet, clock, audit):
    before = signs_in(Window.of(app), clock, SECRET, PASSWORD)
    assert before.at == "/account"
    window = by_sheet(by_mail(provider, lost("anna"), anna), sheet)
    assert window.at.endswith("/method")
    secret = binds(window, clock)
    assert window.at.endswith("/recovery-codes")
    window.submits("/recovery-codes", saved="yes")

    assert window.at.endswith("/authenticate"), "she signs in with what she has now"
    assert signs_in(window, clock, secret).at == "/account"
    assert before.goes("/account").at.startswith("/signin/"), "whoever was there is out"
    assert signs_in(Window.of(app), clock, SECRET, PASSWORD).at.endswith("/authenticate")
    assert "recovery.account.recovered" in audit(anna.id)


def test_one_way_is_not_enough_and_the_same_way_twice_is_one(provider, lost, anna, sheet):
    window = by_sheet(lost("anna"), sheet)
    assert window.at.endswith("/ways")
    assert "recovery_code" not in window.response.text
    path = window.at.removesuffix("/ways")
    token = window.page.forms[0].values["csrf_token"]
    window.posts(f"{path}/way/recovery_code", code=sheet.pop(), csrf_token=token)
    assert window.at.endswith("/ways")


@pytest.mark.parametrize("step", ["method", "second-factor", "recovery-codes"])
def test_no_step_is_reached_by_its_address(lost, anna, sheet, step):
    window = by_sheet(lost("anna"), sheet)
    path = window.at.removesuffix("/ways")
    assert window.goes(f"{path}/{step}").at.endswith("/ways")
    token = window.page.forms[0].values["csrf_token"]
    window.posts(f"{path}/{step}", password=NEW, code="123456", saved="yes", csrf_token=token)
    assert window.at.endswith("/ways")


def test_nothing_changes_before_everything_is_ready(provider, app, lost, anna, sheet, clock):
    window = by_sheet(by_mail(provider, lost("anna"), anna), sheet)
    window.submits("/method", password=NEW)
    assert window.at.endswith("/second-factor")

    assert signs_in(Window.of(app), clock, SECRET, PASSWORD).at == "/account"


def test_what_was_used_is_kept_and_what_was_not_is_removed(provider, lost, anna, clock):
    window = by_mail(provider, lost("anna"), anna)
    window.goes(f"{window.at.removesuffix('/ways')}/way/totp").submits("/totp", code=anna.code(clock.now))
    assert window.at.endswith("/method")
    window.submits("/method", password=NEW)
    window.submits("/recovery-codes", saved="yes")

    assert signs_in(window, clock, SECRET).at == "/account"
    with provider.reading() as connection:
        assert sorted(one.method for one in registry.of(connection, anna.id)) == ["password", "totp"]


def test_a_password_that_is_known_stays_and_only_the_lost_app_is_replaced(provider, lost, anna, clock):
    window = by_mail(provider, lost("anna"), anna)
    window.goes(f"{window.at.removesuffix('/ways')}/way/password").submits("/way/password", password=PASSWORD)
    assert window.at.endswith("/second-factor")
    secret = secret_of(window)
    window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    window.submits("/recovery-codes", saved="yes")

    assert signs_in(Window(window.client), clock, secret, PASSWORD).at == "/account"
    assert signs_in(Window.of(window.client.application), clock, SECRET, PASSWORD).at.endswith("/second-factor")


def test_every_address_is_told_at_the_beginning_and_at_the_end(provider, lost, anna, sheet, clock, mail):
    binds(by_sheet(by_mail(provider, lost("anna"), anna), sheet), clock)
    told = {"Somebody is taking your account back", "Your account has new ways to sign in"}
    assert told <= set(mail(anna.email))


def shape(window):
    """What can be told apart in an answer, but for what is different each time."""
    text = re.sub(r'(value|data-options)="[^"]*"|nonce-[^\']*|/recover/[^/"]*', "", window.response.text)
    headers = sorted(name for name, _ in window.response.headers)
    return window.status, window.at.rpartition("/")[2], headers, re.sub(r'nonce="[^"]*"', "", text)


@pytest.mark.parametrize("name", ["nobody-of-that-name", "dead", "closed@people.example"])
def test_nothing_says_whether_there_is_an_account(provider, lost, anna, name):
    a_citizen(provider, username="dead", status="deceased")
    known, unknown = lost("anna"), lost(name)
    assert shape(known) == shape(unknown)
    for window in (known, unknown):
        window.submits("/send/email")
    assert shape(known) == shape(unknown)
    for window in (known, unknown):
        window.submits("/way/email", code="000000")
    assert shape(known) == shape(unknown)
    for way in ("recovery_code", "totp", "password"):
        for window in (known, unknown):
            path = "/recover/" + window.at.split("/")[2]
            window.goes(f"{path}/way/{way}").submits(f"/way/{way}", code="123456", password="a wrong password")
        assert shape(known) == shape(unknown)


def test_a_code_that_was_used_is_told_from_no_other_wrong_one(provider, lost, anna, sheet, clock):
    """It would tell whoever found one that there is an account, and whose."""
    used = sheet.pop()
    by_sheet(lost("anna"), [used])
    windows = [by_sheet(lost(name), [code]) for name in ("anna", "nobody") for code in (used, "aaaa-bbbb-cccc-dddd")]

    assert {window.status for window in windows} == {422}
    assert all(shape(window) == shape(windows[0]) for window in windows)
    assert "This code is wrong, too old, or was used before." in windows[0].page.words


def test_guesses_are_counted_over_all_recoveries_of_an_account(provider, app, anna, clock):
    statuses, most = [], lockout.PER_METHOD["one_time_code"].most
    for _ in range(most // 5 + 1):
        window = Window.of(app).goes("/recover").submits("/name", username="anna").submits("/send/email")
        for _ in range(5):
            window.submits("/way/email", code="000000")
            statuses.append(window.status)
    assert statuses[:most] == [422] * most
    assert statuses[most] == 429


@pytest.mark.parametrize("name", ["anna", "nobody-of-this-name"])
def test_a_hundred_wrong_codes_one_after_another_end_this_way_for_somebody_and_nobody(provider, app, anna, clock, name):
    window = None
    for number in range(21):
        clock.advance(DAY)
        window = Window.of(app).goes("/recover").submits("/name", username=name).submits("/send/email")
        for _ in range(5 if number < 20 else 1):
            window.submits("/way/email", code="000000")
            assert window.status == 422
    assert SWITCHED_OFF in window.page.words


def test_who_proves_an_address_anew_is_sent_codes_again(provider, app, anna, lost, sheet, clock):
    with provider.transaction() as tx:
        limits.take(tx, lockout.EVER["one_time_code"], anna.id)
        tx.execute(update(limits.counters).where(limits.counters.c.key == anna.id).values(count=100))
    stopped = lost("anna").submits("/send/email").submits("/way/email", code=code_to(provider, anna.email))
    assert SWITCHED_OFF in stopped.page.words
    contacts.add(provider, anna.id, "email", "another@people.example", "192.0.2.1")
    contacts.prove(provider, anna.id, code_to(provider, "another@people.example"), "192.0.2.1")
    clock.advance(60)
    assert by_sheet(by_mail(provider, lost("anna"), anna), sheet).at.endswith("/method")


def test_a_right_code_forgets_the_wrong_ones(provider, lost, anna):
    window = lost("anna").submits("/send/email")
    for _ in range(4):
        window.submits("/way/email", code="000000")
    window.submits("/way/email", code=code_to(provider, anna.email))
    with provider.reading() as connection:
        left = connection.execute(select(limits.counters.c.kind).where(limits.counters.c.key == anna.id)).scalars()
        assert not {kind for kind in left if "one_time_code" in kind}


def test_messages_to_an_account_are_counted_for_the_day_too(provider, app, anna, clock):
    for _ in range(4):
        clock.advance(3600)
        for _ in range(3):
            window = Window.of(app).goes("/recover").submits("/name", username="anna").submits("/send/email")
    assert window.status == 429
    assert len([one for one in letters(provider) if one["address"] == anna.email]) == 10


def test_the_numbers_of_one_range_get_so_many_text_messages_and_nobody_learns_whose_they_are(
    provider, app, monkeypatch
):
    monkeypatch.setattr(ways, "PER_RANGE", Limit("recovery.range", 1, DAY))
    for number in ("+15005550006", "+15005550007"):
        a_citizen(provider, username=f"gina{number[-1]}", phone_number=number, phone_number_verified=True)
    shown = []
    for name in ("gina6", "gina7", "nobody"):
        window = Window.of(app).goes("/recover").submits("/name", username=name).submits("/send/sms")
        shown.append((window.status, window.page.words))
    assert len(set(shown)) == 1
    assert [one["address"] for one in letters(provider)] == ["+15005550006"]


def test_messages_to_an_account_are_counted(provider, app, anna):
    statuses = [
        Window.of(app).goes("/recover").submits("/name", username="anna").submits("/send/email").status
        for _ in range(6)
    ]
    assert statuses == [200] * 5 + [429]
    assert len([one for one in letters(provider) if one["address"] == anna.email]) == 5


def test_an_earlier_code_stops_working(provider, lost, anna):
    window = lost("anna").submits("/send/email")
    old = code_to(provider, anna.email)
    window.submits("/send/email").submits("/way/email", code=old)
    assert window.status == 422


def test_a_code_is_no_other_browsers(provider, lost, anna):
    mine = lost("anna").submits("/send/email")
    thief = lost("anna").submits("/send/email")
    code = code_to(provider, anna.email)
    assert mine.submits("/way/email", code=code).status == 422
    assert thief.goes(mine.at).status == 400


def test_who_was_locked_by_an_operator_stays_so(provider, lost, sheet, anna, clock):
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.LOCKED, "operator", "security_incident")
    window = by_sheet(by_mail(provider, lost("anna"), anna), sheet)
    assert "This account was locked by us" in window.page.words
    with provider.reading() as connection:
        assert records.get(connection, anna.id).status is Status.LOCKED


def test_who_has_a_password_alone_needs_one_way_only(provider, app, lost, clock):
    gina = a_citizen(provider, username="gina")
    window = by_mail(provider, lost("gina"), gina)
    assert window.at.endswith("/method")
    window.submits("/method", password=NEW)
    window.submits("/recovery-codes", saved="yes")
    assert signs_in(Window.of(app), clock, "", NEW, "gina").at == "/account"


def test_a_weak_password_is_refused_and_the_rest_is_kept(provider, lost, anna, sheet):
    window = by_sheet(by_mail(provider, lost("anna"), anna), sheet)
    window.submits("/method", password="password")
    assert window.status == 422
    window.submits("/method", password=NEW)
    assert window.at.endswith("/second-factor")
