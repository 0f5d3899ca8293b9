"""ICAO Doc 9303 part 3 section 4, https://www.icao.int/publications/doc-series/doc-9303: where fields stand in a zone.

Positions count from 0 here and from 1 in the tables of parts 4 (TD3), 5 (TD1) and 6 (TD2). Left out: visas.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

FILLER: Final = "<"
LONGEST_VALIDITY: Final = 50
"""Years; no document is valid so long, so a later date belongs to the last century."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of `line` (from 1)."""

    line: int
    start: int
    end: int

    def of(self, lines: Sequence[str]) -> str:
        """The characters."""
        return lines[self.line - 1][self.start : self.end]

    def digit(self, lines: Sequence[str]) -> str:
        """The check digit right behind."""
        return lines[self.line - 1][self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """One size of document. `composite` are the spans that the last check digit covers."""

    name: str
    rows: int
    width: int
    codes: tuple[str, ...]
    document_code: Span
    issuing_state: Span
    names: Span
    number: Span
    nationality: Span
    birth: Span
    sex: Span
    expiry: Span
    optional: Span
    composite: tuple[Span, ...]
    composite_digit: Span
    more_optional: tuple[Span, ...] = ()
    number_runs_on: bool = True
    optional_is_checked: bool = False

    def split(self, text: str) -> tuple[str, ...]:
        """A zone pasted as one line, cut into its lines."""
        return tuple(text[start : start + self.width] for start in range(0, len(text), self.width))


TD1: Final = Layout(
    name="TD1",
    rows=3,
    width=30,
    codes=("A", "C", "I"),
    document_code=Span(1, 0, 2),
    issuing_state=Span(1, 2, 5),
    number=Span(1, 5, 14),
    optional=Span(1, 15, 30),
    birth=Span(2, 0, 6),
    sex=Span(2, 7, 8),
    expiry=Span(2, 8, 14),
    nationality=Span(2, 15, 18),
    more_optional=(Span(2, 18, 29),),
    composite=(Span(1, 5, 30), Span(2, 0, 7), Span(2, 8, 15), Span(2, 18, 29)),
    composite_digit=Span(2, 29, 30),
    names=Span(3, 0, 30),
)
TD2: Final = Layout(
    name="TD2",
    rows=2,
    width=36,
    codes=("A", "C", "I"),
    document_code=Span(1, 0, 2),
    issuing_state=Span(1, 2, 5),
    names=Span(1, 5, 36),
    number=Span(2, 0, 9),
    nationality=Span(2, 10, 13),
    birth=Span(2, 13, 19),
    sex=Span(2, 20, 21),
    expiry=Span(2, 21, 27),
    optional=Span(2, 28, 35),
    composite=(Span(2, 0, 10), Span(2, 13, 20), Span(2, 21, 35)),
    composite_digit=Span(2, 35, 36),
)
TD3: Final = Layout(
    name="TD3",
    rows=2,
    width=44,
    codes=("P",),
    document_code=Span(1, 0, 2),
    issuing_state=Span(1, 2, 5),
    names=Span(1, 5, 44),
    number=Span(2, 0, 9),
    nationality=Span(2, 10, 13),
    birth=Span(2, 13, 19),
    sex=Span(2, 20, 21),
    expiry=Span(2, 21, 27),
    optional=Span(2, 28, 42),
    composite=(Span(2, 0, 10), Span(2, 13, 20), Span(2, 21, 43)),
    composite_digit=Span(2, 43, 44),
    number_runs_on=False,
    optional_is_checked=True,
)
LAYOUTS: Final = (TD1, TD2, TD3)


def check_digit(field: str) -> str:
    """Section 4.9: weights 7, 3, 1; A is 10, Z is 35, a filler is 0. `field` holds no other character."""
    values = (0 if letter == FILLER else int(letter, 36) for letter in field)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def names_of(field: str) -> tuple[str, str]:
    """Section 4.6: surname and given names, fillers read as spaces; the second is empty for a single name."""
    surname, _, given = field.partition(FILLER * 2)
    return " ".join(surname.replace(FILLER, " ").split()), " ".join(given.replace(FILLER, " ").split())


def partial_date(field: str, today: date, *, may_be_future: bool) -> date | None:
    """Section 4.8: YYMMDD; None where a part is filled because it is not known. Raises ValueError.

    A birth lies in the past, and the later century that allows it is taken; an expiry lies at most 50 years ahead.
    """
    if FILLER in field:
        if field.replace(FILLER, "") and not field.replace(FILLER, "").isdigit():
            raise ValueError("not a date")
        return None
    if not field.isdigit():
        raise ValueError("not a date")
    year, month, day = int(field[:2]), int(field[2:4]), int(field[4:])
    latest = today.year + LONGEST_VALIDITY if may_be_future else today.year
    century = 2000 if 2000 + year <= latest else 1900
    found = date(century + year, month, day)
    return found if may_be_future or found <= today else date(found.year - 100, month, day)
