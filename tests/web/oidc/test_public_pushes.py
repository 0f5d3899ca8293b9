"""Whoever knows the name of a client that proves nothing may push requests for it, but not without end (RFC 9126)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from idp.app import create_app
from idp.domain.grants.tables import pushed_requests
from idp.foundation import limits
from tests.builders import REDIRECT_URI, a_client
from tests.web.oidc.requests import changed, push
from tests.witness import watching

MOST = 3
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def settings(settings):
    return replace(settings, public_pushes=MOST, trusted_proxies=("127.0.0.1",))


@pytest.fixture(autouse=True)
def early(clock):
    """A window has just begun."""
    clock.now = clock.now // 60 * 60 + 10


@pytest.fixture(autouse=True)
def public(provider):
    return a_client(provider, client_id="app", secret=None, redirect_uris=[REDIRECT_URI])


def pushes(http, address=HERE, **changes):
    form = changed({"client_id": "app"} | changes)
    return http.post("/oidc/par", data=form, headers={"X-Forwarded-For": address})


def fills(http, times=MOST, **who):
    assert [pushes(http, **who).status_code for _ in range(times)] == [201] * times


def kept(provider):
    with provider.reading() as connection:
        return connection.execute(select(func.count()).select_from(pushed_requests)).scalar_one()


def test_one_too_many_waits_and_nothing_is_kept_of_it(client, clock, provider):
    fills(client)
    for _ in range(2):
        answer = pushes(client)
        assert (answer.status_code, answer.json["error"]) == (429, "temporarily_unavailable")
        assert answer.json.keys() == {"error", "error_description", "reference"}
        assert answer.headers["Retry-After"] == "50"
        assert answer.headers["Cache-Control"] == "no-store"
    assert kept(provider) == MOST

    clock.advance(50)
    assert pushes(client).status_code == 201


def test_a_stranger_elsewhere_stops_nobody(client):
    fills(client)
    assert pushes(client).status_code == 429
    assert pushes(client, address=ELSEWHERE).status_code == 201


def test_another_public_client_at_the_same_address_is_not_concerned(client, provider):
    a_client(provider, client_id="other", secret=None, redirect_uris=[REDIRECT_URI])
    fills(client)
    assert pushes(client).status_code == 429
    assert pushes(client, client_id="other").status_code == 201


def test_what_a_stranger_says_of_addresses_counts_for_nothing(client):
    form = changed({"client_id": "app"})
    answers = [
        client.post(
            "/oidc/par",
            data=form,
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
            environ_base={"REMOTE_ADDR": HERE},
        ).status_code
        for number in range(MOST + 1)
    ]
    assert answers == [201] * MOST + [429]


def test_of_parallel_pushes_no_more_are_kept(app, provider):
    with ThreadPoolExecutor(8) as rivals:
        answers = list(rivals.map(lambda _number: pushes(app.test_client()).status_code, range(8)))
    assert sorted(answers) == [201] * MOST + [429] * (8 - MOST)
    assert kept(provider) == MOST


def test_all_processes_count_together_and_remember_after_a_restart(client, settings, clock):
    fills(client)
    restarted = create_app(settings, clock)
    assert pushes(restarted.test_client()).status_code == 429
    restarted.extensions["provider"].store.dispose()


def test_a_client_that_proves_itself_is_not_counted_and_writes_nothing_more(client, provider, agency):
    assert [push(client).status_code for _ in range(MOST + 2)] == [201] * (MOST + 2)
    with watching(provider) as witness:
        assert push(client).status_code == 201
    assert not [statement for statement in witness.statements if "counters" in statement]


def test_an_address_is_not_written_down(client, provider):
    fills(client)
    with provider.reading() as connection:
        keys = connection.execute(select(limits.counters.c.key)).scalars().all()
    assert len(keys) == 1
    assert HERE not in keys[0]


def test_who_was_refused_for_pushing_may_still_ask_for_tokens(client):
    fills(client)
    assert pushes(client).status_code == 429
    form = {"grant_type": "authorization_code", "client_id": "app", "code": "x", "redirect_uri": REDIRECT_URI}
    answer = client.post("/oidc/token", data=form, headers={"X-Forwarded-For": HERE})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
