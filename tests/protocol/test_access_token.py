"""Opaque tokens: exact, and known by their digest only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.access_token import Kind, digest, kind_of, mint, recognise
from idp.protocol.errors import OAuthError

OCTETS = bytes(range(32))
ALTERATIONS = {
    "its last character cut": lambda t: t[:-1],
    "cut in the middle": lambda t: t[:20],
    "a character more": lambda t: t + "A",
    "padded": lambda t: t + "=",
    "a line end behind": lambda t: t + "\n",
    "a space before": lambda t: " " + t,
    "another spelling of the same bits": lambda t: t[:-1] + "9",
    "upper case": lambda t: t.upper(),
    "no prefix": lambda t: t[4:],
    "nothing": lambda _t: "",
    "twice": lambda t: t + t,
    "a NUL": lambda t: t[:10] + "\0" + t[11:],
    "not ASCII": lambda t: t[:10] + "é" + t[11:],
    "a megabyte": lambda t: "x" * 1_000_000 + t,
}


@given(st.sampled_from(Kind), st.binary(min_size=32, max_size=32))
def test_what_was_minted_is_recognised(kind, octets):
    token = mint(kind, octets)
    assert recognise(kind, token) == digest(token)
    assert kind_of(token) is kind


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_a_token_of_another_shape_is_refused_before_it_is_looked_up(kind, alter):
    with pytest.raises(OAuthError) as refusal:
        recognise(kind, alter(mint(kind, OCTETS)))
    assert refusal.value.code == ("invalid_grant" if kind in (Kind.CODE, Kind.REFRESH) else "invalid_token")


@pytest.mark.parametrize("presented_as", Kind)
@pytest.mark.parametrize("made_as", Kind)
def test_a_token_serves_its_own_purpose_only(presented_as, made_as):
    token = mint(made_as, OCTETS)
    if presented_as is made_as:
        assert recognise(presented_as, token)
    else:
        with pytest.raises(OAuthError):
            recognise(presented_as, token)


@given(st.text())
def test_no_other_text_is_one_of_ours(text):
    assert kind_of(text) is None


@pytest.mark.parametrize("count", [0, 16, 31, 33])
def test_a_token_has_256_bits(count):
    with pytest.raises(ValueError, match="32 octets"):
        mint(Kind.ACCESS, b"x" * count)
