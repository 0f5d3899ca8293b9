"""A browser that remembers her asks for her password alone, unless more is needed, or something happened."""

import json
from dataclasses import replace

import pytest

from idp.domain.sessions import remembered
from idp.foundation.refusal import Refusal
from idp.journeys.account import close, security, sessions
from idp.journeys.people import lock
from idp.journeys.people.lock import Reason
from idp.journeys.signin import second_factor
from idp.protocol.assurance import Level, Strength
from tests.builders import a_citizen
from tests.journeys.signin.conftest import asking, essential

DAY = 24 * 3600


@pytest.fixture
def home(user, anna):
    """A browser that was told to remember her, after she signed out."""
    login = user.begins(return_to="/account")
    user.types_password(login, anna)
    remembers(user, login, anna)
    assert user.finishes(login).remembered
    user.cookie = ""
    user.clock.advance(600)
    return user


def remembers(user, login, citizen):
    user.clock.advance(30)
    code = citizen.code(user.clock.now)
    second_factor.with_code(user.provider, login, user.visitor, code, remember=True)


def steps(browser, citizen, request=None, **page):
    """Type the password; what is asked next, None for the end."""
    login = browser.begins(request, **({} if request else {"return_to": "/account", **page}))
    browser.types_password(login, citizen)
    return login, browser.step(login)


def test_nobody_is_remembered_who_did_not_ask_for_it(user, anna):
    user.signs_in(anna)
    assert user.finished[-1].remembered is None
    user.cookie = ""
    assert steps(user, anna)[1] == "second-factor"


def test_her_password_is_enough_there(home, anna, provider):
    login, step = steps(home, anna)
    assert step is None
    done = home.finishes(login)
    assert done.return_to == "/account"
    assert done.remembered not in (None, home.finished[0].remembered)
    assert home.session.strength is Strength.ONE_FACTOR, "nothing more was proved"
    assert home.session.amr == ("pwd",)


def test_the_session_goes_on_to_a_service_that_asks_for_no_more(home, anna, service):
    home.finishes(steps(home, anna)[0])
    login = home.begins(asking(service))
    assert home.step(login) == "consent"


@pytest.mark.parametrize(
    "asked",
    [
        {"claims": essential(Level.SUBSTANTIAL)},
        {"claims": essential(Level.HIGH)},
        {"prompt": frozenset({"login"})},
        {"max_age": 0},
        {"max_age": 3600},
    ],
    ids=["substantial", "high", "login", "now", "an hour"],
)
def test_more_is_proved_where_more_is_asked(home, anna, service, asked):
    assert steps(home, anna, asking(service, **asked))[1] == "second-factor"
    home.finishes(steps(home, anna)[0])
    login = home.begins(asking(service, **asked))
    if home.step(login) == "authenticate":
        home.types_password(login, anna)
    assert home.step(login) == "second-factor"


def test_more_is_proved_for_a_page_that_needs_it(home, anna, clock):
    assert steps(home, anna, strength=Strength.TWO_FACTORS)[1] == "second-factor"
    assert steps(home, anna, fresh_since=clock.now - 600)[1] == "second-factor"


def test_another_person_is_asked_for_everything(home, provider, a_browser):
    berta = a_citizen(provider, totp="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", username="berta")
    assert steps(home, berta)[1] == "second-factor"


def test_another_browser_asks_for_everything(home, anna, a_browser):
    assert steps(a_browser("another"), anna)[1] == "second-factor"


def test_a_wish_is_not_handed_on_to_whoever_signs_in_next(user, anna, boris):
    login = user.begins(return_to="/account")
    user.types_password(login, anna)
    remembers(user, login, anna)
    with pytest.raises(Refusal):
        user.types_password(login, boris)
    assert user.finishes(login).remembered


def test_it_is_over_after_thirty_days(home, anna, clock):
    clock.advance(30 * DAY)
    assert steps(home, anna)[1] == "second-factor"


def test_a_country_may_do_without(home, anna, provider):
    never = replace(provider, lifetimes=replace(provider.lifetimes, remembered=0))
    home.provider = never
    login, step = steps(home, anna)
    assert step == "second-factor"
    remembers(home, login, anna)
    assert home.finishes(login).remembered is None


def test_a_copy_of_the_cookie_brings_the_thief_nothing_and_is_found_out(home, anna, clock, a_browser):
    thief = a_browser("the thief's", known=home.known)
    login, step = steps(thief, anna)
    assert step is None
    thief.finishes(login)
    clock.advance(120)
    assert steps(home, anna)[1] == "second-factor", "the earlier secret came back"
    thief.cookie = ""
    assert steps(thief, anna)[1] == "second-factor"


def test_forgotten_between_the_password_and_the_end_it_asks_after_all(home, anna, provider):
    login, step = steps(home, anna)
    assert step is None
    [entry] = sessions.remembering(provider, anna.id)
    sessions.forget(provider, anna.id, entry.id)
    assert home.finishes(login).return_to == f"/signin/{login}"
    assert home.session is None
    assert home.step(login) == "second-factor"


def test_a_session_that_lives_there_asks_again_once_it_is_forgotten(home, anna, provider, service):
    home.finishes(steps(home, anna)[0])
    [entry] = sessions.remembering(provider, anna.id)
    sessions.forget(provider, anna.id, entry.id)
    login = home.begins(asking(service))
    assert home.step(login) == "second-factor"


def signs_out_elsewhere(provider, anna):
    sessions.end_everywhere(provider, anna.id)


def reports(provider, anna):
    sessions.not_me(provider, anna.id)


def changes_her_password(provider, anna):
    one = sessions.living(provider, anna.id)[0]
    security.change_password(provider, anna.id, anna.password + " anew", replace(one, remembered=None))


def is_locked_for_a_while(provider, anna):
    lock.lock(provider, "anna", Reason.SECURITY)
    lock.unlock(provider, "anna", Reason.RESOLVED)


def begins_to_close(provider, anna):
    one = sessions.living(provider, anna.id)[0]
    close.request(provider, one)
    close.keep(provider, anna.id)


@pytest.mark.parametrize(
    "happening", [signs_out_elsewhere, reports, changes_her_password, is_locked_for_a_while, begins_to_close]
)
def test_whatever_happens_to_the_account_every_browser_forgets_her(home, anna, provider, happening):
    home.finishes(steps(home, anna)[0])
    happening(provider, anna)
    home.cookie = ""
    assert sessions.remembering(provider, anna.id) == []
    changed = replace(anna, password=anna.password + " anew") if happening is changes_her_password else anna
    assert steps(home, changed)[1] == "second-factor"


def test_ending_all_others_leaves_this_browser_alone(home, anna, provider, a_browser):
    office = a_browser("office")
    login, _ = steps(office, anna)
    remembers(office, login, anna)
    office.finishes(login)
    home.finishes(steps(home, anna)[0])
    sessions.end_others(provider, home.session)
    home.cookie = office.cookie = ""
    assert steps(home, anna)[1] is None
    assert steps(office, anna)[1] == "second-factor"


def test_the_secret_is_not_kept_with_the_sign_in(home, anna, provider):
    steps(home, anna)
    with provider.reading() as connection:
        rows = connection.exec_driver_sql("SELECT facts FROM logins").scalars().all()
    secret = home.known.partition(".")[2]
    assert any("remembered" in json.loads(row) for row in rows)
    assert not any(secret in row for row in rows)
    with provider.reading() as connection:
        assert len(remembered.of_person(connection, anna.id, provider.store.now())) == 1
