"""OpenID Connect Core section 8: pairwise subjects."""

import re

import pytest

from idp.protocol.subject import pairwise, public

KEY = b"k" * 32


def test_a_subject_is_the_same_each_time():
    assert pairwise(KEY, "revenue.example.org", "p1") == pairwise(KEY, "revenue.example.org", "p1")


def test_people_and_sectors_and_keys_never_share_one():
    people, sectors = [f"person-{n}" for n in range(100)], [f"agency-{n}.example.org" for n in range(20)]
    subjects = {pairwise(KEY, sector, person) for person in people for sector in sectors}
    subjects |= {public(KEY, person) for person in people}
    subjects |= {pairwise(b"q" * 32, sector, person) for person in people for sector in sectors}
    assert len(subjects) == 100 * 20 + 100 + 100 * 20


def test_a_subject_is_43_characters_that_tell_nothing():
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", pairwise(KEY, "revenue.example.org", "p1"))


@pytest.mark.parametrize(
    ("key", "sector", "person"), [(b"short", "a", "p"), (KEY, "", "p"), (KEY, "a", ""), (KEY, "a|b", "p")]
)
def test_a_subject_is_not_made_of_nothing(key, sector, person):
    with pytest.raises(ValueError, match="subject"):
        pairwise(key, sector, person)
