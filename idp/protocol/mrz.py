"""ICAO Doc 9303 parts 3 to 6, https://www.icao.int/publications/doc-series/doc-9303: machine-readable zones.

TD1 (three lines of 30), TD2 (two of 36) and TD3 (two of 44) with every check digit. What people type is met half-way:
lower case, spaces and a zone pasted as one line are read; nothing is guessed. Left out: visas (MRV-A, MRV-B), driving
licences, and optional data beyond handing it over.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from idp.foundation.refusal import Refusal
from idp.protocol.mrz_layout import FILLER, LAYOUTS, Layout, Span, check_digit, names_of, partial_date

LONGEST_TEXT: Final = 400
UNREADABLE: Final = "mrz.unreadable"

_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_MISMATCH: Final = "does not fit its check digit; one of its characters is wrong"
_SEXES: Final = {"M": "M", "F": "F", FILLER: "X", "X": "X"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `line` counts from 1 (0: the whole zone); `field` and `problem` are stable words for pages."""

    line: int
    field: str
    problem: Literal["lines", "length", "character", "check_digit", "date", "value"]
    explanation: str

    def __str__(self) -> str:
        return self.explanation


@dataclass(frozen=True, slots=True)
class MachineReadableZone:
    """What the zone says, check digits verified. Dates are None where the document leaves them open."""

    layout: str
    lines: tuple[str, ...]
    document_code: str
    issuing_state: str
    document_number: str
    nationality: str
    surname: str
    given_names: str
    """Empty for a person with a single name."""
    names_may_be_cut: bool
    birth_date: date | None
    sex: str
    """M, F or X (not stated)."""
    expiry_date: date | None
    optional_data: str

    @property
    def document_type(self) -> str:
        """`passport` or `idcard`, as OpenID Connect for Identity Assurance names them."""
        return "passport" if self.document_code.startswith("P") else "idcard"


def parse(text: str, today: date) -> MachineReadableZone:
    """The zone in `text`; `today` decides the century of two-digit years.

    Raises Refusal(mrz.unreadable) whose `facts["faults"]` is a tuple of every Fault, and whose reason lists them.
    """
    lines, layout = _lines(text)
    number, optional, number_digit = _document_number(layout, lines)
    faults = [
        *_fault_of_values(layout, lines),
        *_faults_of_check_digits(layout, lines, number, number_digit),
        *_faults_of_dates(layout, lines, today),
    ]
    if faults:
        raise _unreadable(faults)
    surname, given_names = names_of(layout.names.of(lines))
    return MachineReadableZone(
        layout=layout.name,
        lines=lines,
        document_code=_plain(layout.document_code.of(lines)),
        issuing_state=_plain(layout.issuing_state.of(lines)),
        document_number=_plain(number),
        nationality=_plain(layout.nationality.of(lines)),
        surname=surname,
        given_names=given_names,
        names_may_be_cut=not layout.names.of(lines).endswith(FILLER),
        birth_date=partial_date(layout.birth.of(lines), today, may_be_future=False),
        sex=_SEXES[layout.sex.of(lines)],
        expiry_date=partial_date(layout.expiry.of(lines), today, may_be_future=True),
        optional_data=_plain(optional + "".join(span.of(lines) for span in layout.more_optional)),
    )


def _unreadable(faults: list[Fault]) -> Refusal:
    return Refusal(UNREADABLE, " ".join(map(str, faults)), faults=tuple(faults))


def _plain(field: str) -> str:
    return field.rstrip(FILLER).replace(FILLER, " ")


def _lines(text: str) -> tuple[tuple[str, ...], Layout]:
    """The zone's lines, upper case and without spaces, and the layout they fit. Raises Refusal."""
    typed = text.translate(_UPPER).replace("«", FILLER * 2)[: LONGEST_TEXT + 1]
    lines = tuple(line for line in ("".join(part.split()) for part in typed.splitlines()) if line)
    if len(lines) == 1:
        whole = next((layout for layout in LAYOUTS if layout.rows * layout.width == len(lines[0])), None)
        lines = whole.split(lines[0]) if whole else lines
    layout = _layout(lines)
    if layout is None:
        raise _unreadable([Fault(0, "zone", "lines", "The zone must have two or three lines.")])
    faults = _faults_of_form(lines, layout)
    if faults:
        raise _unreadable(faults)
    return lines, layout


def _layout(lines: tuple[str, ...]) -> Layout | None:
    """By the number of lines, then by their width; if that fits none, passports (P) are the ones with long lines."""
    possible = [layout for layout in LAYOUTS if layout.rows == len(lines)]
    fitting = [layout for layout in possible if any(len(line) == layout.width for line in lines)]
    if fitting or not possible:
        return next(iter(fitting), None)
    return possible[-1 if lines[0].startswith("P") else 0]


def _faults_of_form(lines: tuple[str, ...], layout: Layout) -> list[Fault]:
    faults = []
    for number, line in enumerate(lines, 1):
        if len(line) != layout.width:
            explanation = f"Line {number} has {len(line)} characters; a {layout.name} line has {layout.width}."
            faults.append(Fault(number, "line", "length", explanation))
        strange = next((place for place, letter in enumerate(line, 1) if letter not in _ALPHABET), None)
        if strange is not None:
            explanation = f"Line {number}: character {strange} is not A to Z, 0 to 9 or {FILLER}."
            faults.append(Fault(number, "line", "character", explanation))
    return faults


def _document_number(layout: Layout, lines: tuple[str, ...]) -> tuple[str, str, str]:
    """Number, optional data and check digit: in TD1 and TD2 a longer number runs on (Doc 9303-5 section 4.2.4)."""
    number, optional = layout.number.of(lines), layout.optional.of(lines)
    digit = lines[layout.number.line - 1][layout.number.end]
    tail, _, rest = optional.partition(FILLER)
    if layout.number_runs_on and digit == FILLER and FILLER not in number and tail:
        return number + tail[:-1], rest, tail[-1]
    return number, optional, digit


def _fault_of_values(layout: Layout, lines: tuple[str, ...]) -> list[Fault]:
    wrong = []
    if layout.document_code.of(lines)[0] not in layout.codes:
        wrong.append((layout.document_code, "document_code", f"does not begin with {' or '.join(layout.codes)}"))
    for span, name in ((layout.issuing_state, "issuing_state"), (layout.nationality, "nationality")):
        if not _plain(span.of(lines)).isalpha():
            wrong.append((span, name, "is not a code of letters"))
    if layout.sex.of(lines) not in _SEXES:
        wrong.append((layout.sex, "sex", f"is not M, F or {FILLER}"))
    names = layout.names.of(lines)
    if not names_of(names)[0] or any(letter.isdigit() for letter in names):
        wrong.append((layout.names, "names", "must hold letters only, beginning with the surname"))
    return [Fault(span.line, name, "value", _sentence(span, name, why)) for span, name, why in wrong]


def _faults_of_check_digits(layout: Layout, lines: tuple[str, ...], number: str, number_digit: str) -> list[Fault]:
    fields: list[tuple[Span, str, str, str]] = [(layout.number, "document_number", number, number_digit)]
    for span, name in ((layout.birth, "birth_date"), (layout.expiry, "expiry_date")):
        fields.append((span, name, span.of(lines), span.digit(lines)))
    if layout.optional_is_checked:
        optional, digit = layout.optional.of(lines), layout.optional.digit(lines)
        empty = not optional.strip(FILLER)  # its digit may then be a filler (Doc 9303-4 section 4.2.2.2)
        fields.append((layout.optional, "optional_data", optional, "0" if empty and digit == FILLER else digit))
    composite = "".join(span.of(lines) for span in layout.composite)
    fields.append((layout.composite_digit, "composite", composite, layout.composite_digit.of(lines)))
    wrong = [(span, name) for span, name, field, digit in fields if check_digit(field) != digit]
    return [Fault(span.line, name, "check_digit", _sentence(span, name, _MISMATCH)) for span, name in wrong]


def _faults_of_dates(layout: Layout, lines: tuple[str, ...], today: date) -> list[Fault]:
    faults = []
    for span, name in ((layout.birth, "birth_date"), (layout.expiry, "expiry_date")):
        try:
            partial_date(span.of(lines), today, may_be_future=name == "expiry_date")
        except ValueError:
            faults.append(Fault(span.line, name, "date", _sentence(span, name, "is not a date written YYMMDD")))
    return faults


def _sentence(span: Span, name: str, why: str) -> str:
    what = "the whole zone" if name == "composite" else f"the {name.replace('_', ' ')}"
    return f"Line {span.line}: {what} {why}."
