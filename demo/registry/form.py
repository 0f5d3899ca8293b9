"""The birth registration form, as a PDF."""

import io
from pathlib import Path

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONTS = Path(reportlab.__file__).parent / "fonts"
pdfmetrics.registerFont(TTFont("Plain", _FONTS / "Vera.ttf"))
pdfmetrics.registerFont(TTFont("Bold", _FONTS / "VeraBd.ttf"))


def birth_form(given: dict[str, str], person: dict[str, str]) -> bytes:
    """One page: who was born, where and when, and who declares it."""
    target = io.BytesIO()
    page = Canvas(target, pagesize=A4, invariant=1)
    page.setTitle("Registration of a birth")
    page.setFont("Bold", 18)
    page.drawString(60, 770, "Civil Registry of Arcadia")
    page.setFont("Plain", 14)
    page.drawString(60, 745, "Registration of a birth")
    page.line(60, 732, 535, 732)
    rows = [
        ("Name of the child", given["child"]),
        ("Date of birth", given["born_on"]),
        ("Place of birth", given["place"]),
        ("Declared by", _printable(person["name"], person["national_identifier"])),
        ("National identifier", person["national_identifier"]),
        ("Address", _printable(person["address"].replace("\n", ", "), "on record")),
    ]
    for number, (label, value) in enumerate(rows):
        page.setFont("Bold", 11)
        page.drawString(60, 700 - 28 * number, label)
        page.setFont("Plain", 11)
        page.drawString(220, 700 - 28 * number, value[:70])
    page.setFont("Plain", 10)
    page.drawString(60, 500, "I declare that what is written here is true. A false declaration is an offence.")
    page.showPage()
    page.save()
    return target.getvalue()


def _printable(text: str, otherwise: str) -> str:
    """The form's typeface has Latin letters only."""
    return text if text.encode("latin-1", "ignore").decode("latin-1") == text else otherwise
