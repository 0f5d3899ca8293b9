"""RFC 6749 section 2.3: who asks at the token endpoint."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import jose
from idp.protocol.client_authentication import ASSERTION_TYPE, check_method, presented
from idp.protocol.errors import OAuthError
from tests.protocol.builders import EC, a_client, assertion_claims, by_secret


def basic(text):
    return "Basic " + b64encode(text.encode()).decode()


def assertion(key=EC, alg="ES256", **claims):
    return jose.sign(jose.CLIENT_ASSERTION, assertion_claims(**claims), key, key.kid, alg)


def by_assertion(text, **sent):
    return presented(None, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text, **sent})


def test_each_method_is_told_apart():
    assert presented(basic("revenue:s3cret"), {}).method == "client_secret_basic"
    assert presented(None, {"client_id": "revenue", "client_secret": "s3cret"}).method == "client_secret_post"
    assert presented(None, {"client_id": "revenue"}).method == "none"
    assert by_assertion(assertion()).method == "private_key_jwt"
    assert by_assertion(by_secret()).method == "client_secret_jwt"


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
        basic(":secret"),
        basic("revenue:"),
        basic("rev enue:secret"),
        basic("revenue:sec%zz"),
        basic("revenue:sec%"),
        basic("revenue:%ff"),
        basic("révenue:secret"),
        "Basic " + b64encode("revenue:sécret".encode("latin-1")).decode(),
        "Basic " + b64encode(b"revenue:secret\r\n").decode(),
        "Basic " + b64encode(b"revenue: secret").decode(),
        "Basic " + b64encode(b"revenue:secret").decode()[:-1],
        "Basic " + b64encode(b"revenue:sec").decode()[:-1] + "A",
        "Basic:cmV2ZW51ZTpz",
        "Basic=cmV2ZW51ZTpz",
        "BasicX cmV2ZW51ZTpz",
        "Digest cmV2ZW51ZTpz",
        basic("revenue%3Asecret"),
        basic("revenue"),
        basic("revenue:%00%"),
        basic("revenue:sec\0ret"),
        basic("revenue:" + "x" * 3000),
    ],
    ids=range(33),
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


@pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"])
def test_only_the_registered_method_is_good(registered):
    client = a_client(token_endpoint_auth_method=registered)
    for claimed in (
        presented(basic("revenue:s"), {}),
        presented(None, {"client_id": "revenue"}),
        by_assertion(assertion()),
        by_assertion(by_secret()),
    ):
        if claimed.method == registered:
            check_method(claimed, client)
        else:
            with pytest.raises(OAuthError, match="registered for"):
                check_method(claimed, client)


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


NAMES = ["client_id", "client_secret", "client_assertion", "client_assertion_type"]


@given(st.none() | st.text(), st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1)))
def test_any_request_presents_a_client_or_is_refused(header, sent):
    try:
        presented(header, sent)
    except OAuthError as error:
        assert error.code in {"invalid_client", "invalid_request"}  # noqa: PT017 (either outcome is right)
