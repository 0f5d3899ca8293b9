"""What a client's profile says of its tokens: FAPI clients keep their refresh token, and sign nothing with RS256."""

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from idp.domain.grants import grants
from idp.domain.grants.grants import Context, Parties
from idp.journeys.oidc.access_tokens import living
from idp.journeys.oidc.introspect import signed
from idp.journeys.oidc.redeem_code import redeem_code
from idp.journeys.oidc.refresh import refresh
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from tests.builders import REDIRECT_URI, a_client
from tests.web.oidc.conftest import CHALLENGE, VERIFIER

DAY = 24 * 3600
KEY = ECKey.generate_key("P-256", {"kid": "fapi", "alg": "ES256"})
HELD = Confirmation(jkt="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")


def a_fapi_client(provider, client_id="bank"):
    return a_client(
        provider,
        secret=None,
        client_id=client_id,
        profile="fapi2-security",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [KEY.as_dict(private=False)]},
        id_token_signed_response_alg="ES256",
    )


def first_tokens(provider, anna, client):
    with provider.transaction() as tx:
        context = Context(REDIRECT_URI, "openid offline_access", None, CHALLENGE, None, "low", ("pwd",), tx.now)
        parties = Parties(anna.id, client.id, "session")
        code = "tac_" + "A" * 43
        grants.open_grant(tx, code, parties, context, offline=True, lifetime=90 * DAY, code_lifetime=60)
    sent = {"code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return redeem_code(provider, client, sent, HELD)


@pytest.fixture
def bank(provider):
    return a_fapi_client(provider)


@pytest.fixture
def tokens(provider, anna, bank):
    return first_tokens(provider, anna, bank)


def refreshed(provider, client, tokens):
    return refresh(provider, client, {"refresh_token": tokens["refresh_token"]}, HELD)


def refused(provider, client, tokens):
    with pytest.raises(OAuthError) as refusal:
        refreshed(provider, client, tokens)
    assert refusal.value.code == "invalid_grant"


def test_a_fapi_clients_refresh_token_stays_and_none_is_issued_beside_it(provider, bank, tokens):
    again = [refreshed(provider, bank, tokens) for _ in range(3)]

    assert all("refresh_token" not in one for one in again)
    assert len({one["access_token"] for one in again}) == 3
    assert all(living(provider, one["access_token"]) for one in again)
    assert again[0]["token_type"] == "DPoP"


def test_it_rests_anew_at_each_use_and_ends_when_it_rested_too_long(provider, bank, tokens, clock):
    for _ in range(2):
        clock.advance(29 * DAY)
        refreshed(provider, bank, tokens)
    clock.advance(30 * DAY)

    refused(provider, bank, tokens)


@pytest.mark.parametrize("swept", [False, True])
def test_it_ends_with_its_grant_whatever_it_is_used_for(provider, bank, tokens, clock, swept):
    for _ in range(4):
        clock.advance(22 * DAY)
        refreshed(provider, bank, tokens)
    clock.advance(3 * DAY)
    with provider.transaction() as tx:
        assert not swept or grants.sweep(tx) == 1

    refused(provider, bank, tokens)


def test_it_is_its_clients_alone(provider, bank, tokens):
    refused(provider, a_fapi_client(provider, "thief"), tokens)
    refused(provider, bank, tokens)


def test_a_client_of_another_profile_still_rotates_and_a_reuse_ends_its_family(provider, anna):
    plain = a_client(provider, id_token_signed_response_alg="ES256")
    first = first_tokens(provider, anna, plain)
    second = refreshed(provider, plain, first)

    assert second["refresh_token"] != first["refresh_token"]
    refused(provider, plain, first)
    refused(provider, plain, second)
    assert living(provider, second["access_token"]) is None


def test_what_we_sign_for_a_fapi_client_is_not_signed_with_rs256(provider, bank, agency):
    algorithms = [jws.extract_compact(signed(provider, one, {}).encode()).headers()["alg"] for one in (bank, agency)]

    assert algorithms == ["ES256", "RS256"]
