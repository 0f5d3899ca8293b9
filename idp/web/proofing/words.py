"""What the pages of a verification say and show, in the reader's language."""

from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from idp.domain.proofing.details import Details, Document
from idp.domain.proofing.evidence import Piece
from idp.journeys.proofing.progress import Progress
from idp.web.locale import calendar_day

Option = tuple[str, str, str]
LARGEST_SHOWN: Final = 320
MEGABYTE: Final = 1024 * 1024
PICTURE_PAGES: Final = {
    "portrait": ("portrait", "names", "document_image"),
    "document": ("document-image", "portrait", "check"),
}
"""Kind of picture to (field and its id, the page before, the page after)."""

TITLES: Final[dict[str, str]] = {
    "waiting": _l("We are checking your identity"),
    "approved": _l("Your identity is verified"),
    "refused": _l("Your identity is not verified"),
    "withdrawn": _l("You withdrew your verification"),
}
"""The heading of the status page by the case's state."""
CHOOSE_LEVEL: Final[str] = _l("Choose how sure services must be")
CHOOSE_DOCUMENT: Final[str] = _l("Choose the document that you use")
MISSING_NUMBER: Final[str] = _l("Enter the number of your card")
MISSING_DATE: Final[str] = _l("Enter this date with day, month and year")
WRONG_DATE: Final[str] = _l("There is no such date. Enter day, month and year as numbers, such as 27 3 1990")
MISSING_NAME: Final[str] = _l("Enter your name as your document prints it")
MISSING_PICTURE: Final[str] = _l("Choose a picture")


def level_options() -> list[Option]:
    """The levels that verification leads to."""
    return [
        ("substantial", _("Substantial"), _("Enough for most services, such as taxes. One person looks at your case.")),
        ("high", _("High"), _("For the most important matters, such as registering a birth. Two people look at it.")),
    ]


def document_options() -> list[Option]:
    """The documents that can be used."""
    return [
        ("passport", _("Passport"), _("You type the two lines at the bottom of the page with the photograph.")),
        ("idcard", _("Identity card"), _("You type the lines of letters and arrows on its back.")),
        (
            "idcard_data",
            _("Identity card that I cannot read the lines of"),
            _("You type number and dates instead. This reaches substantial assurance only."),
        ),
    ]


def picture_fault(code: str, limit: object) -> str:
    """Why a picture cannot be used, and what to do; `limit` is in bytes or pixels."""
    amount = limit if isinstance(limit, int) else 0
    messages: dict[str, str] = {
        "empty": _("The file is empty. Choose another."),
        "too_big": _(
            "The file is larger than %(limit)s MB. Take the picture at a lower quality.", limit=amount // MEGABYTE
        ),
        "not_an_image": _("The file is not a JPEG, PNG or WebP picture. Choose another, or save it as JPEG."),
        "too_many_pixels": _(
            "The picture has more than %(limit)s million pixels. Make it smaller.", limit=amount // 1_000_000
        ),
        "too_small": _(
            "The picture is too small to see anything. Its shorter side needs %(limit)s pixels or more.", limit=amount
        ),
        "damaged": _("The file is damaged and cannot be opened. Take or save the picture again."),
    }
    return messages[code.removeprefix("proofing.image.")]


def picture_page(kind: str) -> tuple[str, list[str]]:
    """Title and rules of a picture's page."""
    if kind == "portrait":
        return _("A portrait of yourself"), [
            _("Look straight into the camera, in daylight."),
            _("Nothing covers the face; no hat, no dark glasses. A head covering worn for your faith is fine."),
            _("You alone are in the picture."),
        ]
    return _("A picture of your document"), [
        _("All four corners are in the picture, and nothing covers it."),
        _("Every letter is sharp; there are no reflections."),
        _("Of a passport, show the page with the photograph. Of a card, show both sides in one picture."),
    ]


def zone_hints(count: int) -> list[str]:
    """What each line looks like."""
    lines = {
        2: (_("44 characters, begins with P"), _("44 characters, begins with the passport number")),
        3: (
            _("30 characters, begins with I, A or C"),
            _("30 characters, begins with the date of birth"),
            _("30 characters, your names"),
        ),
    }
    return list(lines[count])


def summary(done: Progress) -> list[tuple[str, str, str, str]]:
    """The rows of the last page: what, its value, where it is changed, and the word for that."""
    details, document = done.details, done.open_case.document or Document.PASSPORT
    names = {code: name for code, name, _hint in document_options()}
    rows = [
        (_("Document"), names[document.value], "document"),
        (_("Document number"), details.document_number, "details"),
        (_("Date of birth"), calendar_day(details.birthdate), "details"),
        (_("Date of expiry"), calendar_day(details.expires_on), "details"),
        (_("Given names"), details.given_name, "names"),
        (_("Family name"), details.family_name, "names"),
    ]
    return [(key, value, url_for(f"proofing.{page}"), _("Change")) for key, value, page in rows if value]


def pictures(done: Progress) -> list[tuple[str, str, Piece, tuple[int, int]]]:
    """The pictures of the last page: kind, title, piece and size on the page."""
    return [(piece.kind, picture_page(piece.kind)[0], piece, shown_size(piece)) for piece in done.pictures]


def shown_size(piece: Piece) -> tuple[int, int]:
    """Width and height on the page, in CSS pixels."""
    scale = LARGEST_SHOWN / max(piece.width, piece.height)
    return round(piece.width * scale), round(piece.height * scale)


def date_parts(name: str, known: str) -> dict[str, str]:
    """What a date field shows: what was typed just now, else what was kept (YYYY-MM-DD)."""
    parts = dict(zip(("year", "month", "day"), known.split("-"), strict=False))
    return {part: request.form.get(f"{name}-{part}", parts.get(part, "")) for part in ("day", "month", "year")}


def names_to_show(details: Details) -> tuple[str, str]:
    """The names given before, else those of the machine-readable lines to start from."""
    if details.has_names:
        return details.given_name, details.family_name
    given, family = (name.title() for name in details.mrz_names)
    return (given, family) if given else (family, "")
