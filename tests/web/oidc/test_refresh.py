"""Refreshing: who asks for too much may ask again for less, nobody gains a second use by it, and a grant has an end."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc import jws

from idp.domain.grants import consents, grants
from idp.domain.grants.history import uses_of
from idp.journeys.oidc.refresh import refresh
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import OAuthError
from tests.builders import a_client
from tests.web.oidc.bound import a_grant
from tests.web.oidc.conftest import AGENCY_AUTH, ARCHIVE, WAGES, a_code, a_token_response, introspected

DAY = 24 * 3600
RIVALS = 12
TOO_MUCH = [
    ({"scope": "openid profile", "resource": WAGES}, "invalid_scope"),
    ({"resource": "https://wages.example/other"}, "invalid_target"),
    ({"resource": f"{WAGES}#fragment"}, "invalid_target"),
    ({"resource": [WAGES, ARCHIVE]}, "invalid_target"),
    ({}, "invalid_target"),
]
"""Of a grant for two resource servers, of which a token is for one."""
asked_too_much = pytest.mark.parametrize(("asks", "error"), TOO_MUCH)


@pytest.fixture
def first(provider, client, signed_in, anna, wages, archive):
    """A token response of a grant with offline access, for two servers."""
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "agency", ["openid", "offline_access", WAGES, ARCHIVE])
    code = a_code(signed_in, WAGES, ARCHIVE, scope="openid offline_access")
    return a_token_response(client, code, WAGES).json


def asked(client, token, auth=AGENCY_AUTH, **asks):
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return client.post("/oidc/token", data=form | asks, auth=auth).json


def family(provider, anna, client):
    """A refresh token of the client's."""
    token = "trt_" + "A" * 43
    grant = a_grant(provider, anna, client, scope="openid email")
    with provider.transaction() as tx:
        grants.add_refresh_token(tx, token, grant.id, tx.now + 3600)
    return token


@asked_too_much
def test_a_refused_request_leaves_the_token_for_a_corrected_one(client, first, asks, error):
    token = first["refresh_token"]
    assert [asked(client, token, **asks)["error"] for _ in range(2)] == [error, error]

    second = asked(client, token, resource=WAGES)
    assert second["refresh_token"] != token
    assert asked(client, second["refresh_token"], resource=ARCHIVE)["access_token"]


@asked_too_much
def test_a_reuse_is_a_reuse_whatever_it_asks_for(client, first, asks, error):
    second = asked(client, first["refresh_token"], resource=WAGES)
    assert asked(client, first["refresh_token"], **asks)["error"] == "invalid_grant"
    assert asked(client, second["refresh_token"], resource=WAGES)["error"] == "invalid_grant"


def test_anothers_token_ends_its_family_whatever_is_asked_for(provider, client, first):
    a_client(provider, client_id="thief", secret="a-secret-of-a-thief", id_token_signed_response_alg="ES256")
    stolen = asked(client, first["refresh_token"], ("thief", "a-secret-of-a-thief"), scope="everything")
    assert stolen["error"] == "invalid_grant"
    assert asked(client, first["refresh_token"], resource=WAGES)["error"] == "invalid_grant"


def test_what_is_over_is_not_told_apart_by_what_is_asked_for(provider, client, first, clock):
    clock.advance(provider.lifetimes.refresh_token)
    assert asked(client, first["refresh_token"], scope="everything")["error"] == "invalid_grant"


def test_a_refused_request_binds_a_public_clients_grant_to_nobody(provider, anna):
    public = a_client(provider, secret=None, id_token_signed_response_alg="ES256")
    token = family(provider, anna, public)
    with pytest.raises(OAuthError, match="widen"):
        refresh(provider, public, {"refresh_token": token, "scope": "everything"}, Confirmation(jkt="a thief's"))

    assert refresh(provider, public, {"refresh_token": token}, Confirmation(jkt="her own"))["refresh_token"]


def test_whoever_lacks_the_key_is_refused_for_that(provider, anna):
    public = a_client(provider, secret=None, id_token_signed_response_alg="ES256")
    held = Confirmation(jkt="her own")
    second = refresh(provider, public, {"refresh_token": family(provider, anna, public)}, held)
    with pytest.raises(OAuthError) as refusal:
        refresh(provider, public, {"refresh_token": second["refresh_token"], "scope": "everything"}, UNBOUND)
    assert refusal.value.code == "invalid_grant"


def test_a_grant_ends_when_its_time_is_over_however_often_it_was_refreshed(provider, client, first, clock):
    ends_at, last = clock.now + provider.lifetimes.grant, first
    for before in (61 * DAY, 32 * DAY, 3 * DAY, 100):
        clock.now = ends_at - before
        last = asked(client, last["refresh_token"], resource=ARCHIVE)
        assert last["expires_in"] == min(before, provider.lifetimes.access_token)
    assert introspected(client, last["access_token"], "archive")["exp"] == ends_at
    clock.now = ends_at

    assert introspected(client, last["access_token"], "archive") == {"active": False}
    assert asked(client, last["refresh_token"], resource=ARCHIVE)["error"] == "invalid_grant"


def test_a_jwt_says_no_later_end_than_its_grants(provider, client, first, clock):
    last = first
    for _ in range(3):
        clock.advance(29 * DAY)
        last = asked(client, last["refresh_token"], resource=WAGES)
    clock.advance(3 * DAY - 100)
    last = asked(client, last["refresh_token"], resource=WAGES)

    assert json.loads(jws.extract_compact(last["access_token"].encode()).payload)["exp"] == clock.now + 100


def test_the_citizen_is_shown_no_later_end_than_the_grants(provider, anna, agency):
    grant = a_grant(provider, anna, agency)
    with provider.transaction() as tx:
        grants.add_refresh_token(tx, "one", grant.id, grant.expires_at + DAY)

    def shown(now):
        with provider.reading() as connection:
            return uses_of(connection, anna.id, now, 60)[agency.id].offline_until

    assert (shown(grant.expires_at - 1), shown(grant.expires_at)) == (grant.expires_at, None)


def test_of_parallel_requests_one_succeeds_however_many_others_ask_for_too_much(provider, anna, agency):
    token = family(provider, anna, agency)

    def rival(number):
        try:
            return refresh(provider, agency, {"refresh_token": token} | ({"scope": "everything"} if number % 2 else {}))
        except OAuthError as error:
            return error.code

    with ThreadPoolExecutor(RIVALS) as rivals:
        found = list(rivals.map(rival, range(RIVALS)))
    assert sum(isinstance(one, dict) for one in found) == 1
    assert {one for one in found if isinstance(one, str)} <= {"invalid_grant", "invalid_scope"}
