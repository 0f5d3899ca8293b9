"""Closing an account and keeping it, page by page."""

import re

import pytest

from idp.domain.grants import consents
from idp.domain.people import closings, records
from idp.domain.people.records import Status
from tests.builders import a_client
from tests.journeys.proofing.letters import letters
from tests.web.pages import Window

DAY = 24 * 3600


def status(provider, citizen):
    with provider.reading() as connection:
        return records.get(connection, citizen.id).status


def asks(window):
    window.goes("/account/close").submits("/account/close", understood="yes")
    return window


def link(provider):
    return next(
        found[0] for one in letters(provider)[::-1] if (found := re.search(r"/keep-account\?link=\S+", one["text"]))
    )


def test_what_closing_means_is_said_before(provider, anna, a_window):
    client = a_client(provider, client_name="Revenue Service")
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, {"openid"})
    words = a_window(anna).goes("/account/close").page.words

    for said in ("We wait for 30 days", "cannot be undone", "Revenue Service", "stays valid", "Download your data"):
        assert said in words
    assert status(provider, anna) is Status.ACTIVE


def test_without_the_tick_nothing_happens(provider, anna, a_window):
    window = a_window(anna).goes("/account/close").submits("/account/close")

    assert window.status == 422
    assert "#close-understood" in window.page.links
    assert status(provider, anna) is Status.ACTIVE


def test_closed_and_kept_at_the_same_browser(provider, anna, a_window):
    window = asks(a_window(anna))
    assert (window.status, window.at) == (200, "/account/close")
    assert "Your account is being closed" in window.page.words
    assert status(provider, anna) is Status.CLOSING

    window.submits("/account/close/keep")
    assert (window.status, window.at) == (200, "/account")
    assert "will not be closed" in window.page.words
    assert status(provider, anna) is Status.ACTIVE


def test_a_form_that_is_sent_twice_closes_once(provider, anna, a_window, mail):
    window = asks(a_window(anna))
    window.posts("/account/close", csrf_token=window.token(), understood="yes")

    assert window.at == "/account/close"
    assert mail(anna.email) == ["Your account will be closed"]


@pytest.mark.parametrize(
    "path", ["/account", "/account/services", "/account/security", "/account/details", "/verify-identity"]
)
def test_while_it_waits_every_page_leads_to_the_closing(anna, a_window, path):
    assert asks(a_window(anna)).goes(path).at == "/account/close"


@pytest.mark.parametrize("path", ["/account/activity", "/account/sessions"])
def test_while_it_waits_some_pages_can_be_read(anna, a_window, path):
    window = asks(a_window(anna)).goes(path)
    assert (window.status, window.at) == (200, path)


def test_the_link_of_the_letter_keeps_it_in_two_clicks_anywhere_and_works_once(app, provider, anna, a_window):
    asks(a_window(anna))
    address, elsewhere = link(provider), Window.of(app)
    elsewhere.goes(address)
    assert elsewhere.status == 200
    assert status(provider, anna) is Status.CLOSING
    elsewhere.submits("/keep-account")
    assert "Your account stays" in elsewhere.page.words
    assert status(provider, anna) is Status.ACTIVE

    asks(a_window(anna))
    assert elsewhere.goes(address).status == 410
    secret = address.partition("=")[2]
    elsewhere.posts("/keep-account", csrf_token=elsewhere.token(), link=secret)
    assert elsewhere.status == 410
    assert "This link is no longer in use" in elsewhere.page.words
    assert status(provider, anna) is Status.CLOSING


def test_another_sites_form_keeps_nothing(app, provider, anna, a_window):
    asks(a_window(anna))
    answer = app.test_client().post("/keep-account", data={"link": link(provider).partition("=")[2]})

    assert answer.status_code == 403
    assert status(provider, anna) is Status.CLOSING


@pytest.mark.parametrize("secret", ["", "x", "é", "A" * 5000, "%00"])
def test_a_link_that_is_none_is_answered_in_words(app, secret):
    window = Window.of(app).goes(f"/keep-account?link={secret}")

    assert window.status in (400, 410)
    assert "Traceback" not in window.page.words


def test_who_signs_in_while_it_waits_may_keep_it(provider, boris, a_window, app, clock):
    asks(a_window(boris))
    window = Window.of(app).goes("/account")
    window.submits("/authenticate", username="boris", password=boris.password)
    assert window.at == "/account/close"
    window.submits("/account/close/keep")
    assert status(provider, boris) is Status.ACTIVE


def test_after_the_end_the_session_is_nobodys(app, provider, boris, a_window, clock):
    window = asks(a_window(boris))
    with provider.transaction() as tx:
        tx.connection.exec_driver_sql(f"UPDATE person_closings SET due_at = {clock.now}")
        assert closings.due(tx.connection, clock.now)
    app.extensions["courier"].round()

    assert window.goes("/account").at.startswith("/signin/")
    window.submits("/authenticate", username="boris", password=boris.password)
    assert window.status == 422
    assert "The user name or the password is wrong." in window.page.words


def test_the_account_says_where_it_is_closed(anna, a_window):
    assert "/account/close" in a_window(anna).goes("/account/details").page.links
