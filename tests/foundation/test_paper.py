"""A document as PDF: every letter is there, in every script, and what cannot be shown is refused, never dropped."""

from pathlib import Path

import pypdfium2
import pytest

from idp.foundation.paper import fonts
from idp.foundation.paper.sheet import Section, Sheet, write
from idp.foundation.refusal import Refusal

FONTS = Path("/usr/share/fonts")
ARABIC = "\u0639\u0628\u062f \u0627\u0644\u0631\u062d\u0645\u0646"


def a_sheet(*facts, direction="ltr", title="Your data"):
    return Sheet(title, "en", direction, 1_800_000_000, [Section("Identity", facts, ["A remark"])])


def pages(octets):
    document = pypdfium2.PdfDocument(octets)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


@pytest.mark.parametrize("name", ["In\u00eas Carvalho", ARABIC, "\u9673\u5927\u6587", "\u0e2a\u0e21\u0e0a\u0e32\u0e22"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_a_name_in_any_script_can_be_read_in_either_direction(name, direction):
    (text,) = pages(write(a_sheet(("Name", name), direction=direction), FONTS))

    assert all(part in text for part in name.split())
    assert "Identity" in text
    assert "A remark" in text


def test_a_right_to_left_document_begins_at_the_right():
    document = pypdfium2.PdfDocument(write(a_sheet((ARABIC, "x"), direction="rtl", title=ARABIC), FONTS))
    page = document[0]
    box = page.get_textpage().get_charbox(0)
    width = page.get_width()
    document.close()

    assert box[2] > width * 0.8


def test_what_is_long_goes_on_on_the_next_page():
    facts = [(f"Fact {number}", "word " * 60) for number in range(30)]
    shown = pages(write(a_sheet(*facts), FONTS))

    assert len(shown) > 2
    assert all(any(f"Fact {number}" in page for page in shown) for number in range(30))


def test_without_fonts_western_letters_are_shown_all_the_same(tmp_path):
    (text,) = pages(write(a_sheet(("Name", "In\u00eas \u2014 Carvalho \U0001f600")), tmp_path))

    assert "In\u00eas \u2014 Carvalho ?" in text


def test_letters_that_no_font_has_are_refused(tmp_path):
    with pytest.raises(Refusal, match=r"paper\.no_font.*ARABIC"):
        write(a_sheet(("Name", ARABIC)), tmp_path)


def test_only_the_fonts_that_are_needed_are_read():
    assert [font.path.name for font in fonts.needed("Eleni", FONTS)] == ["NotoSans-Regular.ttf"]
