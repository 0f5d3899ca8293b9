"""OpenID Connect Core section 8.1 and Registration section 5: whose subjects a client may share."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol import sector_identifier
from idp.protocol.errors import OAuthError
from tests.protocol.builders import CALLBACK, a_client

OTHER = "https://tax.example.org/callback"
CLIENT = a_client(redirect_uris=[CALLBACK, OTHER], sector_identifier_uri="https://tax.example.org/sector.json")


def refused(document):
    with pytest.raises(OAuthError) as refusal:
        sector_identifier.check(CLIENT, document)
    assert refusal.value.code == "invalid_client_metadata"
    return refusal.value.reason


@pytest.mark.parametrize("listed", [[CALLBACK, OTHER], [OTHER, CALLBACK], [CALLBACK, "https://a.example/", OTHER]])
def test_a_document_that_lists_every_redirect_uri_is_good(listed):
    sector_identifier.check(CLIENT, json.dumps(listed).encode())


@pytest.mark.parametrize("listed", [[], [CALLBACK], [CALLBACK, OTHER + "/"], [CALLBACK, OTHER.upper()]], ids=str)
def test_one_that_lacks_any_is_refused_and_names_it(listed):
    assert OTHER in refused(json.dumps(listed).encode())


@pytest.mark.parametrize("value", [None, {}, "text", 7, [7], [[CALLBACK, OTHER]], {"redirect_uris": [CALLBACK, OTHER]}])
def test_one_that_is_no_array_of_texts_is_refused(value):
    assert "not a JSON array" in refused(json.dumps(value).encode())


@pytest.mark.parametrize("octets", [b"", b"[", b"\xff[]", b"[NaN]", b"[" * 99 + b"]" * 99, b"[" + b" " * 65_536 + b"]"])
def test_one_that_is_no_strict_json_is_refused(octets):
    assert "cannot be read" in refused(octets)


@given(st.binary())
def test_any_octets_are_refused_in_words(octets):
    assert "sector_identifier_uri" in refused(octets)
