"""RFC 7493: JSON that means the same to every reader."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.strict_json import NotStrictJSON, parse, parse_object

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_a_strict_writer_wrote_is_read_back(value):
    assert parse(json.dumps(value), deepest=20) == value


@given(st.text() | st.binary())
def test_anything_else_is_refused_and_nothing_else_happens(text):
    try:
        parse(text)
    except NotStrictJSON:
        return


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 1}',
        '{"a": {"b": 1, "b": 2}}',
        '{"\\u0061": 1, "a": 2}',
        "NaN",
        "Infinity",
        "-Infinity",
        '{"exp": 1e300}',
        '{"exp": 1e999}',
        '{"exp": -1e999}',
        '{"exp": 9007199254740993}',
        '{"exp": -9007199254740993}',
        '{"exp": ' + "9" * 10_000 + "}",
        '{"a": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"a": "\\u0000"}',
        "[" * 9 + "]" * 9,
        "[" * 8 + "{}" + "]" * 8,
        "[" * 8_000 + "]" * 8_000,
        '{"a":' * 2_000 + "1" + "}" * 2_000,
        "",
        " ",
        "{",
        "{'a': 1}",
        '{"a": 1,}',
        '{"a": 1} {"b": 2}',
        '{"a": 1}\0',
        "\ufeff{}",
        '"' + "a" * 20_000 + '"',
    ],
)
def test_loose_json_is_refused(text):
    with pytest.raises(NotStrictJSON):
        parse(text)


@pytest.mark.parametrize("octets", [b'{"a": "\xff"}', b"\xff\xfe{\x00}\x00", b"\xc0\xaf"])
def test_octets_must_be_utf_8(octets):
    with pytest.raises(NotStrictJSON):
        parse(octets)


def test_eight_levels_are_read():
    assert parse("[" * 8 + "]" * 8)


@pytest.mark.parametrize("text", ["[]", "1", '"a"', "null"])
def test_an_object_is_an_object(text):
    with pytest.raises(NotStrictJSON, match="not a JSON object"):
        parse_object(text)
