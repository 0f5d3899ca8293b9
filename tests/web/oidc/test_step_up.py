"""RFC 9470 at user information: of who is not known as well any more nothing is told but what to ask for."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.domain.people import records
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import Verification
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.web.oidc.conftest import VERIFIER, authorize

AUTH = ("agency", "a-secret-of-the-agency")
ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "values": [Level.SUBSTANTIAL.acr]}}})


@pytest.fixture
def anna(provider):
    return a_citizen(provider, assurance=Level.SUBSTANTIAL)


@pytest.fixture
def agency(provider):
    return a_client(provider, client_id="agency", secret=AUTH[1], id_token_signed_response_alg="ES256")


@pytest.fixture
def signed_in(signed_in, provider):
    """With two factors."""
    with provider.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE sessions SET level = 'two_factors', amr = 'pwd otp mfa'")
    return signed_in


def token(http, **asks):
    answer = http.get(authorize(**asks))
    code = parse_qs(urlsplit(answer.location).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return http.post("/oidc/token", data=form, auth=AUTH).json["access_token"]


def lowered(provider, citizen):
    """What an office finds out later."""
    with provider.transaction() as tx:
        verification = Verification("arcadia", "low", tx.now, ())
        records.set_assurance(tx, provider.vault, citizen.id, Level.LOW, verification, "tests")


def userinfo(http, held):
    return http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {held}"})


def test_a_lost_level_is_a_challenge_with_the_level_to_ask_for(provider, signed_in, anna):
    held = token(signed_in, claims=ESSENTIAL)
    assert userinfo(signed_in, held).status_code == 200

    lowered(provider, anna)
    refused = userinfo(signed_in, held)
    assert refused.status_code == 401
    assert refused.json["error"] == "insufficient_user_authentication"
    challenge = refused.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication", error_description="')
    assert f', acr_values="{Level.SUBSTANTIAL.acr}", DPoP algs="' in challenge
    assert "name" not in refused.json


def test_who_asked_for_no_level_is_told_as_before(provider, signed_in, anna):
    held = token(signed_in)
    lowered(provider, anna)

    assert userinfo(signed_in, held).status_code == 200


def test_a_service_may_not_wait_for_a_level_that_nobody_can_reach(signed_in):
    """OpenID Connect Core Unmet Authentication Requirements 1.0."""
    unknown = json.dumps({"id_token": {"acr": {"essential": True, "value": "urn:example:gold"}}})
    told = parse_qs(urlsplit(signed_in.get(authorize(claims=unknown)).location).query)
    assert told["error"] == ["unmet_authentication_requirements"]


def test_every_level_we_advertise_may_be_wished_for_at_once(signed_in, client):
    """acr_values are a wish: nobody is asked for more, and the answer says what there is."""
    every = client.get("/.well-known/openid-configuration").json["acr_values_supported"]
    assert "code" in parse_qs(urlsplit(signed_in.get(authorize(acr_values=" ".join(every))).location).query)
