"""Headings, facts and lines on A4, from left to right or from right to left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from idp.foundation.deferred import deferred
from idp.foundation.paper import fonts

fpdf: Any = deferred("fpdf")

MARGIN: Final = 20
LABEL: Final = 55
"""Millimetres of the column that names a fact, and NAME of the name in it."""
NAME: Final = LABEL - 3
LEADING: Final = 6
GREY: Final = (90, 90, 90)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and below it remarks in a line each, and facts as (name, value); an empty name begins a new group."""

    heading: str
    facts: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document. `language` is BCP 47, `direction` ltr or rtl; `made_at` is Unix seconds."""

    title: str
    language: str
    direction: str
    made_at: int
    sections: Sequence[Section]


def write(sheet: Sheet, folder: Path) -> bytes:
    """The PDF, with the fonts of `folder`. Raises Refusal("paper.no_font")."""
    chosen = fonts.needed(_text(sheet), folder)
    pdf = _Writer(sheet, chosen)
    pdf.heading(sheet.title, 18, level=0)
    for section in sheet.sections:
        pdf.heading(section.heading, 13, level=0)
        for remark in section.remarks:
            pdf.line(remark)
        for name, value in section.facts:
            pdf.fact(name, value)
    return pdf.octets()


def _text(sheet: Sheet) -> str:
    parts = [sheet.title]
    for section in sheet.sections:
        parts += [section.heading, *section.remarks, *(part for fact in section.facts for part in fact)]
    return "".join(parts)


class _Writer:
    def __init__(self, sheet: Sheet, chosen: Sequence[fonts.Font]) -> None:
        self._right = sheet.direction == "rtl"
        self._pdf: Any = fpdf.FPDF(format="A4")
        self._pdf.set_margins(MARGIN, MARGIN)
        self._pdf.set_auto_page_break(True, MARGIN)
        self._pdf.set_title(sheet.title)
        self._pdf.set_lang(sheet.language)
        self._pdf.set_creation_date(datetime.fromtimestamp(sheet.made_at, UTC))
        self._pdf.core_fonts_encoding = fonts.BUILT_IN
        self._built_in = not chosen
        self._main = "helvetica"
        for number, font in enumerate(chosen):
            self._pdf.add_font(f"font{number}", fname=font.path, collection_font_number=font.face)
        if chosen:
            self._main = "font0"
            self._pdf.set_fallback_fonts([f"font{number}" for number in range(1, len(chosen))], exact_match=False)
            self._pdf.set_text_shaping(True, direction=sheet.direction)
        self._pdf.add_page()

    def heading(self, text: str, size: int, level: int) -> None:
        self._pdf.ln(LEADING / 2)
        if self._pdf.will_page_break(4 * LEADING):
            self._pdf.add_page()
        self._pdf.start_section(text, level=level)
        self._put(text, self._pdf.epw, size, size * 0.55)
        self._pdf.ln(LEADING / 3)

    def line(self, text: str) -> None:
        self._put(text, self._pdf.epw, 10, LEADING)

    def fact(self, name: str, value: str) -> None:
        if not name:
            self._pdf.ln(LEADING / 2)
            return
        if self._pdf.will_page_break(2 * LEADING):
            self._pdf.add_page()
        beside = MARGIN if self._right else MARGIN + LABEL
        top = self._pdf.get_y()
        self._pdf.set_text_color(*GREY)
        self._pdf.set_x(self._pdf.w - MARGIN - NAME if self._right else MARGIN)
        self._put(name, NAME, 10, LEADING)
        below = (self._pdf.page, self._pdf.get_y())
        self._pdf.set_text_color(0)
        self._pdf.set_xy(beside, top)
        self._put(value or "-", self._pdf.epw - LABEL, 10, LEADING)
        if below > (self._pdf.page, self._pdf.get_y()):
            self._pdf.set_y(below[1])

    def octets(self) -> bytes:
        return bytes(self._pdf.output())

    def _put(self, text: str, width: float, size: int, leading: float) -> None:
        self._pdf.set_font(self._main, size=size)
        shown = text.encode(fonts.BUILT_IN, "replace").decode(fonts.BUILT_IN) if self._built_in else text
        align = "R" if self._right else "L"
        self._pdf.multi_cell(width, leading, shown, align=align, new_x="LMARGIN", new_y="NEXT", wrapmode="WORD")
