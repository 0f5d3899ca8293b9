"""Levels of assurance and the acr claim."""

import pytest

from idp.protocol.assurance import ACR_VALUES, Level, acr_of, satisfies, wanted


@pytest.mark.parametrize("identity", Level)
@pytest.mark.parametrize("authentication", Level)
def test_no_more_is_claimed_than_the_weaker_of_identity_and_authentication(identity, authentication):
    assert acr_of(identity, authentication) == min(identity, authentication)


def test_levels_are_ordered_and_have_acr_values():
    assert Level.LOW < Level.SUBSTANTIAL < Level.HIGH
    assert ACR_VALUES == ("urn:tessera:loa:low", "urn:tessera:loa:substantial", "urn:tessera:loa:high")


@pytest.mark.parametrize("level", Level)
def test_a_level_is_known_by_its_word_and_by_its_acr(level):
    assert Level.of(level.word) is level
    assert Level.of(level.acr) is level


@pytest.mark.parametrize("text", ["", "LOW", "3", "urn:tessera:loa:", "urn:tessera:loa:highest"])
def test_nothing_else_is_a_level(text):
    assert Level.of(text) is None


def test_the_first_known_wish_that_can_be_reached_is_taken():
    wishes = ("urn:other:gold", "urn:tessera:loa:high", "urn:tessera:loa:low")
    assert wanted(wishes) is Level.HIGH
    assert wanted(wishes, reachable=Level.SUBSTANTIAL) is Level.LOW
    assert wanted(("urn:other:gold",)) is None
    assert wanted(()) is None


def test_an_essential_acr_is_satisfied_by_as_much_or_more():
    assert satisfies(Level.HIGH, ["urn:tessera:loa:substantial"])
    assert not satisfies(Level.LOW, ["urn:tessera:loa:substantial"])
    assert not satisfies(Level.HIGH, ["urn:other:gold"])
    assert not satisfies(Level.HIGH, [])
