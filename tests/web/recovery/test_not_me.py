"""The link in every announcement: seen without consequence, pressed once, and everything stops."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.domain.authenticators import registry
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.recovery import alarms
from idp.foundation.refusal import Refusal
from idp.journeys.account import security
from idp.journeys.recovery import not_me
from tests.builders import PASSWORD
from tests.journeys.account.test_security import a_passkey
from tests.journeys.proofing.letters import letters
from tests.web.pages import Window

LINK = re.compile(r"/not-me/\S+")


def link_to(provider, citizen):
    """The link in the last letter that carries one."""
    found = [LINK.search(one["text"]) for one in letters(provider) if one["address"] == citizen.email]
    return next(one[0] for one in reversed(found) if one)


def status(provider, citizen):
    with provider.reading() as connection:
        return records.get(connection, citizen.id).status


@pytest.fixture
def link(provider, anna, clock):
    clock.advance(60)  # What she had before is older than what the letter tells of.
    a_passkey(provider, anna.id)
    return link_to(provider, anna)


def test_looking_changes_nothing(provider, app, anna, link):
    for _ in range(3):
        window = Window.of(app).goes(link)
        assert "A way to sign in was added to your account." in window.page.words
    assert status(provider, anna) is Status.ACTIVE


def test_two_clicks_lock_end_and_undo(provider, app, anna, link, clock):
    inside = Window.of(app).goes("/account").submits("/authenticate", username="anna", password=PASSWORD)
    inside.submits("/second-factor", code=anna.code(clock.now))
    assert inside.at == "/account"
    window = Window.of(app).goes(link).submits(link)

    assert "Nobody can sign in now" in window.page.words
    assert status(provider, anna) is Status.REPORTED
    assert inside.goes("/account").at.startswith("/signin/")
    with provider.reading() as connection:
        assert "passkey" not in {one.method for one in registry.of(connection, anna.id)}
    again = Window.of(app).goes("/account").submits("/authenticate", username="anna", password=PASSWORD)
    assert "You locked this account." in again.page.words


def test_a_link_works_once(provider, app, anna, link):
    Window.of(app).goes(link).submits(link)
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.ACTIVE, anna.id, "recovered")
    window = Window.of(app).goes(link)
    assert (window.status, window.page.title.startswith("This link was used, or is too old")) == (200, True)
    assert status(provider, anna) is Status.ACTIVE


def test_of_parallel_uses_one_locks(provider, anna, link):
    secret = link.rpartition("/")[2]

    def pressed(_number):
        try:
            not_me.lock(provider, secret)
        except Refusal as refusal:
            return refusal.code
        return "locked"

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(pressed, range(20)))
    assert sorted(set(answers)) == ["locked", "recovery.alarm_over"]
    assert answers.count("locked") == 1


def test_an_old_link_is_over(provider, app, anna, link, clock):
    clock.advance(alarms.LIFETIME)
    assert "too old" in Window.of(app).goes(link).page.words


def test_the_button_needs_our_own_page(provider, app, anna, link):
    assert app.test_client().post(link).status_code == 403
    assert status(provider, anna) is Status.ACTIVE


@pytest.mark.parametrize("secret", ["x", "a" * 2000, "%00", "../account"])
def test_what_is_no_link_says_so_calmly(app, secret):
    assert app.test_client().get(f"/not-me/{secret}").status_code in (200, 302, 303, 400, 404)


def test_every_change_to_the_ways_to_sign_in_carries_a_link(provider, anna):
    a_passkey(provider, anna.id)
    security.change_password(provider, anna.id, "seventeen quiet lamps")
    security.new_recovery_codes(provider, anna.id)
    with provider.reading() as connection:
        app = next(one for one in registry.of(connection, anna.id) if one.method == "totp")
    security.remove(provider, anna.id, app.id)
    told = [one for one in letters(provider) if one["address"] == anna.email]
    assert len(told) == 4
    assert len({LINK.search(one["text"])[0] for one in told}) == 4


def test_a_sign_in_at_a_new_browser_is_told_and_at_a_known_one_not(provider, app, anna, clock, mail):
    def signs_in(agent):
        clock.advance(60)
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = agent
        window = Window(client).goes("/account").submits("/authenticate", username="anna", password=PASSWORD)
        assert window.submits("/second-factor", code=anna.code(clock.now)).at == "/account"

    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    signs_in(firefox)
    signs_in(firefox)
    assert mail(anna.email) == []
    signs_in(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
    )
    assert mail(anna.email) == ["Somebody signed in to your account at a new place"]
