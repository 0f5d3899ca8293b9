"""RFC 7523 section 3 and OpenID Connect Core section 9: what a client signs to say that it is itself."""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet, OctKey

from idp.protocol import client_assertion, jose
from idp.protocol.client_assertion import AcceptedAssertion, Audiences
from idp.protocol.errors import OAuthError
from tests.protocol.builders import (
    EC,
    ED,
    ISSUER,
    NOW,
    OTHER_EC,
    RSA,
    SECRET,
    a_client,
    assertion_claims,
    by_secret,
)

TOKEN_ENDPOINT = f"{ISSUER}/oidc/token"
PUSHED = f"{ISSUER}/oidc/par"
OURS = Audiences(ISSUER, (TOKEN_ENDPOINT, PUSHED))
KEYS = KeySet([EC, RSA, ED])
PUBLIC = {"keys": [key.as_dict(private=False) for key in (EC, RSA, ED)]}
CLIENT = a_client(token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC)
FAPI = a_client(
    token_endpoint_auth_method="private_key_jwt",
    jwks=PUBLIC,
    profile="fapi2-security",
    id_token_signed_response_alg="ES256",
)
BY_SECRET = a_client(token_endpoint_auth_method="client_secret_jwt")
OCT = OctKey.import_key(SECRET)


def assertion(key=EC, alg="ES256", **claims):
    return jose.sign(jose.CLIENT_ASSERTION, assertion_claims(**claims), key, key.kid, alg)


def verified(text, client=CLIENT, keys=KEYS):
    return client_assertion.verify(text, client_assertion.read(text, client, OURS, NOW), client, keys, NOW)


def refused(text, client=CLIENT, keys=KEYS):
    with pytest.raises(OAuthError) as refusal:
        verified(text, client, keys)
    assert refusal.value.code == "invalid_client"
    return refusal.value.reason


@pytest.mark.parametrize(
    ("key", "alg"),
    [(EC, "ES256"), (RSA, "PS256"), (RSA, "RS256"), (ED, "Ed25519")],
    ids=["ES256", "PS256", "RS256", "Ed25519"],
)
def test_four_algorithms_are_good_for_a_plain_client(key, alg):
    assert verified(assertion(key, alg)) == AcceptedAssertion("revenue", "j-1", NOW + 60)


@pytest.mark.parametrize(
    ("key", "alg"), [(EC, "ES256"), (RSA, "PS256"), (ED, "Ed25519")], ids=["ES256", "PS256", "Ed25519"]
)
def test_three_are_good_for_a_client_of_fapi_and_rs256_is_not_among_them(key, alg):
    assert verified(assertion(key, alg), FAPI)
    assert "algorithm" in refused(assertion(RSA, "RS256"), FAPI)


def test_a_registered_algorithm_is_the_only_good_one():
    strict = a_client(
        token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC, token_endpoint_auth_signing_alg="PS256"
    )
    assert verified(assertion(RSA, "PS256"), strict)
    assert "algorithm" in refused(assertion(RSA, "RS256"), strict)
    assert "algorithm" in refused(assertion(EC, "ES256"), strict)


def test_another_key_is_no_key():
    assert "signature" in refused(assertion(OTHER_EC))


def test_without_keys_nothing_is_good():
    assert "signature" in refused(assertion(), keys=KeySet([]))


def test_a_secret_makes_an_assertion_too():
    assert verified(by_secret(), BY_SECRET, OCT) == AcceptedAssertion("revenue", "j-1", NOW + 60)


def test_what_its_header_says_beyond_what_we_know_is_ignored():
    """RFC 7515 section 4; only `crit` could change what the rest means."""
    _, claims, _ = by_secret().split(".")
    for more, is_good in (({"url": ["x"]}, True), ({"crit": ["url"], "url": "x"}, False)):
        signing_input = f"{coded(json.dumps({'alg': 'HS256', **more}).encode())}.{claims}"
        text = f"{signing_input}.{coded(hmac.digest(SECRET.encode(), signing_input.encode(), hashlib.sha256))}"
        if is_good:
            assert verified(text, BY_SECRET, OCT).jti == "j-1"
        else:
            assert "header" in refused(text, BY_SECRET, OCT)


def test_another_secret_makes_none():
    assert "signature" in refused(by_secret(SECRET[:-1] + "x"), BY_SECRET, OCT)


@pytest.mark.parametrize("alg", ["HS384", "HS512", "none", "hs256", ""])
def test_hs256_is_the_only_algorithm_of_a_secret(alg):
    head, claims, _ = by_secret().split(".")
    named = {**json.loads(urlsafe_b64decode(head + "==")), "alg": alg}
    signing_input = f"{coded(json.dumps(named).encode())}.{claims}"
    mac = hmac.digest(SECRET.encode(), signing_input.encode(), f"sha{alg[2:]}" if alg[:2] == "HS" else "sha256")
    for client, keys in ((BY_SECRET, OCT), (CLIENT, KEYS)):
        assert "algorithm" in refused(f"{signing_input}.{coded(mac)}", client, keys)


def coded(octets):
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@pytest.mark.parametrize("encoding", ["PEM", "DER", "jwk", "modulus"])
@pytest.mark.parametrize("key", [EC, RSA], ids=["EC", "RSA"])
def test_a_public_key_is_never_a_secret(key, encoding):
    """The oldest trick: HMAC under what everybody knows (CVE-2024-37568)."""
    public = {
        "PEM": key.as_pem(private=False),
        "DER": key.as_der(private=False),
        "jwk": json.dumps(key.as_dict(private=False)).encode(),
        "modulus": urlsafe_b64decode(key.as_dict(private=False)["n" if key is RSA else "x"] + "=="),
    }[encoding]
    header = json.dumps({"alg": "HS256", "kid": key.kid})
    signing_input = f"{coded(header.encode())}.{by_secret().split('.')[1]}"
    forged = f"{signing_input}.{coded(hmac.digest(public, signing_input.encode(), hashlib.sha256))}"
    assert "algorithm" in refused(forged)
    assert "algorithm" in refused(forged, FAPI)
    assert "signature" in refused(forged, BY_SECRET, KEYS)
    assert "signature" in refused(forged, BY_SECRET, OCT)


def test_a_key_is_never_good_for_a_client_with_a_secret_nor_the_other_way():
    assert "algorithm" in refused(assertion(), BY_SECRET, KEYS)
    assert "algorithm" in refused(by_secret(), CLIENT, OCT)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_a_client_that_signs_nothing_has_no_assertion(method):
    other = a_client(token_endpoint_auth_method=method, jwks=PUBLIC)
    for text, keys in ((assertion(), KEYS), (by_secret(), OCT)):
        assert f"registered for {method}" in refused(text, other, keys)


@pytest.mark.parametrize("audience", [ISSUER, [ISSUER], TOKEN_ENDPOINT, [TOKEN_ENDPOINT], PUSHED, [PUSHED]], ids=str)
def test_a_plain_client_names_the_issuer_or_the_endpoint(audience):
    assert verified(assertion(aud=audience))


def test_a_client_of_fapi_names_the_issuer():
    assert verified(assertion(aud=ISSUER), FAPI)


@pytest.mark.parametrize(
    "audience", [[ISSUER], TOKEN_ENDPOINT, PUSHED, [ISSUER, TOKEN_ENDPOINT], f"{ISSUER}/", ISSUER.upper()], ids=str
)
def test_and_nothing_else(audience):
    """FAPI 2.0 section 5.3.2.1, item 6: a string, not an array, and no address of an endpoint."""
    assert "as a text" in refused(assertion(aud=audience), FAPI)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": f"{ISSUER}/oidc/introspect"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": [ISSUER, TOKEN_ENDPOINT]},
        {"aud": ["https://other.example"]},
        {"aud": ISSUER + "/"},
        {"aud": ISSUER.upper()},
        {"iss": "registry"},
        {"sub": "registry"},
        {"iss": "registry", "sub": "registry"},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW - 300},
        {"exp": NOW + 3611},
        {"exp": NOW + 86_400},
        {"nbf": NOW + 11},
        {"iat": NOW + 11},
        {"nbf": NOW + 61, "exp": NOW + 90},
        {"iat": NOW + 61, "exp": NOW + 90},
        {"jti": "x" * 257},
    ],
    ids=str,
)
def test_an_assertion_whose_claims_are_wrong_is_refused(claims):
    for client in (CLIENT, FAPI):
        refused(assertion(**claims), client)
    refused(by_secret(**claims), BY_SECRET, OCT)


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti"])
def test_an_assertion_lacks_nothing(name):
    assert f"lacks {name}" in refused(assertion(**{name: None}))
    assert f"lacks {name}" in refused(by_secret(**{name: None}), BY_SECRET, OCT)


@pytest.mark.parametrize("claims", [{"nbf": NOW + 8}, {"iat": NOW + 8}, {"iat": None}, {"exp": NOW + 3610}], ids=str)
def test_clocks_may_differ_by_ten_seconds(claims):
    assert verified(assertion(**claims), FAPI).jti == "j-1"


def test_a_key_is_looked_for_only_when_nothing_but_the_signature_can_be_wrong():
    def wanted(text, client=CLIENT):
        return client_assertion.read(text, client, OURS, NOW).kid

    assert wanted(assertion(OTHER_EC)) == "ec"
    for wrong in ({"exp": NOW}, {"aud": "https://other.example"}, {"sub": "registry"}, {"jti": "x" * 257}):
        with pytest.raises(OAuthError):
            wanted(assertion(**wrong))
    with pytest.raises(OAuthError):
        wanted(by_secret())
    with pytest.raises(OAuthError):
        wanted(assertion(), a_client())


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "e30.e30.", "e30.e30.x", "WzFd.e30.x", "x" * 20_000], ids=repr)
def test_what_is_no_token_is_of_some_method_and_refused(text):
    assert client_assertion.method(text) == "private_key_jwt"
    refused(text)


VALUES = st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2) | st.floats()


@given(st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]), VALUES))
def test_any_claims_are_accepted_or_refused_and_nothing_else_happens(claims):
    for client in (CLIENT, FAPI):
        try:
            accepted = client_assertion.check_claims({**assertion_claims(), **claims}, client, OURS, NOW)
        except OAuthError as error:
            assert error.code == "invalid_client"  # noqa: PT017 (either outcome is right)
        else:
            assert accepted.client_id == "revenue"


@given(st.text(max_size=300))
def test_any_text_is_a_method_of_two(text):
    assert re.fullmatch("private_key_jwt|client_secret_jwt", client_assertion.method(text))
