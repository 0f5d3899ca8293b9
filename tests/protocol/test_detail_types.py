"""RFC 9396 section 9: types are data, and a faulty one is found when the country pack is read."""

import pytest

from idp.protocol.detail_types import filled, placeholders, read

LABEL = {"label": {"en": "Label", "ar": "تسمية"}}


def a_type(members=None, **words):
    return {"title": {"en": "Title"}, "text": {"en": "Text"}, "members": members or {}} | words


def test_a_type_is_read_with_its_words_and_members():
    members = {"amount": {"kind": "amount", "required": True, **LABEL}, "note": {"kind": "text", **LABEL}}
    found = read({"payment": a_type(members, text={"en": "{amount}"})})["payment"]
    assert found.name == "payment"
    assert {name: member.required for name, member in found.members.items()} == {"amount": True, "note": False}
    assert found.members["note"].label["ar"] == "تسمية"


@pytest.mark.parametrize(
    "table",
    [
        a_type(title={"ar": "عنوان"}),
        a_type(title={"en": ""}),
        a_type(title={"en": 5}),
        a_type({"note": {"kind": "text"}}),
        a_type({"note": {**LABEL}}),
        a_type({"note": {"kind": "object", **LABEL}}),
        a_type({"type": {"kind": "text", **LABEL}}),
        a_type({"Note": {"kind": "text", **LABEL}}),
        a_type({"note": {"kind": "choice", **LABEL}}),
        a_type({"note": {"kind": "text", "choices": {"a": {"en": "A"}}, **LABEL}}),
        a_type({"note": {"kind": "choices", "choices": {"a": {"ar": "أ"}}, **LABEL}}),
        a_type({"actions": {"kind": "text", **LABEL}}),
        a_type({"locations": {"kind": "texts", **LABEL}}),
        a_type({"identifier": {"kind": "texts", **LABEL}}),
    ],
)
def test_a_faulty_type_is_refused(table):
    with pytest.raises((ValueError, KeyError)):
        read({"payment": table})


def test_a_sentence_names_only_what_is_always_there():
    """Else somebody would read a sentence with a hole in it."""
    optional = {"amount": {"kind": "amount", **LABEL}}
    with pytest.raises(ValueError, match="not required"):
        read({"payment": a_type(optional, text={"en": "Pay", "ar": "{amount}"})})


@pytest.mark.parametrize("name", ["", "a b", 'a"b', "a\\b", "é", "x" * 129])
def test_a_name_fits_into_a_scope_like_list(name):
    with pytest.raises(ValueError, match="is no name"):
        read({name: a_type()})


def test_a_sentence_is_filled_once_so_that_no_value_is_a_placeholder():
    assert placeholders("{a} and {b}") == {"a", "b"}
    assert filled("{a} and {b}", {"a": "{b}", "b": "2"}) == "{b} and 2"
