"""RFC 6749 section 5.2."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import CODES, OAuthError

DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]*")


@given(st.text())
def test_whatever_is_said_becomes_a_legal_error_description(text):
    assert DESCRIPTION.fullmatch(OAuthError("invalid_request", text).reason)


def test_a_long_reason_is_cut():
    assert len(OAuthError("invalid_request", "x" * 100_000).reason) == 1000


def test_a_header_cannot_be_split_by_a_reason():
    assert OAuthError("invalid_request", 'a\r\nSet-Cookie: "x"\\').reason == "a  Set-Cookie: 'x'/"


@pytest.mark.parametrize("code", ["", "Invalid_Request", "invalid request", "totp.wrong_code", "invalid_granted"])
def test_an_unregistered_code_is_our_own_mistake(code):
    with pytest.raises(ValueError, match="not a registered"):
        OAuthError(code)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_registered_code_is_kept(code):
    assert OAuthError(code).code == code
