"""Chance: as much of it as was asked for, in the form that was asked for, and never twice the same."""

import os
import re

import pytest

from idp.foundation import randomness


@pytest.mark.parametrize(
    ("draw", "form"),
    [
        (randomness.token, r"[A-Za-z0-9_-]{43}"),
        (randomness.identifier, r"[A-Za-z0-9_-]{22}"),
        (lambda: randomness.octets(32).hex(), r"[0-9a-f]{64}"),
        (lambda: randomness.digits(12), r"[0-9]{12}"),
        (randomness.reference, r"[2-9B-DF-HJ-NP-TV-Z]{8}"),
        (lambda: randomness.readable(4), r"([2-9b-df-hj-np-tv-z]{4}-){3}[2-9b-df-hj-np-tv-z]{4}"),
    ],
)
def test_each_draw_has_its_form_and_is_another(draw, form):
    drawn = [draw() for _ in range(500)]

    assert all(re.fullmatch(form, one) for one in drawn)
    assert len(set(drawn)) == len(drawn)


def test_no_identifier_is_taken_for_an_option():
    assert not any(randomness.identifier().startswith("-") for _ in range(2000))


def test_every_bit_is_drawn():
    drawn = [randomness.octets(16) for _ in range(500)]

    assert all({one[place] >> bit & 1 for one in drawn} == {0, 1} for place in range(16) for bit in range(8))


def test_processes_that_one_was_forked_into_draw_what_no_other_does():
    """Workers are forks: a generator whose state they inherited would give each the same tokens."""
    randomness.octets(16)
    drawn = {randomness.token(), *(_in_a_fork() for _ in range(8))}

    assert len(drawn) == 9


def _in_a_fork() -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, randomness.token().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        drawn = pipe.read()
    os.waitpid(child, 0)
    return drawn
