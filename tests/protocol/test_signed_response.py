"""JARM: authorization responses as signed JWTs."""

import json
from base64 import urlsafe_b64decode

import pytest

from idp.protocol import jose
from idp.protocol.authorization import identify, parse_request
from idp.protocol.errors import OAuthError
from idp.protocol.response_mode import MODES, PLAIN, SIGNED, by_form
from idp.protocol.signed_response import LIFETIME, algorithm, claims, modes
from tests.protocol.builders import EC, ISSUER, NOW, a_client, parameters

CLIENT = a_client()
INSISTING = a_client(
    profile="fapi2-message-signing",
    token_endpoint_auth_method="private_key_jwt",
    jwks={"keys": [EC.as_dict(private=False)]},
    id_token_signed_response_alg="ES256",
)
ANSWER = {"code": "tac_x", "state": "s-1", "iss": ISSUER}


def test_an_answer_is_for_one_client_from_us_and_soon_over():
    assert claims(ISSUER, "revenue", ANSWER, NOW) == {
        "code": "tac_x",
        "state": "s-1",
        "iss": ISSUER,
        "aud": "revenue",
        "exp": NOW + LIFETIME,
    }
    assert LIFETIME <= 600


def test_an_error_is_told_in_the_same_way():
    told = claims(ISSUER, "revenue", {"error": "access_denied", "error_description": "No.", "state": "s"}, NOW)

    assert (told["error"], told["error_description"], told["state"]) == ("access_denied", "No.", "s")


def test_no_parameter_takes_the_place_of_what_the_token_says_of_itself():
    told = claims(ISSUER, "revenue", {"iss": "https://evil.example", "aud": "other", "exp": "9"}, NOW)

    assert (told["iss"], told["aud"], told["exp"]) == (ISSUER, "revenue", NOW + LIFETIME)


def test_the_algorithm_is_the_registered_one_and_rs256_without():
    assert algorithm(CLIENT) == "RS256"
    assert algorithm(a_client(authorization_signed_response_alg="ES256")) == "ES256"


def test_a_profile_without_rs256_gets_es256():
    assert algorithm(INSISTING) == "ES256"


def test_an_algorithm_that_we_do_not_sign_with_cannot_be_registered():
    for alg in ("none", "HS256", "PS256"):
        with pytest.raises(OAuthError, match="authorization_signed_response_alg"):
            a_client(authorization_signed_response_alg=alg)


def test_every_client_may_ask_for_a_signed_answer():
    assert modes(CLIENT) == MODES == ("query", "form_post", "jwt", "query.jwt", "form_post.jwt")
    for mode in SIGNED:
        assert parse_request(parameters(response_mode=mode), CLIENT).response_mode == mode


def test_a_client_whose_profile_says_so_gets_no_other():
    assert modes(INSISTING) == SIGNED
    assert identify(parameters(), INSISTING).response_mode == "jwt"
    assert parse_request(parameters(), INSISTING).response_mode == "jwt"


@pytest.mark.parametrize("mode", [*PLAIN, "fragment.jwt", "fragment", "JWT", "web_message"])
def test_whoever_asks_for_another_there_is_refused_in_a_signed_answer(mode):
    assert identify(parameters(response_mode=mode), INSISTING).response_mode == "jwt"
    with pytest.raises(OAuthError, match="response_mode"):
        parse_request(parameters(response_mode=mode), INSISTING)


def test_only_the_modes_with_a_form_are_posted():
    assert [mode for mode in MODES if by_form(mode)] == ["form_post", "form_post.jwt"]


@pytest.mark.parametrize("alg", ["none", "HS256", "PS256"])
def test_an_answer_is_signed_by_what_the_metadata_says(alg):
    with pytest.raises(ValueError, match="not signed with"):
        jose.sign(jose.AUTHORIZATION_RESPONSE, claims(ISSUER, "revenue", ANSWER, NOW), EC, "ec", alg)


def test_a_client_verifies_it_by_our_key():
    token = jose.sign(jose.AUTHORIZATION_RESPONSE, claims(ISSUER, "revenue", ANSWER, NOW), EC, "ec", "ES256")

    told = jose.verify(jose.AUTHORIZATION_RESPONSE, token, EC, NOW, issuer=ISSUER)
    assert told["code"] == "tac_x"
    head = token.partition(".")[0]
    assert json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4))) == {"alg": "ES256", "kid": "ec", "typ": "JWT"}


def test_it_does_not_serve_as_a_hint_of_who_signed_in():
    answer = jose.sign(jose.AUTHORIZATION_RESPONSE, claims(ISSUER, "revenue", ANSWER, NOW), EC, "ec", "ES256")

    with pytest.raises(OAuthError, match="lacks sub"):
        jose.verify(jose.ID_TOKEN_HINT, answer, EC, NOW, issuer=ISSUER)
