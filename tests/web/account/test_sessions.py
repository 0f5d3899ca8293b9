"""The page of sessions: what a citizen reads about each, and what ending them does."""

import pytest

from idp.domain.sessions import browser, participants
from idp.web.account.how_words import how
from tests.builders import a_client
from tests.fixtures.storage import Clock
from tests.web.pages import Window


@pytest.fixture
def revenue(provider):
    """A service that wants to know when a session ends."""
    uri = "https://agency.example/ended"
    return a_client(provider, client_id="revenue", client_name="Revenue Service", backchannel_logout_uri=uri)


@pytest.fixture
def opened_it(provider, revenue):
    """Says that a window's citizen opened the service in it."""

    def join(window):
        with provider.transaction() as tx:
            session = browser.find(tx.connection, window.client.get_cookie("session").value, tx.now, 3600)
            participants.join(tx, session.id, revenue.id)
        return session

    return join


def is_signed_in(window: Window) -> bool:
    return window.goes("/account").at == "/account"


def test_each_session_says_where_when_how_and_what_was_opened(anna, a_window, opened_it, clock: Clock):
    other, mine = a_window(anna), a_window(anna, seconds_ago=3600)
    opened_it(mine)
    words = mine.goes("/account/sessions").page.words

    assert words.count("Firefox on Linux") == 4  # Once more each, for whoever hears the link alone.
    assert words.count("this browser") == 1
    assert words.index("this browser") < words.index("Revenue Service") < words.index("Services opened None")
    assert words.count("password, one-time code") == 2
    assert words.count("Last used") == 2
    assert is_signed_in(other)


def test_one_is_ended_after_a_page_that_says_what_follows(anna, a_window, opened_it, provider):
    mine, other = a_window(anna), a_window(anna)
    theirs = opened_it(other)
    mine.goes(f"/account/sessions/{theirs.id}/end")
    assert "These services are told to sign you out there too: Revenue Service" in mine.page.words
    assert is_signed_in(other), "looking ends nothing"

    mine.goes(f"/account/sessions/{theirs.id}/end").submits("/end")
    assert "The session was ended, and every service in it was told." in mine.page.words
    assert mine.page.words.count("Signed in") == 1
    assert not is_signed_in(other)
    assert is_signed_in(mine)
    with provider.reading() as connection:
        told = connection.exec_driver_sql("SELECT COUNT(*) FROM outbox WHERE kind = 'backchannel_logout'").scalar_one()
    assert told == 1


def test_all_others_are_ended_and_this_one_stays(anna, a_window):
    mine, other = a_window(anna), a_window(anna)
    mine.goes("/account/sessions/end-others").submits("/end-others")

    assert mine.at == "/account/sessions"
    assert not is_signed_in(other)
    assert is_signed_in(mine)


def test_everywhere_is_here_too(anna, a_window):
    mine, other = a_window(anna), a_window(anna)
    mine.goes("/account/sessions/end-everywhere").submits("/end-everywhere")

    assert mine.at == "/"
    assert mine.client.get_cookie("session") is None
    assert not is_signed_in(other)
    assert not is_signed_in(mine)


def test_ending_ones_own_session_is_signing_out(anna, a_window):
    window = a_window(anna)
    window.goes(window.goes("/account/sessions").page.by_id["end-this"]["href"])
    assert window.page.title.startswith("Sign out of this browser?")
    window.submits("/end")

    assert window.at == "/"
    assert window.client.get_cookie("session") is None
    assert not is_signed_in(window)


@pytest.mark.parametrize("address", ["some-id/end", "end-others"])
def test_what_has_ended_already_is_not_asked_about(anna, a_window, address):
    window = a_window(anna).goes(f"/account/sessions/{address}")

    assert (window.status, window.at) == (200, "/account/sessions")
    assert "end-others" not in window.page.by_id


def test_a_session_that_is_over_is_not_in_the_list(anna, a_window, clock):
    a_window(anna)
    clock.advance(3600)

    assert a_window(anna).goes("/account/sessions").page.words.count("Signed in") == 1


def test_somebody_elses_doing_is_ended_from_the_list_too(anna, a_window):
    mine, other = a_window(anna), a_window(anna)
    mine.goes("/account/sessions").submits("/account/not-me")

    assert not is_signed_in(mine)
    assert not is_signed_in(other)


@pytest.mark.parametrize("ticked", [True, False])
def test_a_new_password_signs_out_every_other_browser_unless_the_citizen_wants_otherwise(boris, a_window, ticked):
    mine, other = a_window(boris), a_window(boris)
    form = mine.goes("/account/security/password").page.form("/account/security/password")
    assert form.values["end-others"] == "yes", "ticked by default"
    if not ticked:
        del form.values["end-others"]
    mine.posts(form.action, **(form.values | {"password": "seventeen quiet lamps overboard"}))

    assert "Your password was changed" in mine.page.words
    assert ("every other browser was signed out" in mine.page.words) is ticked
    assert is_signed_in(other) is not ticked
    assert is_signed_in(mine)


def test_a_choice_is_kept_when_the_password_will_not_do(boris, a_window):
    window = a_window(boris).goes("/account/security/password")
    values = window.page.form("/account/security/password").values
    del values["end-others"]
    window.posts("/account/security/password", **(values | {"password": "short"}))

    assert window.status == 422
    assert "checked" not in window.page.by_id["password-end-others"]


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        (("pwd", "otp", "mfa"), "password, one-time code"),
        (("hwk", "user", "pin", "mfa"), "security key"),
        (("swk", "user"), "passkey"),
        (("pwd", "sms"), "password, code by text message"),
    ],
)
def test_how_somebody_signed_in_is_said_in_words(app, methods, words):
    with app.test_request_context():
        assert how(methods) == words
