"""RFC 9126: pushed authorization requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.authorization import parse_request
from idp.protocol.confirmation import UNBOUND, Confirmation
from idp.protocol.errors import OAuthError
from idp.protocol.pushed_request import PREFIX, bound, check_form, is_pushed, mint, recognise, response
from tests.protocol.builders import a_client, parameters

URI = mint(bytes(range(32)))
KEY, ANOTHER = "A" * 43, "E" * 43


def test_a_request_uri_is_a_urn_with_256_random_bits():
    assert URI == "urn:ietf:params:oauth:request_uri:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
    with pytest.raises(ValueError, match="32 octets"):
        mint(b"too few")


def test_only_its_digest_is_kept():
    digest = recognise(URI)

    assert len(digest) == 64
    assert URI.removeprefix(PREFIX) not in digest


@pytest.mark.parametrize(
    "uri",
    [
        PREFIX,
        URI[:-1],
        URI + "A",
        URI + "=",
        URI + "\n",
        " " + URI,
        URI.upper(),
        URI[:-1] + "9",
        PREFIX + "+" * 43,
        PREFIX + "é" * 43,
        "urn:ietf:params:oauth:request_uri",
        "https://client.example/request",
        "",
    ],
)
def test_a_reference_of_another_shape_is_refused_before_a_database_is_asked(uri):
    with pytest.raises(OAuthError) as refusal:
        recognise(uri)
    assert refusal.value.code == "invalid_request_uri"


@given(st.text() | st.text().map(lambda text: PREFIX + text))
def test_any_text_is_recognised_or_refused_and_nothing_else_happens(text):
    try:
        assert len(recognise(text)) == 64
    except OAuthError:
        return


def test_what_stands_for_a_pushed_request_is_told_from_an_address():
    assert is_pushed(URI)
    assert is_pushed(PREFIX + "anything")
    assert not is_pushed("https://client.example/urn:ietf:params:oauth:request_uri:x")


@pytest.mark.parametrize("uri", [URI, "https://client.example/request", ""])
def test_a_reference_to_a_request_cannot_be_pushed(uri):
    with pytest.raises(OAuthError) as refusal:
        check_form(parameters(request_uri=uri))
    assert refusal.value.code == "invalid_request"
    check_form(parameters())


def test_the_answer_names_the_request_and_its_lifetime():
    assert response(URI, 60) == {"request_uri": URI, "expires_in": 60}


def asked(**more):
    return parse_request(parameters(**more), a_client())


def test_a_proof_beside_the_request_binds_its_code():
    assert bound(asked(), Confirmation(jkt=KEY)).dpop_jkt == KEY
    assert bound(asked(dpop_jkt=KEY), Confirmation(jkt=KEY)).dpop_jkt == KEY


def test_without_a_proof_the_named_key_binds_the_code():
    assert bound(asked(dpop_jkt=KEY), UNBOUND).dpop_jkt == KEY
    assert bound(asked(), UNBOUND).dpop_jkt is None
    assert bound(asked(), Confirmation(x5t=KEY)).dpop_jkt is None


def test_a_proof_by_another_key_than_the_named_one_is_refused():
    with pytest.raises(OAuthError, match="dpop_jkt") as refusal:
        bound(asked(dpop_jkt=KEY), Confirmation(jkt=ANOTHER))
    assert refusal.value.code == "invalid_request"
