"""Whoever is nobody in particular may open sign-ins, but not without end: each is a row that stays for a while."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from idp.app import create_app
from idp.domain.sessions.tables import logins
from tests.builders import a_client
from tests.web.oidc.conftest import authorize
from tests.web.oidc.requests import ISSUER, told

MOST = 3
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
DOORS = (authorize(), authorize(prompt="create"), "/register", "/recover", "/account", "/sign/x", "/console")
"""Addresses at which a stranger's GET opens a sign-in."""


@pytest.fixture
def settings(settings):
    return replace(settings, opened_sign_ins=MOST, trusted_proxies=("127.0.0.1",))


@pytest.fixture(autouse=True)
def early(clock):
    """A window has just begun."""
    clock.now = clock.now // 60 * 60 + 10


@pytest.fixture(autouse=True)
def agency(provider):
    return a_client(provider, client_id="agency", secret="a-secret-of-the-agency", single_factor=True)


def opens(app, door=DOORS[0], address=HERE):
    """A browser without any cookie."""
    return app.test_client().get(door, headers={"X-Forwarded-For": address, "Accept": "text/html"})


def fills(app, times=MOST, **who):
    assert {opens(app, **who).status_code for _ in range(times)} == {303}


def opened(provider):
    with provider.reading() as connection:
        return connection.execute(select(func.count()).select_from(logins)).scalar_one()


@pytest.mark.parametrize("door", DOORS)
def test_one_too_many_reads_a_page_that_says_wait_and_nothing_is_kept_of_it(app, clock, provider, door):
    fills(app)
    for _ in range(2):
        answer = opens(app, door)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "50")
        assert "Please wait a moment" in answer.text
        assert "Set-Cookie" not in answer.headers
    assert opened(provider) == MOST

    clock.advance(50)
    assert opens(app, door).status_code == 303


def test_a_stranger_elsewhere_stops_nobody(app):
    fills(app)
    assert opens(app).status_code == 429
    assert opens(app, address=ELSEWHERE).status_code == 303


def test_all_addresses_of_a_network_of_ipv6_count_together(app):
    for number in range(MOST):
        assert opens(app, address=f"2001:db8:1:2::{number}").status_code == 303
    assert opens(app, address="2001:db8:1:2:ffff::1").status_code == 429
    assert opens(app, address="2001:db8:1:3::1").status_code == 303


def test_all_processes_count_together_and_remember_after_a_restart(app, settings, clock):
    other, restarted = create_app(settings, clock), create_app(settings, clock)
    fills(app, MOST - 1)
    fills(other, 1)
    assert {opens(one).status_code for one in (app, other, restarted)} == {429}
    for one in (other, restarted):
        one.extensions["provider"].store.dispose()


def test_who_only_asks_whether_somebody_is_signed_in_opens_nothing_and_is_never_told_to_wait(app, provider):
    asked = authorize(prompt="none")
    answers = [told(opens(app, asked)) for _ in range(MOST + 2)]

    assert {(one["error"], one["iss"]) for one in answers} == {("login_required", ISSUER)}
    assert opened(provider) == 0


def test_whoever_is_on_the_way_goes_on(app):
    browser = app.test_client()
    here = {"headers": {"X-Forwarded-For": HERE}}
    at = browser.get(authorize(), **here).location
    fills(app, MOST - 1)
    assert opens(app).status_code == 429
    assert browser.get(at, **here, follow_redirects=True).status_code == 200
