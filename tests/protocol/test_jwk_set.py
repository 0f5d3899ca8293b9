"""RFC 7517: sets of public keys that clients register or publish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from idp.protocol import jwk_set
from tests.protocol.builders import EC, ED, RSA

PUBLIC = [key.as_dict(private=False) for key in (EC, RSA, ED)]


def kids(document):
    return [key.kid for key in jwk_set.usable_keys(document)]


def test_a_set_of_good_keys_is_registered_and_published_alike():
    assert jwk_set.faults({"keys": PUBLIC}) == []
    assert kids({"keys": PUBLIC}) == [key.kid for key in jwk_set.public_keys({"keys": PUBLIC})] == ["ec", "rsa", "ed"]


OTHERS = {
    "another type": {"kty": "AKP", "kid": "x", "alg": "ML-DSA-65", "pub": "x"},
    "a secret": {"kty": "oct", "kid": "x", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"},
    "a private key": ECKey.generate_key("P-256", {"kid": "x"}).as_dict(private=True),
    "an encryption key": PUBLIC[0] | {"use": "enc", "kid": "x"},
    "another curve": ECKey.generate_key("P-384", {"kid": "x"}).as_dict(private=False),
    "Ed448": OKPKey.generate_key("Ed448", {"kid": "x"}).as_dict(private=False),
    "a small modulus": {"kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB"},
    "a huge modulus": {"kty": "RSA", "kid": "x", "n": "_" * 5000, "e": "AQAB"},
    "a point off the curve": PUBLIC[0] | {"y": PUBLIC[0]["x"], "kid": "x"},
    "a type that is no text": {"kty": [], "kid": "x"},
    "a curve that is no text": PUBLIC[1] | {"crv": [], "kid": "x"},
    "a name that is no text": PUBLIC[1] | {"kid": 7},
    "a text": "x",
    "nothing": None,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_cannot_be_used_is_refused_in_a_registration_and_passed_over_where_it_is_published(kind):
    """Section 5."""
    assert jwk_set.faults({"keys": [*PUBLIC, OTHERS[kind]]})
    assert kids({"keys": [OTHERS[kind], *PUBLIC]}) == ["ec", "rsa", "ed"]
    with pytest.raises(ValueError, match="no key that can be used"):
        jwk_set.usable_keys({"keys": [OTHERS[kind]]})


def test_of_keys_with_one_name_none_is_used():
    twice = [PUBLIC[0] | {"kid": "rsa"}, *PUBLIC]
    assert kids({"keys": twice}) == ["ec", "ed"]
    nameless = [{name: value for name, value in key.items() if name != "kid"} for key in PUBLIC[:2]]
    assert kids({"keys": [*nameless, PUBLIC[2]]}) == ["ed"]
    assert len(kids({"keys": nameless[:1]})) == 1


@pytest.mark.parametrize("document", [None, [], "x", {}, {"keys": {}}, {"keys": PUBLIC * 17}], ids=range(6))
def test_what_is_no_set_is_refused(document):
    with pytest.raises(ValueError, match="it is not a JWK Set"):
        jwk_set.usable_keys(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
MEMBERS = ["kty", "crv", "x", "y", "n", "e", "kid", "use", "alg", "k", "d"]


@given(
    st.lists(st.dictionaries(st.sampled_from(MEMBERS), JSON | st.sampled_from(["EC", "RSA", "OKP", "P-256", "AQAB"])))
)
def test_any_keys_are_usable_or_not_and_nothing_else_happens(keys):
    assert kids({"keys": [*keys[:40], PUBLIC[0] | {"kid": "the good one"}]})[-1:] == ["the good one"]
