"""RFC 8265 and UTS #39: which names may be given, and which two are one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.refusal import Refusal
from idp.protocol import username

ONE_NAME = [
    "Anna",
    " anna ",
    "\uff21\uff4e\uff4e\uff41",  # full width
    "an\u200bna",  # zero-width space
    "an\u200d\u200cna",  # zero-width joiner and non-joiner
    "\ufeffanna",  # byte-order mark
    "\u202eanna\u202c",  # right-to-left override
    "\u2067anna\u2069",  # right-to-left isolate
    "an\u00adna",  # soft hyphen
    "anna\ufe0f",  # variation selector
    "\u0430nna",  # Cyrillic a
    "\u0410nna",  # Cyrillic A
    "\U0001d41anna",  # mathematical bold a
    "\u0251nna",  # Latin alpha
]


@pytest.mark.parametrize("spelt", ONE_NAME, ids=ascii)
def test_what_looks_like_a_name_is_that_name(spelt):
    assert username.skeleton(spelt) == username.skeleton("anna")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0441\u043e\u0441\u043e", "coco"),  # all Cyrillic
        ("\u03bf\u03c1\u03b1", "opa"),  # all Greek: omicron, rho, alpha
        ("caf\u00e9", "cafe\u0301"),
        ("stra\u00dfe", "STRASSE"),
        ("\u0660\u0665", "\u06f0\u06f5"),  # Arabic-Indic and Persian digits
        ("\u0643\u0631\u064a\u0645", "\u0643\u0631\u06cc\u0645"),  # Arabic and Persian yeh
    ],
    ids=ascii,
)
def test_two_scripts_that_look_alike_make_one_name(one, other):
    assert username.skeleton(one) == username.skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("anna", "ana"), ("anna1", "annal"), ("mara", "rnara"), ("anna", "hanna"), ("\u738b", "\u7389"), ("a.b", "ab")],
    ids=ascii,
)
def test_names_that_a_reader_tells_apart_are_two(one, other):
    assert username.skeleton(one) != username.skeleton(other)


@given(st.text(max_size=40))
def test_the_form_a_keyboard_sends_does_not_matter(text):
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))

    assert username.skeleton(composed) == username.skeleton(apart)


@given(st.text(alphabet=st.characters(max_codepoint=0x7E, min_codepoint=0x21), max_size=40))
def test_an_ascii_name_is_known_as_it_is(text):
    assert username.skeleton(text) == text.lower()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Anna", "anna"),
        ("\uff21nna", "anna"),
        ("\u0633\u0627\u0631\u0629", "\u0633\u0627\u0631\u0629"),
        ("a.b-c_1", "a.b-c_1"),
    ],
    ids=ascii,
)
def test_a_name_is_given_in_its_one_spelling(written, kept):
    assert username.enforced(written) == kept


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("anna p", "U+0020 (spaces)"),
        ("an\u200bna", "U+200B"),
        ("\u202eanna", "U+202E"),
        ("a\x00b", "U+0000"),
        ("\ud800", "U+D800"),
        ("anna\u2603", "U+2603 (symbols)"),
        ("\u05d0\u05d1a", "bidi rule"),
        ("", "empty"),
    ],
    ids=ascii,
)
def test_a_name_that_nobody_could_type_or_read_is_not_given(written, why):
    with pytest.raises(Refusal) as refused:
        username.enforced(written)

    assert refused.value.code == "username.unfit"
    assert why in refused.value.reason
