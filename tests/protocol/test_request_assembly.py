"""RFC 9101 sections 5.2 and 6.3, OpenID Connect Core 6.1 and 6.2: what counts of a request, and where it may lie."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest

from idp.protocol.errors import OAuthError
from idp.protocol.request_object import assembled, check_hash, is_registered
from tests.protocol.builders import CALLBACK, EC, a_client, parameters

KEYS = {"keys": [EC.as_dict(private=False)]}
CLIENT = a_client()
SIGNING = a_client(jwks=KEYS, require_signed_request_object=True)
REGISTERED = "https://revenue.example.org/request.jwt"
BY_REFERENCE = a_client(request_uris=[REGISTERED])


def test_only_what_stands_inside_counts():
    outer = {"client_id": "revenue", "request": "…", "state": "outside", "nonce": "outside", "prompt": "none"}
    inner = parameters(state="inside")
    assert assembled(outer, inner, CLIENT) == inner


def test_nothing_outside_counts_for_a_client_that_signs():
    outer = {"client_id": "revenue", "request": "…", "response_type": "code", "scope": "openid", "state": "outside"}
    inner = parameters(state=None, nonce=None)
    assert assembled(outer, inner, SIGNING) == inner


def test_by_openid_connect_core_the_object_adds_to_what_stands_beside_it_and_wins():
    outer = {"client_id": "revenue", "response_type": "code", "scope": "openid", "state": "outside", "request": "…"}
    inner = {"redirect_uri": CALLBACK, "state": "inside", "scope": "openid profile"}
    assert assembled(outer, inner, CLIENT) == {
        "client_id": "revenue",
        "response_type": "code",
        "scope": "openid profile",
        "state": "inside",
        "redirect_uri": CALLBACK,
    }


@pytest.mark.parametrize("inner", [{"response_type": "token"}, {"client_id": "registry"}], ids=str)
def test_what_core_tells_to_say_twice_must_not_differ(inner):
    with pytest.raises(OAuthError, match="differs"):
        assembled({"client_id": "revenue", "response_type": "code", "request": "…"}, inner, CLIENT)


def test_an_object_that_speaks_alone_says_whose_it_is():
    with pytest.raises(OAuthError, match="lacks client_id"):
        assembled({"client_id": "revenue", "request": "…"}, parameters(client_id=None), CLIENT)


@pytest.mark.parametrize("uri", [REGISTERED, REGISTERED + "#" + "A" * 43, REGISTERED + "#other"])
def test_a_reference_that_was_registered_may_be_followed_by_the_hash_of_what_stands_there(uri):
    assert is_registered(uri, BY_REFERENCE)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/request.jwt",
        REGISTERED + "?x=1",
        REGISTERED + "/",
        REGISTERED.upper(),
        REGISTERED.replace("https", "http"),
        "https://revenue.example.org@evil.example/request.jwt",
        "",
        "#" + REGISTERED,
    ],
)
def test_any_other_reference_is_not(uri):
    assert not is_registered(uri, BY_REFERENCE)
    assert not is_registered(uri, CLIENT)


def test_a_hash_that_was_registered_is_the_only_one():
    client = a_client(request_uris=[REGISTERED + "#" + "A" * 43])
    assert is_registered(REGISTERED + "#" + "A" * 43, client)
    assert not is_registered(REGISTERED + "#" + "B" * 43, client)
    assert not is_registered(REGISTERED, client)


@pytest.mark.parametrize("fragment", ["x", "A" * 42, "A" * 44, "A" * 42 + "=", "a#b"])
def test_a_fragment_that_is_no_hash_cannot_be_registered(fragment):
    with pytest.raises(OAuthError, match="fragment"):
        a_client(request_uris=[f"{REGISTERED}#{fragment}"])


@pytest.mark.parametrize("uri", ["http://revenue.example.org/r", "ftp://x.example/r", 7, "https://a@b.example/r"])
def test_a_reference_is_https_like_every_other_address(uri):
    with pytest.raises(OAuthError, match="request_uris"):
        a_client(request_uris=[uri])


def test_what_stands_at_a_reference_is_what_its_fragment_says():
    text = "eyJ.the.object"
    fragment = urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
    check_hash(f"{REGISTERED}#{fragment}", text)
    check_hash(REGISTERED, text)
    for wrong in (f"{REGISTERED}#{fragment[:-1]}", f"{REGISTERED}#", f"{REGISTERED}#{fragment}="):
        with pytest.raises(OAuthError) as refusal:
            check_hash(wrong, text)
        assert refusal.value.code == "invalid_request_uri"
