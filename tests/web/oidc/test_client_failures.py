"""Who fails to prove to be a client too often waits, and nobody else does."""

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from idp.app import create_app
from tests.assertions import claims, public, signed
from tests.builders import a_client
from tests.witness import watching

MOST = 5
SECRET = "a-secret-of-the-agency"
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def settings(settings):
    return replace(settings, client_failures=MOST, trusted_proxies=("127.0.0.1",))


@pytest.fixture(autouse=True)
def early(clock):
    """A window has just begun."""
    clock.now = clock.now // 600 * 600 + 10


@pytest.fixture(autouse=True)
def registered(agency):
    return agency


def asks(http, secret="wrong", client_id="agency", address=HERE):
    return http.post(
        "/oidc/introspect",
        data={"token": "x"},
        auth=(client_id, secret),
        headers={"X-Forwarded-For": address},
    )


def fails(http, times=MOST, **who):
    for _ in range(times):
        assert asks(http, **who).status_code == 401


def test_after_too_many_failures_even_the_right_secret_waits(client, clock):
    fails(client)
    for secret in ("wrong", SECRET):
        answer = asks(client, secret)
        assert answer.status_code == 429
        assert answer.json["error"] == "temporarily_unavailable"
        assert answer.headers["Retry-After"] == "590"
    clock.advance(590)
    assert asks(client, SECRET).status_code == 200


def test_a_failure_less_is_forgiven(client):
    fails(client, MOST - 1)
    assert asks(client, SECRET).status_code == 200
    fails(client, 1)
    assert asks(client).status_code == 429


def test_nobody_is_locked_out_from_elsewhere(client):
    fails(client)
    assert asks(client).status_code == 429
    assert asks(client, address=ELSEWHERE).status_code == 401
    assert asks(client, SECRET, address=ELSEWHERE).status_code == 200


def test_another_client_at_the_same_address_is_not_concerned(client, provider):
    a_client(provider, client_id="other", secret=SECRET)
    fails(client)
    assert asks(client).status_code == 429
    assert asks(client, client_id="other").status_code == 401
    assert asks(client, SECRET, client_id="other").status_code == 200


def test_a_client_that_does_not_exist_is_counted_alike(client):
    fails(client, client_id="nobody")
    assert asks(client, client_id="nobody").status_code == 429
    odd = {"client_id": "x" * 4000, "client_secret": "y"}
    for _ in range(MOST):
        assert client.post("/oidc/introspect", data={"token": "x", **odd}).status_code == 401
    assert client.post("/oidc/introspect", data={"token": "x", **odd}).status_code == 429


def test_what_a_stranger_says_of_addresses_counts_for_nothing(client):
    for number in range(MOST):
        answer = client.post(
            "/oidc/introspect",
            data={"token": "x"},
            auth=("agency", "wrong"),
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
            environ_base={"REMOTE_ADDR": HERE},
        )
        assert answer.status_code == 401
    assert asks(client).status_code == 429


def test_all_addresses_of_a_network_of_ipv6_count_together_and_are_refused_before_anything_is_evaluated(client):
    for number in range(MOST + 1):
        told = asks(client, address=f"2001:db8:1:2::{number}")
    assert told.status_code == 429
    assert asks(client, SECRET, address="2001:db8:1:2:ffff::1").status_code == 429
    assert asks(client, SECRET, address="2001:db8:1:3::1").status_code == 200


def test_failures_at_every_endpoint_and_by_every_method_add_up(client, provider, clock):
    key = ECKey.generate_key("P-256", {"kid": "k"})
    a_client(provider, secret=None, client_id="archive", token_endpoint_auth_method="private_key_jwt", jwks=public(key))
    here = {"X-Forwarded-For": HERE}
    said = claims("archive", "http://localhost", clock.now)
    assert client.post("/oidc/introspect", data={"token": "x", **signed(said, key)}, headers=here).status_code == 200
    for path in ("/oidc/token", "/oidc/introspect", "/oidc/revoke"):
        form = {"token": "x", "grant_type": "client_credentials", **signed(said, key)}
        assert client.post(path, data=form, headers=here).status_code == 401
    fails(client, MOST - 3, client_id="archive")
    fresh = signed(claims("archive", "http://localhost", clock.now), key)
    assert client.post("/oidc/introspect", data={"token": "x", **fresh}, headers=here).status_code == 200
    assert asks(client, client_id="archive").status_code == 429


def test_all_processes_count_together_and_remember_after_a_restart(client, settings, clock):
    other, restarted = create_app(settings, clock), create_app(settings, clock)
    fails(client, MOST - 1)
    fails(other.test_client(), 1)
    for http in (client, other.test_client(), restarted.test_client()):
        assert asks(http).status_code == 429
        assert asks(http, SECRET).status_code == 429
    for app in (other, restarted):
        app.extensions["provider"].store.dispose()


def test_a_client_that_proves_itself_pays_nothing_for_it(client, provider):
    assert asks(client, SECRET).status_code == 200
    with watching(provider) as witness:
        assert asks(client, SECRET).status_code == 200
    assert not [statement for statement in witness.statements if "counters" in statement]


def test_refused_tries_are_not_written_down(client, provider):
    fails(client)
    assert asks(client).status_code == 429
    with watching(provider) as witness:
        assert asks(client).status_code == 429
    assert witness.statements == []


def test_to_show_an_assertion_again_is_a_failure(client, provider, clock):
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    a_client(provider, secret=None, client_id="archive", token_endpoint_auth_method="private_key_jwt", jwks=public(key))
    shown = {"token": "x", **signed(claims("archive", "http://localhost", clock.now), key)}
    answers = [client.post("/oidc/introspect", data=shown).status_code for _ in range(MOST + 2)]

    assert answers == [200, *[401] * MOST, 429]
