import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.refusal import Refusal
from idp.protocol.telephone_number import e164, masked, mobile, spaced

ANNA = "+306912345678"


@pytest.mark.parametrize(
    "typed",
    [
        "+306912345678",
        "+30 691 234 5678",
        "00306912345678",
        "6912345678",
        " 691-234-5678 ",
        "(691) 234 5678",
        "٦٩١٢٣٤٥٦٧٨",
        "+٣٠ ٦٩١ ٢٣٤ ٥٦٧٨",
        "\N{FULLWIDTH PLUS SIGN}30691234567\N{FULLWIDTH DIGIT EIGHT}",
    ],
)
def test_every_spelling_of_a_number_is_one(typed):
    assert mobile(typed, "GR") == ANNA


def test_a_number_of_another_country_needs_its_country_code():
    assert mobile("+46 70 123 45 67", "GR") == "+46701234567"
    with pytest.raises(Refusal, match="telephone"):
        mobile("070 123 45 67", "GR")


def test_a_fictional_country_knows_international_numbers():
    assert mobile(ANNA, "XA") == ANNA
    with pytest.raises(Refusal):
        mobile("6912345678", "XA")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "+30",
        "+30 691",
        "691",
        "112",
        "+30 691 234 56789012",
        "+999 123 456 789",
        "+1 800 FLOWERS",
        "call me",
        "+30 691 234 5678 ext. 12",
        "+30691234567\0008",
        "9" * 5000,
        "tel:+306912345678",
        "+30 691 234 5678 +30 691 234 5679",
    ],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Refusal) as refused:
        mobile(typed, "GR")
    assert refused.value.code == "telephone.invalid"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("+30 901 123 4567", "premium rate"),
        ("+30 210 123 4567", "a fixed line"),
        ("+30 800 123 4567", "toll-free"),
        ("+44 56 1234 5678", "Internet telephony"),
        ("+44 7640 123456", "a pager"),
    ],
)
def test_a_number_that_costs_or_takes_no_messages_is_no_mobile(typed, why):
    assert e164(typed, "GR").startswith("+"), why
    with pytest.raises(Refusal) as refused:
        mobile(typed, "GR")
    assert refused.value.code == "telephone.not_mobile", why


def test_a_number_is_shown_spaced_or_masked():
    assert spaced(ANNA) == "+30 691 234 5678"
    assert masked(ANNA) == "+30 ••• 5678"
    assert spaced("5550100") == "5550100"
    assert masked("5550100") == "••• 0100"


@given(st.text(max_size=45) | st.text("+0123456789 -()٣٠", max_size=20), st.sampled_from(["GR", "XA", ""]))
def test_any_text_is_a_number_in_one_form_or_refused_and_nothing_else_happens(text, region):
    assert masked(text)
    try:
        number = e164(text, region)
    except Refusal as refusal:
        assert refusal.code == "telephone.invalid"  # noqa: PT017 (either outcome is right)
    else:
        assert e164(number, "") == e164(spaced(number), "") == number
