"""RFC 9101, OpenID Connect Core section 6 and FAPI 2.0 Message Signing section 5.3.1: signed authorization requests."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import KeySet, OctKey

from idp.protocol import client_assertion
from idp.protocol.authorization import parse_request
from idp.protocol.client_assertion import Audiences
from idp.protocol.client_authentication import presented
from idp.protocol.errors import OAuthError
from idp.protocol.request_object import look_at, read
from tests.protocol.builders import (
    CALLBACK,
    EC,
    ED,
    ISSUER,
    NOW,
    OTHER_EC,
    RSA,
    a_client,
    assertion_claims,
    parameters,
)

KEYS = {"keys": [key.as_dict(private=False) for key in (EC, RSA, ED)]}
CLIENT = a_client(jwks=KEYS)
SIGNING = a_client(
    jwks=KEYS,
    profile="fapi2-message-signing",
    token_endpoint_auth_method="private_key_jwt",
    id_token_signed_response_alg="ES256",
)
ALL = ["ES256", "PS256", "RS256", "Ed25519"]
KEY_OF = {"ES256": EC, "PS256": RSA, "RS256": RSA, "Ed25519": ED}


def claims(**members):
    times = {"iss": "revenue", "aud": ISSUER, "exp": NOW + 300, "nbf": NOW, "iat": NOW}
    return {name: value for name, value in {**times, **parameters(), **members}.items() if value is not None}


def token(document=None, *, alg="ES256", key=None, **header):
    key = key or KEY_OF[alg]
    head = {"alg": alg, "kid": key.kid, "typ": "oauth-authz-req+jwt"} | header
    head = {name: value for name, value in head.items() if value is not None}
    payload = json.dumps(claims() if document is None else document).encode()
    registry = jws.JWSRegistry(algorithms=[*ALL, "HS256"], strict_check_header=False)
    return jws.serialize_compact(head, payload, key, registry=registry)


def unsigned(document=None, alg="none", signature=""):
    parts = ({"alg": alg, "typ": "oauth-authz-req+jwt"}, claims() if document is None else document)
    written = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*written, signature])


def opened(text, client=CLIENT, now=NOW):
    return read(text, client, KeySet.import_key_set(KEYS), ISSUER, now)


def refusal_of(text, client=CLIENT, now=NOW):
    with pytest.raises(OAuthError) as refusal:
        opened(text, client, now)
    return refusal.value


@pytest.mark.parametrize("alg", ALL)
def test_a_request_signed_by_its_client_is_read(alg):
    assert opened(token(alg=alg)) == parameters()


@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "JWT", "jwt", None])
def test_it_says_what_it_is_or_nothing(typ):
    assert opened(token(typ=typ)) == parameters()


@pytest.mark.parametrize("typ", ["at+jwt", "dpop+jwt", "logout+jwt", "client-authentication+jwt", "secevent+jwt"])
def test_a_token_that_was_made_for_something_else_is_refused(typ):
    assert "purpose" in refusal_of(token(typ=typ)).reason


def test_what_it_says_of_itself_is_no_parameter():
    assert not {"iss", "aud", "exp", "nbf", "iat", "jti", "sub"} & opened(token(claims(jti="1", sub="anna"))).keys()


@pytest.mark.parametrize(
    "text",
    [
        token(key=OTHER_EC),
        token()[:-1],
        token()[:-4] + "AAAA",
        token(kid="unknown"),
        token(alg="HS256", key=OctKey.import_key("a-secret-that-is-shared-0123456789", {"kid": "ec"})),
        token(alg="HS256", key=OctKey.import_key(json.dumps(EC.as_dict(private=False)), {"kid": "ec"})),
        token(jwk=OTHER_EC.as_dict(private=False), key=OTHER_EC),
        token(jku="https://evil.example/jwks"),
        token(x5u="https://evil.example/cert"),
        token(x5c=["MIIB"]),
        token(crit=["b64"], b64=True),
        token(zip="DEF"),
        "",
        "x",
        "a.b.c",
        "." * 200,
        "." * 100_000,
        "a" * 100_000,
        unsigned(alg="none", signature="AAAA"),
        unsigned(alg="nOnE", signature="AAAA"),
        unsigned(alg="ES256", signature="A" * 86),
    ],
    ids=range(21),
)
def test_an_object_that_its_client_did_not_sign_is_refused(text):
    assert refusal_of(text).code == "invalid_request_object"


def test_an_unsigned_object_is_said_not_to_be_supported():
    assert refusal_of(unsigned()).code == "request_not_supported"
    assert refusal_of(unsigned(alg="ES256")).code == "request_not_supported"


def test_an_unsigned_object_of_a_client_that_signs_is_a_bad_object():
    assert refusal_of(unsigned(), SIGNING).code == "invalid_request_object"


def test_an_encrypted_object_is_refused():
    refusal = refusal_of("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d")
    assert refusal.code == "invalid_request_object"
    assert "encryption" in refusal.reason


def test_a_client_without_keys_has_signed_nothing():
    with pytest.raises(OAuthError) as refusal:
        read(token(), a_client(), KeySet([]), ISSUER, NOW)
    assert refusal.value.code == "invalid_request_object"


def test_an_algorithm_that_was_registered_is_the_only_one():
    client = a_client(jwks=KEYS, request_object_signing_alg="PS256")
    assert opened(token(alg="PS256"), client) == parameters()
    assert "algorithm" in refusal_of(token(alg="RS256"), client).reason
    assert "algorithm" in refusal_of(token(alg="ES256"), client).reason


def test_a_profile_without_rs256_does_not_read_it():
    assert refusal_of(token(alg="RS256"), SIGNING).code == "invalid_request_object"
    for alg in ("ES256", "PS256", "Ed25519"):
        assert opened(token(alg=alg), SIGNING) == parameters()


def test_no_client_registers_to_send_unsigned_objects():
    with pytest.raises(OAuthError, match="request_object_signing_alg"):
        a_client(request_object_signing_alg="none")


@pytest.mark.parametrize(
    "members",
    [
        {"iss": None},
        {"iss": "registry"},
        {"iss": 7},
        {"iss": ["revenue"]},
        {"aud": None},
        {"aud": "https://evil.example"},
        {"aud": ISSUER + "/"},
        {"aud": ISSUER + "/oidc/par"},
        {"aud": ["https://evil.example"]},
        {"aud": [ISSUER, 7]},
        {"aud": {"x": ISSUER}},
        {"client_id": "registry"},
        {"sub": "revenue"},
        {"request": "a.b.c"},
        {"request": ""},
        {"request_uri": "https://revenue.example.org/request.jwt"},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": "soon"},
        {"exp": NOW + 0.5},
        {"exp": True},
        {"exp": 10**15},
        {"nbf": NOW + 11},
        {"nbf": "now"},
        {"iat": NOW + 11},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_refuses_the_object(members):
    assert refusal_of(token(claims(**members))).code == "invalid_request_object"


def test_the_audience_may_be_a_list_with_us_in_it():
    assert opened(token(claims(aud=["https://other.example", ISSUER])), SIGNING) == parameters()


def test_a_clock_that_is_ten_seconds_fast_is_forgiven():
    assert opened(token(claims(nbf=NOW + 10, iat=NOW + 10)), SIGNING) == parameters()


def test_a_plain_client_need_not_say_when():
    assert opened(token(claims(exp=None, nbf=None, iat=None))) == parameters()


@pytest.mark.parametrize(
    "times",
    [
        {"exp": None},
        {"nbf": None},
        {"nbf": NOW - 3601, "exp": NOW - 1},
        {"nbf": NOW - 3601, "exp": NOW + 1},
        {"nbf": NOW, "exp": NOW + 3601},
        {"nbf": NOW - 10, "exp": NOW + 3591},
    ],
    ids=str,
)
def test_the_signing_profile_says_when_and_lives_an_hour_at_most(times):
    assert refusal_of(token(claims(**times)), SIGNING).code == "invalid_request_object"


@pytest.mark.parametrize("times", [{"nbf": NOW - 3599, "exp": NOW + 1}, {"nbf": NOW, "exp": NOW + 3600}], ids=str)
def test_an_hour_is_not_too_long(times):
    assert opened(token(claims(**times, iat=None)), SIGNING) == parameters()


def test_times_are_not_asked_of_other_profiles():
    assert opened(token(claims(nbf=None, exp=NOW + 86400))) == parameters()


def test_numbers_and_structures_become_what_a_form_would_hold():
    wish = {"userinfo": {"name": {"essential": True}}}
    told = opened(token(claims(claims=wish, max_age=300, authorization_details=[{"type": "a"}])))

    assert told["max_age"] == "300"
    assert json.loads(told["claims"]) == wish
    assert json.loads(told["authorization_details"]) == [{"type": "a"}]
    del told["authorization_details"]  # of a type that nobody registered
    assert parse_request(told, CLIENT).claims.document()["userinfo"] == wish["userinfo"]


def test_what_a_form_repeats_is_a_list():
    one, two = "https://api.example.org/a", "https://api.example.org/b"

    assert parse_request(opened(token(claims(resource=[one, two]))), CLIENT).resource == (one, two)
    assert parse_request(opened(token(claims(resource=one))), CLIENT).resource == (one,)
    for wrong in ([one, 7], [[one]], 7, {"a": one}, [None]):
        assert refusal_of(token(claims(resource=wrong))).code == "invalid_request_object"
    assert refusal_of(token(claims(resource=[f"{one}\n{two}"]))).code == "invalid_request"
    with pytest.raises(OAuthError, match="resource"):
        parse_request(opened(token(claims(resource=["x" * 40] * 20))), CLIENT)


def test_a_request_for_verified_claims_is_deep_and_fits():
    wish = {"userinfo": {"verified_claims": {"verification": {"trust_framework": None}, "claims": {"name": None}}}}
    for _ in range(5):
        wish = {"x": wish}
    told = opened(token(claims(claims={"userinfo": {"name": None}, "more": wish})))

    assert parse_request(told, CLIENT)


@pytest.mark.parametrize(
    "members",
    [
        {"scope": ["openid"]},
        {"state": 5},
        {"nonce": {"a": 1}},
        {"redirect_uri": [CALLBACK]},
        {"response_type": True},
        {"max_age": 1.5},
        {"max_age": True},
        {"prompt": ["none"]},
        {"code_challenge": 7},
    ],
    ids=str,
)
def test_a_parameter_of_another_type_is_refused(members):
    assert refusal_of(token(claims(**members))).code == "invalid_request_object"


@pytest.mark.parametrize(
    "members",
    [{"scope": "openid " * 1000}, {"state": "x" * 3000}, {"extra": "x" * 5000}, {"state": "a\r\nb"}],
    ids=["scope", "state", "unknown", "controls"],
)
def test_the_bounds_of_a_form_hold_inside_too(members):
    assert refusal_of(token(claims(**members))).code == "invalid_request"


@pytest.mark.parametrize(
    "payload",
    [
        b'{"iss":"revenue","iss":"revenue","aud":"https://id.example.org"}',
        b'{"iss":"revenue","aud":"https://id.example.org","max_age":NaN}',
        b'{"iss":"revenue","aud":"https://id.example.org","x":' + b"[" * 30 + b"]" * 30 + b"}",
        b'["iss"]',
        b"\xff",
        b"",
    ],
)
def test_what_is_not_strict_json_is_refused(payload):
    registry = jws.JWSRegistry(algorithms=["ES256"])
    text = jws.serialize_compact({"alg": "ES256", "kid": "ec"}, payload, EC, registry=registry)
    assert refusal_of(text).code == "invalid_request_object"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_are_read_or_refused_and_nothing_else_happens(payload):
    registry = jws.JWSRegistry(algorithms=["ES256"])
    text = jws.serialize_compact({"alg": "ES256", "kid": "ec"}, payload, EC, registry=registry)
    with pytest.raises(OAuthError):
        opened(text)


def test_everything_but_the_signature_is_judged_without_a_key():
    for wrong in (claims(iss="registry"), claims(aud="x"), claims(exp=NOW - 1), claims(request="x")):
        with pytest.raises(OAuthError):
            look_at(token(wrong, key=OTHER_EC), CLIENT, ISSUER, NOW)
    look_at(token(key=OTHER_EC), CLIENT, ISSUER, NOW)


def test_an_assertion_of_the_client_is_no_request():
    assertion = jws.serialize_compact({"alg": "ES256", "kid": "ec"}, json.dumps(assertion_claims()).encode(), EC)
    assert refusal_of(assertion).code == "invalid_request_object"


def test_a_request_is_no_assertion_of_the_client():
    client = a_client(jwks=KEYS, token_endpoint_auth_method="private_key_jwt")
    form = {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": token(claims(jti="1", sub="anna"), typ="JWT"),
    }
    with pytest.raises(OAuthError) as refusal:
        client_assertion.read(presented(None, form).assertion, client, Audiences(ISSUER), NOW)
    assert refusal.value.code == "invalid_client"
