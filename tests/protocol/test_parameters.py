"""RFC 6749 section 3.1: parameters, once each and within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.parameters import every, joined, required, single, space_separated


def refused(pairs):
    with pytest.raises(OAuthError) as refusal:
        single(pairs)
    assert refusal.value.code == "invalid_request"
    return refusal.value.reason


@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=5000)), max_size=70))
def test_any_request_is_read_or_refused_and_nothing_else(pairs):
    try:
        read = single(pairs)
    except OAuthError as error:
        assert error.code == "invalid_request"  # noqa: PT017 (either outcome is right)
    else:
        assert set(read) == {name for name, value in pairs if value}


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "unknown"])
def test_a_parameter_stands_once(name):
    assert name in refused([(name, "a"), ("x", "b"), (name, "c")])


@pytest.mark.parametrize("second", ["same", "", "other"])
def test_a_second_one_is_refused_whatever_it_says(second):
    refused([("state", "same"), ("state", second)])


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_where_a_token_is_to_be_used_may_be_said_more_than_once(name):
    read = single([(name, "https://a"), ("state", "s"), (name, "https://b c"), (name, "https://a"), (name, "")])
    assert every(read, name) == ("https://a", "https://b c")
    assert every(single([("state", "s"), (name, "")]), name) == ()
    assert single([(name, "")]) == {}


def test_what_may_repeat_is_said_by_who_reads():
    refused_by = pytest.raises(OAuthError, match="resource was sent more than once")
    with refused_by:
        single([("resource", "https://a"), ("resource", "https://b")], repeatable=())


@pytest.mark.parametrize("character", ["\n", "\0", "\r"])
def test_one_value_never_reads_as_two(character):
    refused([("resource", f"https://a{character}https://b")])


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9), max_size=9, unique=True)
)
def test_values_are_read_as_they_were_joined(values):
    assert every({"resource": joined(values)}, "resource") == tuple(values)


def test_a_parameter_without_a_value_counts_as_omitted():
    assert single([("state", ""), ("nonce", "n")]) == {"nonce": "n"}


@pytest.mark.parametrize(
    ("name", "longest"),
    [("scope", 1024), ("state", 2048), ("nonce", 1024), ("claims", 8192), ("redirect_uri", 4096), ("unknown", 4096)]
    + [(name, 12_288) for name in ("token", "access_token", "subject_token", "actor_token")],
)
def test_a_value_has_a_longest_length(name, longest):
    assert single([(name, "x" * longest)])
    assert name in refused([(name, "x" * (longest + 1))])


def test_a_request_has_at_most_64_parameters():
    assert len(single([(f"p{n}", "x") for n in range(64)])) == 64
    refused([(f"p{n}", "x") for n in range(65)])


def test_a_request_has_at_most_16_kibioctets_however_they_are_cut():
    refused([(f"p{n}", "x" * 4000) for n in range(5)])
    refused([(f"p{n}", "é" * 2100) for n in range(4)])


@pytest.mark.parametrize("character", ["\0", "\t", "\n", "\r", "\x1b", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_refused_in_names_and_values(character):
    refused([("state", f"a{character}b")])
    refused([(f"sta{character}te", "a")])


def test_half_a_character_is_refused():
    refused([("state", "\ud800")])
    refused([("\udfff", "a")])


def test_the_claims_parameter_may_be_indented():
    assert single([("claims", '{\n\t"userinfo": {}\r\n}')])
    refused([("claims", '{"a": "\0"}')])


@pytest.mark.parametrize("value", ["Ευρώ", "مرحبا", "臺灣", "a b", "\u200f", "\u00a0"])
def test_other_languages_are_kept_as_they_are(value):
    assert single([("login_hint", value)]) == {"login_hint": value}


def test_a_missing_parameter_is_named():
    with pytest.raises(OAuthError, match="parameter token is missing"):
        required({}, "token")


@pytest.mark.parametrize(("text", "values"), [(None, ()), ("", ()), (" a  b a ", ("a", "b"))])
def test_a_list_is_split_at_spaces_and_keeps_its_order(text, values):
    assert space_separated(text) == values
