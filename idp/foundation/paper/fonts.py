"""Which of the machine's fonts are needed for a text: the fewest that hold every letter of it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

truetype: Any = deferred("fontTools.ttLib")

PREFERRED: Final = (
    ("NotoSans-Regular.ttf", 0),
    ("NotoSansArabic-Regular.ttf", 0),
    ("NotoNaskhArabic-Regular.ttf", 0),
    ("NotoSansCJK-Regular.ttc", 3),  # The faces are Japanese, Korean, simplified and traditional Chinese, Hong Kong.
    ("DejaVuSans.ttf", 0),
)
"""File names and the face within; whatever else begins with NotoSans is tried after them."""
LETTERS: Final = ("L", "M", "N")
BUILT_IN: Final = "cp1252"
"""What every reader of PDF can show without a font in the file."""


@dataclass(frozen=True, slots=True)
class Font:
    """A file with its face."""

    path: Path
    face: int


def needed(text: str, folder: Path) -> Sequence[Font]:
    """The fonts for `text`, the main one first; none if the built-in ones of PDF suffice and there are no others.

    Raises Refusal("paper.no_font") if a letter or digit is in no font; other signs may be missing.
    """
    missing = {character for character in text if not character.isspace()}
    chosen: list[Font] = []
    for font in _installed(folder):
        covered = missing & _characters(font)
        if covered:
            chosen.append(font)
            missing -= covered
        if not missing:
            break
    letters = [character for character in missing if unicodedata.category(character)[0] in LETTERS]
    if not letters or (not chosen and _is_built_in(letters)):
        return chosen
    names = sorted({unicodedata.name(letter, "unknown").split()[0] for letter in letters})
    raise Refusal("paper.no_font", f"no font in {folder} for letters of {', '.join(names)}")


def _installed(folder: Path) -> Iterable[Font]:
    found = {path.name: path for path in sorted(folder.rglob("*.tt[fc]"))}
    yield from (Font(found[name], face) for name, face in PREFERRED if name in found)
    others = (name for name in found if name.startswith("NotoSans") and name.endswith("-Regular.ttf"))
    yield from (Font(found[name], 0) for name in others if (name, 0) not in PREFERRED)


def _characters(font: Font) -> set[str]:
    with truetype.TTFont(font.path, fontNumber=font.face, lazy=True) as face:
        return {chr(code) for code in face.getBestCmap() or {}}


def _is_built_in(letters: Iterable[str]) -> bool:
    try:
        "".join(letters).encode(BUILT_IN)
    except UnicodeEncodeError:
        return False
    return True
