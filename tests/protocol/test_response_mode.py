"""Responses: query, form_post, and the issuer in all of them (RFC 9207)."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.response_mode import failure, form_post, redirect_location, success
from tests.protocol.builders import CALLBACK, ISSUER

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=5))
def test_a_client_reads_what_we_wrote(parameters):
    location = redirect_location(CALLBACK, parameters)
    assert location.isascii()
    assert dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)) == parameters


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("https://a.example/cb", "https://a.example/cb?code=c"),
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=c"),
        ("https://a.example/cb?x=%20+", "https://a.example/cb?x=%20+&code=c"),
        ("https://a.example/cb?", "https://a.example/cb?code=c"),
        ("https://a.example/cb?x=1&", "https://a.example/cb?x=1&code=c"),
        ("https://a.example", "https://a.example?code=c"),
    ],
)
def test_a_registered_query_is_kept_as_it_is(uri, location):
    assert redirect_location(uri, {"code": "c"}) == location


def test_nothing_is_added_when_there_is_nothing_to_say():
    assert redirect_location(CALLBACK, {}) == CALLBACK


def test_spaces_are_not_pluses():
    assert redirect_location(CALLBACK, {"error_description": "a b&c"}).endswith("?error_description=a%20b%26c")


def test_the_issuer_is_in_every_response():
    assert success(ISSUER, "c", "s") == {"code": "c", "iss": ISSUER, "state": "s"}
    refusal = OAuthError("login_required", "Nobody is signed in.")
    told = {"error": "login_required", "error_description": "Nobody is signed in.", "iss": ISSUER}
    assert failure(ISSUER, refusal, None) == told
    assert failure(ISSUER, refusal, "s") == {**told, "state": "s"}


def test_a_form_holds_raw_values_for_the_template_to_escape():
    post = form_post(CALLBACK, {"state": '"><script>&amp; é+%20'})
    assert post.action == CALLBACK
    assert post.fields == (("state", '"><script>&amp; é+%20'),)
