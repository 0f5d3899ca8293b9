"""Levels of assurance, strengths of authentication, and the acr claim."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.assurance import ACR_VALUES, HARDWARE_ACR, STRICT, Level, Strength, acr_of, asked_of, level_of

LENIENT = {**STRICT, Level.HIGH: Strength.TWO_FACTORS}


@pytest.mark.parametrize("policy", [STRICT, LENIENT])
@pytest.mark.parametrize(("identity", "authentication"), list(product(Level, Strength)))
def test_no_more_is_claimed_than_identity_and_authentication_allow(policy, identity, authentication):
    claimed = level_of(identity, authentication, policy)
    assert claimed <= identity
    assert authentication >= policy[claimed]


@pytest.mark.parametrize(
    ("authentication", "strict", "lenient"),
    [
        (Strength.ONE_FACTOR, Level.LOW, Level.LOW),
        (Strength.RESTRICTED, Level.SUBSTANTIAL, Level.SUBSTANTIAL),
        (Strength.TWO_FACTORS, Level.SUBSTANTIAL, Level.HIGH),
        (Strength.HARDWARE, Level.HIGH, Level.HIGH),
    ],
)
def test_what_a_sign_in_reaches_of_a_well_known_person(authentication, strict, lenient):
    """A code sent to a telephone never reaches the highest level, whatever the country says."""
    assert level_of(Level.HIGH, authentication, STRICT) is strict
    assert level_of(Level.HIGH, authentication, LENIENT) is lenient


def test_levels_are_ordered_and_have_acr_values():
    assert Level.LOW < Level.SUBSTANTIAL < Level.HIGH
    assert ACR_VALUES == ("urn:tessera:loa:low", "urn:tessera:loa:substantial", "urn:tessera:loa:high", "phrh")


@pytest.mark.parametrize("level", Level)
def test_a_level_is_known_by_its_word_and_by_its_acr(level):
    assert Level.of(level.word) is level
    assert Level.of(level.acr) is level


@pytest.mark.parametrize("text", ["", "LOW", "3", "urn:tessera:loa:", "urn:tessera:loa:highest", "phrh"])
def test_nothing_else_is_a_level(text):
    assert Level.of(text) is None


@pytest.mark.parametrize("strength", Strength)
def test_a_strength_is_known_by_its_word(strength):
    assert Strength.of(strength.word) is strength
    assert Strength.of(strength.name) is None


def test_an_acr_asks_for_an_identity_and_an_authentication():
    assert asked_of("urn:tessera:loa:high", STRICT) == (Level.HIGH, Strength.HARDWARE)
    assert asked_of("urn:tessera:loa:high", LENIENT) == (Level.HIGH, Strength.TWO_FACTORS)
    assert asked_of("substantial", STRICT) == (Level.SUBSTANTIAL, Strength.RESTRICTED)
    assert asked_of("phrh", STRICT) == (Level.LOW, Strength.HARDWARE)
    assert asked_of("urn:other:gold", STRICT) is None


@pytest.mark.parametrize(
    ("wanted", "authentication", "acr"),
    [
        ((), Strength.HARDWARE, "urn:tessera:loa:low"),
        (("phrh",), Strength.HARDWARE, "phrh"),
        (("phrh",), Strength.TWO_FACTORS, "urn:tessera:loa:low"),
        (("urn:tessera:loa:low", "phrh"), Strength.HARDWARE, "urn:tessera:loa:low"),
        (("urn:tessera:loa:high", "phrh"), Strength.HARDWARE, "phrh"),
    ],
)
def test_certified_hardware_is_claimed_where_it_was_asked_for_first_of_what_holds(wanted, authentication, acr):
    assert acr_of(wanted, Level.LOW, authentication, STRICT) == acr


@given(
    st.lists(st.text(max_size=20) | st.sampled_from([HARDWARE_ACR, "high"])),
    st.sampled_from(Level),
    st.sampled_from(Strength),
)
def test_whatever_is_asked_for_the_answer_is_a_level_that_holds(wanted, identity, authentication):
    acr = acr_of(wanted, identity, authentication, STRICT)
    assert acr == HARDWARE_ACR or Level.of(acr) == level_of(identity, authentication, STRICT)
    assert acr != HARDWARE_ACR or (HARDWARE_ACR in wanted and authentication is Strength.HARDWARE)


@given(st.lists(st.sampled_from([*ACR_VALUES, "high", "gold"])), st.sampled_from(Level), st.sampled_from(Strength))
def test_an_essential_acr_is_answered_with_one_of_its_values_if_any_holds(wanted, identity, authentication):
    acr = acr_of(wanted, identity, authentication, STRICT, essential=True)
    asked = ((value, asked_of(value, STRICT)) for value in wanted)
    held = [value for value, way in asked if way and way[0] <= identity and way[1] <= authentication]
    assert acr in (held or [level_of(identity, authentication, STRICT).acr])


@given(st.text(max_size=30))
def test_any_text_asks_for_nothing_unless_it_is_a_value_of_ours(text):
    assert (asked_of(text, STRICT) is None) is (Level.of(text) is None and text != HARDWARE_ACR)
