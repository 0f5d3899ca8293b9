"""RFC 6749 section 2.3 and RFC 7523: who asks at the token endpoint."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet

from idp.protocol import jose
from idp.protocol.client_authentication import (
    ASSERTION_TYPE,
    AcceptedAssertion,
    check_method,
    presented,
    verify_assertion,
    verify_assertion_claims,
)
from idp.protocol.errors import OAuthError
from tests.protocol.builders import EC, ED, ISSUER, NOW, OTHER_EC, RSA, a_client, assertion_claims

TOKEN_ENDPOINT = f"{ISSUER}/token"
KEYS = KeySet([EC, RSA, ED])
PUBLIC = {"keys": [key.as_dict(private=False) for key in (EC, RSA, ED)]}
CLIENT = a_client(token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC)


def basic(text):
    return "Basic " + b64encode(text.encode()).decode()


def assertion(key=EC, alg="ES256", **claims):
    return jose.sign(jose.CLIENT_ASSERTION, assertion_claims(**claims), key, key.kid, alg)


def by_assertion(text, **sent):
    return presented(None, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text, **sent})


def verified(text, client=CLIENT, audiences=(ISSUER,)):
    return verify_assertion(by_assertion(text), client, KEYS, audiences, NOW)


def test_each_method_is_told_apart():
    assert presented(basic("revenue:s3cret"), {}).method == "client_secret_basic"
    assert presented(None, {"client_id": "revenue", "client_secret": "s3cret"}).method == "client_secret_post"
    assert presented(None, {"client_id": "revenue"}).method == "none"
    assert by_assertion(assertion()).method == "private_key_jwt"


def test_basic_credentials_are_form_urlencoded():
    claimed = presented(basic("a%3Ab%25:p%3Aq+r%C3%A9:"), {"client_id": "a:b%"})
    assert (claimed.client_id, claimed.secret) == ("a:b%", "p:q ré:")


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc"])
def test_the_name_of_the_scheme_has_no_case(scheme):
    assert presented(basic("a:b").replace("Basic", scheme), {}).client_id == "a"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic\tYTpi",
        "Bearer YTpi",
        "Basic YTpi, Basic YTpi",
        "Basic YTpi\n",
        "Basic YTp",
        "Basic YTpi==",
        "Basic Y Tpi",
        "Basic YTpi*",
        "Basic a-_b",
        basic("revenue"),
        basic(":secret"),
        basic("revenue:"),
        basic("rev enue:secret"),
        basic("revenue:sec%zz"),
        basic("revenue:sec%"),
        basic("revenue:%ff"),
        basic("révenue:secret"),
        basic("revenue:sec\0ret"),
        basic("revenue:" + "x" * 3000),
    ],
    ids=range(22),
)
def test_loose_basic_credentials_are_refused(header):
    with pytest.raises(OAuthError) as refusal:
        presented(header, {})
    assert refusal.value.code == "invalid_client"


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        (basic("a:b"), {"client_id": "a", "client_secret": "b"}),
        (basic("a:b"), {"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE}),
        (None, {"client_id": "a", "client_secret": "b", "client_assertion": "x"}),
        (None, {"client_id": "a", "client_secret": "b", "client_assertion_type": ASSERTION_TYPE}),
    ],
    ids=range(4),
)
def test_a_client_authenticates_in_one_way(header, sent):
    with pytest.raises(OAuthError, match="more than one way") as refusal:
        presented(header, sent)
    assert refusal.value.code == "invalid_request"


def test_a_request_without_a_client_is_refused():
    with pytest.raises(OAuthError, match="does not say who it is"):
        presented(None, {})


def test_a_client_id_beside_the_credentials_is_the_same_one():
    with pytest.raises(OAuthError, match="another client"):
        presented(basic("a:b"), {"client_id": "c"})
    with pytest.raises(OAuthError, match="another client"):
        by_assertion(assertion(), client_id="registry")


def test_secrets_are_not_shown_by_accident():
    assert "s3cret" not in repr(presented(basic("revenue:s3cret"), {}))


@pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post", "none"])
def test_only_the_registered_method_is_good(registered):
    client = a_client(token_endpoint_auth_method=registered)
    for claimed in (
        presented(basic("revenue:s"), {}),
        presented(None, {"client_id": "revenue"}),
        by_assertion(assertion()),
    ):
        if claimed.method == registered:
            check_method(claimed, client)
        else:
            with pytest.raises(OAuthError, match="registered for"):
                check_method(claimed, client)


@pytest.mark.parametrize(
    ("key", "alg"),
    [(EC, "ES256"), (RSA, "PS256"), (RSA, "RS256"), (ED, "Ed25519")],
    ids=["ES256", "PS256", "RS256", "Ed25519"],
)
def test_four_algorithms_are_good_for_assertions(key, alg):
    assert verified(assertion(key, alg)) == AcceptedAssertion("revenue", "j-1", NOW + 60)


def test_a_registered_algorithm_is_the_only_good_one():
    strict = a_client(
        token_endpoint_auth_method="private_key_jwt", jwks=PUBLIC, token_endpoint_auth_signing_alg="PS256"
    )
    assert verified(assertion(RSA, "PS256"), strict)
    with pytest.raises(OAuthError, match="algorithm"):
        verified(assertion(RSA, "RS256"), strict)


def test_another_key_is_no_key():
    with pytest.raises(OAuthError, match="signature") as refusal:
        verified(assertion(OTHER_EC))
    assert refusal.value.code == "invalid_client"


@pytest.mark.parametrize(
    "sent",
    [
        {"client_assertion": "x"},
        {"client_assertion_type": ASSERTION_TYPE},
        {"client_assertion": "x", "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE},
        {"client_assertion": "..", "client_assertion_type": ASSERTION_TYPE},
    ],
    ids=range(5),
)
def test_an_assertion_needs_its_type_and_must_be_one(sent):
    with pytest.raises(OAuthError) as refusal:
        presented(None, sent)
    assert refusal.value.code == "invalid_client"


@pytest.mark.parametrize("audience", [ISSUER, [ISSUER], TOKEN_ENDPOINT])
def test_the_audience_is_one_of_ours_as_policy_has_it(audience):
    assert verified(assertion(aud=audience), audiences=(ISSUER, TOKEN_ENDPOINT))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": TOKEN_ENDPOINT},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": ["https://other.example"]},
        {"aud": ISSUER + "/"},
        {"aud": ISSUER.upper()},
        {"iss": "registry"},
        {"sub": "registry"},
        {"iss": "registry", "sub": "registry"},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": NOW + 3611},
        {"exp": NOW + 86_400},
        {"nbf": NOW + 11},
        {"iat": NOW + 11},
        {"nbf": NOW + 61, "exp": NOW + 90},
        {"jti": "x" * 257},
    ],
    ids=str,
)
def test_an_assertion_whose_claims_are_wrong_is_refused(claims):
    with pytest.raises(OAuthError) as refusal:
        verified(assertion(**claims))
    assert refusal.value.code == "invalid_client"


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "jti"])
def test_an_assertion_lacks_nothing(name):
    with pytest.raises(OAuthError, match=f"lacks {name}"):
        by_assertion(assertion(**{name: None}))


@pytest.mark.parametrize("claims", [{"nbf": NOW + 8}, {"iat": NOW + 8}, {"iat": None}, {"exp": NOW + 3610}], ids=str)
def test_clocks_may_differ_by_ten_seconds(claims):
    assert verified(assertion(**claims)).jti == "j-1"


VALUES = st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2) | st.floats()


@given(st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]), VALUES))
def test_any_claims_are_accepted_or_refused_and_nothing_else_happens(claims):
    try:
        accepted = verify_assertion_claims(
            {**assertion_claims(), **claims}, client_id="revenue", audiences=[ISSUER], now=NOW
        )
    except OAuthError as error:
        assert error.code == "invalid_client"  # noqa: PT017 (either outcome is right)
    else:
        assert accepted.client_id == "revenue"


NAMES = ["client_id", "client_secret", "client_assertion", "client_assertion_type"]


@given(st.none() | st.text(), st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1)))
def test_any_request_presents_a_client_or_is_refused(header, sent):
    try:
        presented(header, sent)
    except OAuthError as error:
        assert error.code in {"invalid_client", "invalid_request"}  # noqa: PT017 (either outcome is right)
