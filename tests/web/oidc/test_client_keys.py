"""Clients whose keys are at an address of their own: found, changed, gone, and never fetched for nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from idp.domain.clients import published_keys
from idp.journeys.oidc.client_keys import keys_of
from tests import origin as origins
from tests.assertions import claims, public, signed
from tests.builders import a_client
from tests.holders import self_signed

ISSUER = "http://localhost"
HEADER = "X-SSL-Client-Cert"
OLD, NEW = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("old", "new"))


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture
def settings(settings, origin):
    """The operator allows the service's server and trusts its authority; the proxy hands over certificates."""
    allowed = {"outbound_allow": (f"localhost:{origin.port}",), "outbound_ca": origin.authority}
    return replace(settings, **allowed, certificate_header=HEADER, trusted_proxies=("127.0.0.1",))


@pytest.fixture
def archive(provider, origin):
    url = origin.put("/jwks", public(OLD))
    return a_client(
        provider, secret=None, client_id="archive", token_endpoint_auth_method="private_key_jwt", jwks_uri=url
    )


def asks(http, clock, key, client_id="archive", **changes):
    said = claims(client_id, ISSUER, clock.now, **changes)
    return http.post("/oidc/introspect", data={"token": "x", **signed(said, key)})


@pytest.fixture
def later(provider, monkeypatch):
    """Moves the clock by which keys grow old."""
    passed = [0.0]
    real = provider.client_keys._clock  # noqa: SLF001 (the clock of the cache, which only counts)
    monkeypatch.setattr(provider.client_keys, "_clock", lambda: real() + passed[0])

    def wait(seconds):
        passed[0] += seconds

    return wait


def test_a_client_is_known_by_the_keys_at_its_address(client, clock, archive, origin):
    assert [asks(client, clock, key).status_code for key in (OLD, OLD, NEW, OLD)] == [200, 200, 401, 200]
    assert origin.heard == ["/jwks"]


def test_a_new_key_is_found_as_soon_as_the_client_uses_it(client, clock, archive, origin, later):
    assert asks(client, clock, OLD).status_code == 200
    origin.put("/jwks", public(NEW))
    later(published_keys.RETRY_SECONDS)
    assert asks(client, clock, NEW).status_code == 200
    assert asks(client, clock, OLD).status_code == 401
    assert origin.heard == ["/jwks"]


def test_keys_that_cannot_be_had_prove_nothing(client, clock, archive, origin):
    origin.put("/jwks", {}, status=500)
    answer = asks(client, clock, OLD)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert "jwks_uri" in answer.json["error_description"]


def test_a_server_that_is_away_for_a_while_locks_nobody_out(client, clock, archive, origin, later):
    assert asks(client, clock, OLD).status_code == 200
    origin.put("/jwks", {}, status=500)
    later(published_keys.FRESH_SECONDS)
    assert asks(client, clock, OLD).status_code == 200
    later(published_keys.STALE_SECONDS)
    assert asks(client, clock, OLD).status_code == 401


def test_nothing_is_fetched_for_an_assertion_that_cannot_be_good(client, clock, archive, origin):
    other = "https://other.example"
    for changes in ({"exp": 1}, {"aud": other}, {"sub": "other"}, {"iss": "other"}, {"jti": None}, {"nbf": 2**37}):
        assert asks(client, clock, OLD, **changes).status_code == 401
    assert origin.heard == []
    assert asks(client, clock, OLD).status_code == 200
    assert origin.heard == ["/jwks"]


def test_nothing_is_fetched_for_who_does_not_use_its_keys(client, clock, provider, origin):
    url = origin.put("/jwks", public(OLD))
    a_client(provider, client_id="basic", jwks_uri=url)
    assert asks(client, clock, OLD, client_id="basic").status_code == 401
    assert origin.heard == []


def test_strangers_make_us_fetch_once(client, clock, archive, origin):
    for _ in range(10):
        assert asks(client, clock, ECKey.generate_key("P-256", {"kid": "x"})).status_code == 401
    assert origin.heard == ["/jwks"]


@pytest.fixture
def own(clock):
    return self_signed(clock.now)


@pytest.fixture
def selfish(provider, origin, own):
    """A client of self_signed_tls_client_auth whose key is at an address of its own."""
    url = origin.put("/jwks", own.jwks)
    method = "self_signed_tls_client_auth"
    return a_client(provider, secret=None, client_id="selfish", token_endpoint_auth_method=method, jwks_uri=url)


def shows(http, holder):
    form = {"token": "x", "client_id": "selfish"}
    return http.post("/oidc/introspect", data=form, headers={HEADER: holder.header}).status_code


def test_a_new_certificate_is_known_as_soon_as_the_client_shows_it(client, clock, selfish, origin, own, later):
    new = self_signed(clock.now)
    assert [shows(client, own), shows(client, new)] == [200, 401]
    origin.put("/jwks", new.jwks)
    later(published_keys.RETRY_SECONDS)
    assert shows(client, new) == 200
    assert shows(client, own) == 401
    assert origin.heard == ["/jwks"]


def test_one_that_is_known_is_asked_about_no_more(client, selfish, origin, own, later):
    for _ in range(3):
        assert shows(client, own) == 200
        later(published_keys.RETRY_SECONDS)
    assert origin.heard == ["/jwks"]


def test_certificates_of_strangers_make_us_fetch_once_in_ten_seconds(client, clock, selfish, origin, own, later):
    for _ in range(10):
        assert shows(client, self_signed(clock.now)) == 401
    assert origin.heard == ["/jwks"]
    later(published_keys.RETRY_SECONDS)
    for _ in range(10):
        assert shows(client, self_signed(clock.now)) == 401
    assert origin.heard == ["/jwks", "/jwks"]
    assert shows(client, own) == 200


def test_nothing_is_fetched_for_a_certificate_whose_time_is_over(client, clock, selfish, origin):
    assert shows(client, self_signed(clock.now, lasts=timedelta(days=1))) == 400
    assert origin.heard == []


def test_a_new_certificate_proves_nothing_while_the_keys_cannot_be_had(client, clock, selfish, origin, own, later):
    assert shows(client, own) == 200
    origin.put("/jwks", {}, status=500)
    later(published_keys.RETRY_SECONDS)
    assert [shows(client, self_signed(clock.now)), shows(client, own)] == [401, 200]


def test_the_keys_of_a_client_are_those_registered_or_published_or_none(provider, archive):
    inline = a_client(provider, jwks=public(NEW))
    assert [key.kid for key in keys_of(provider, archive)] == ["old"]
    assert [key.kid for key in keys_of(provider, inline)] == ["new"]
    assert not keys_of(provider, a_client(provider))
