"""OpenID Connect Core section 2."""

import pytest

from idp.protocol.id_token import at_hash, build
from tests.protocol.builders import ISSUER, NOW


def a_token(**members):
    standard = {
        "issuer": ISSUER,
        "subject": "abc",
        "client_id": "revenue",
        "now": NOW,
        "lifetime": 300,
        "auth_time": NOW - 60,
        "acr": "urn:tessera:loa:high",
        "amr": ("pwd", "otp", "mfa"),
        "alg": "ES256",
    }
    return build(**{**standard, **members})


def test_it_says_who_signed_in_where_when_and_how():
    assert a_token() == {
        "iss": ISSUER,
        "sub": "abc",
        "aud": "revenue",
        "exp": NOW + 300,
        "iat": NOW,
        "auth_time": NOW - 60,
        "acr": "urn:tessera:loa:high",
        "amr": ["pwd", "otp", "mfa"],
    }


def test_nonce_session_and_access_token_are_in_it_when_there_are_any():
    token = a_token(nonce="n", session="s", access_token="jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
    assert (token["nonce"], token["sid"], token["at_hash"]) == ("n", "s", "77QmUPtjPfzWtF2AnpK9RQ")


@pytest.mark.parametrize(
    "name", ["iss", "sub", "aud", "exp", "iat", "nonce", "acr", "amr", "sid", "at_hash", "azp", "nbf"]
)
def test_a_requested_claim_never_takes_the_place_of_ours(name):
    assert a_token(claims={name: "forged", "given_name": "Anna"}).get(name) != "forged"


def test_requested_claims_are_in_it():
    assert a_token(claims={"given_name": "Anna"})["given_name"] == "Anna"


@pytest.mark.parametrize(("alg", "length"), [("RS256", 22), ("ES256", 22), ("PS256", 22), ("Ed25519", 43)])
def test_the_hash_is_the_left_half_of_that_of_the_algorithm(alg, length):
    assert len(at_hash("token", alg)) == length


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "EdDSA", ""])
def test_an_algorithm_without_a_known_hash_fails_closed(alg):
    with pytest.raises(ValueError, match="no hash is defined"):
        at_hash("token", alg)
