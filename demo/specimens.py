"""Draws specimen documents of Arcadians, so that a new citizen can try verification: `python -m demo.specimens FOLDER`.

Portraits are drawn too; nobody's face is anybody's. Every document says SPECIMEN.
"""

import csv
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from demo import zones

REGISTER = Path(__file__).parent / "register.csv"
PAGE = (1250, 880)
CARD = (1016, 640)
PORTRAIT = (700, 900)
PAPER, INK, FAINT, GREEN, GOLD = "#f3efe2", "#1b2421", "#d9d3bd", "#0d5b4c", "#c9a24a"
SKINS = ("#f1d3b8", "#e0b18c", "#c68f65", "#9a663f", "#6f452a", "#f5dcc8")
HAIRS = ("#1d1a17", "#3b2618", "#6b4423", "#a8743a", "#8c8c88", "#551f14")
CLOTHES = ("#2f4858", "#5a3d5c", "#7a3b2e", "#33553f", "#3c3c46", "#8a6d2f")
GROUNDS = ("#e6e9ec", "#e9e6df", "#e2e8e4")

Row = Mapping[str, str]


def register() -> list[dict[str, str]]:
    """Every row of the demonstration's population register."""
    with REGISTER.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def person(given_name_latin: str) -> dict[str, str]:
    """The row of one Arcadian by the given name as a passport spells it. Raises StopIteration if there is none."""
    return next(row for row in register() if row["given_name_latin"] == given_name_latin)


def portrait(row: Row) -> Image.Image:
    """A face that is always the same for the same person."""
    chance = sha256(row["national_identifier"].encode()).digest()
    skin, hair, clothes = (shades[chance[i] % len(shades)] for i, shades in enumerate((SKINS, HAIRS, CLOTHES)))
    picture = Image.new("RGB", PORTRAIT, GROUNDS[chance[3] % len(GROUNDS)])
    draw = ImageDraw.Draw(picture)
    wide = 150 + chance[4] % 30
    if row["gender"] == "female":
        draw.rounded_rectangle((350 - wide - 40, 230, 350 + wide + 40, 640 + chance[5] % 90), 150, fill=hair)
    draw.ellipse((80, 690, 620, 1200), fill=clothes)
    draw.rounded_rectangle((290, 560, 410, 760), 50, fill=_darker(skin))
    draw.ellipse((350 - wide, 210, 350 + wide, 640), fill=skin)
    draw.chord((350 - wide - 8, 175, 350 + wide + 8, 520), 180 + chance[6] % 14, 360 - chance[7] % 14, fill=hair)
    _features(draw, chance, hair, skin)
    return picture


def _features(draw: ImageDraw.ImageDraw, chance: bytes, hair: str, skin: str) -> None:
    gap, level = 62 + chance[8] % 14, 410 + chance[9] % 16
    for side in (-1, 1):
        eye = 350 + side * gap
        draw.ellipse((eye - 26, level - 15, eye + 26, level + 15), fill="#fbfaf7")
        draw.ellipse((eye - 13, level - 13, eye + 13, level + 13), fill=HAIRS[chance[10] % 3])
        draw.line((eye - 34, level - 38, eye + 34, level - 42 + chance[11] % 8), fill=hair, width=9)
    nose = (350, level + 30, 338 - chance[12] % 8, level + 92, 362, level + 96)
    draw.line(nose, fill=_darker(skin), width=7, joint="curve")
    smile = chance[13] % 18
    draw.arc((295, level + 100, 405, level + 150 + smile), 20, 160, fill="#8f3f38", width=9)
    if chance[14] % 3 == 0:
        for eye in (350 - gap, 350 + gap):
            draw.ellipse((eye - 48, level - 40, eye + 48, level + 44), outline="#2b2b2b", width=6)
        draw.line((350 - gap + 48, level, 350 + gap - 48, level), fill="#2b2b2b", width=6)


def passport(row: Row) -> Image.Image:
    """The page with the photograph."""
    page = _ground(PAGE)
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, PAGE[0], 92), fill=GREEN)
    _write(draw, (44, 26), "REPUBLIC OF ARCADIA", 38, "#ffffff")
    _write(draw, (930, 30), "PASSPORT", 32, GOLD)
    page.paste(portrait(row).resize((340, 437)), (50, 150))
    fields = (
        ("Type / State / Passport No.", f"P   {zones.STATE}   {row['passport_number']}"),
        *_person_fields(row),
        ("Date of issue", row["passport_issued_on"]),
        ("Date of expiry", row["passport_expires_on"]),
    )
    _fields(draw, fields, (440, 130), 66)
    _zone(draw, zones.passport(row), (44, 745), 26.4, 40)
    return page


def card(row: Row) -> Image.Image:
    """Both sides of the identity card, the front above the back."""
    both = Image.new("RGB", (CARD[0], CARD[1] * 2 + 30), "#ffffff")
    front, back = _ground(CARD), _ground(CARD)
    draw = ImageDraw.Draw(front)
    draw.rectangle((0, 0, CARD[0], 76), fill=GREEN)
    _write(draw, (34, 20), "REPUBLIC OF ARCADIA", 32, "#ffffff")
    _write(draw, (690, 24), "IDENTITY CARD", 28, GOLD)
    front.paste(portrait(row).resize((290, 373)), (36, 130))
    dates = (("Card No.", row["idcard_number"]), *_person_fields(row), ("Date of expiry", row["idcard_expires_on"]))
    _fields(draw, dates, (370, 100), 60)
    draw = ImageDraw.Draw(back)
    _fields(draw, (("Date of issue", row["idcard_issued_on"]), ("Place of birth", row["place_of_birth"])), (44, 60), 80)
    _zone(draw, zones.card(row), (44, 440), 31, 56)
    both.paste(front, (0, 0))
    both.paste(back, (0, CARD[1] + 30))
    return both


def draw_all(folder: Path) -> int:
    """Write passport.png, idcard.png, portrait.png and mrz.txt for every Arcadian; returns for how many."""
    rows = register()
    for row in rows:
        _draw_one(folder / _slug(row), row)
    return len(rows)


def _draw_one(folder: Path, row: Row) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in (("passport", passport(row)), ("idcard", card(row)), ("portrait", portrait(row))):
        picture.save(folder / f"{name}.png")
    zone = "\n".join(("Passport", *zones.passport(row), "", "Identity card", *zones.card(row), ""))
    (folder / "mrz.txt").write_text(zone, encoding="utf-8")


def _slug(row: Row) -> str:
    parts = (zones.spelt(row["given_name_latin"]), zones.spelt(row["family_name_latin"]))
    return "-".join(filter(None, parts)).replace("<", "-").casefold()


def _person_fields(row: Row) -> tuple[tuple[str, str], ...]:
    surname, _, given = zones.names(row).partition("<<")
    return (
        ("Surname", surname.replace("<", " ")),
        ("Given names", given.replace("<", " ")),
        ("Nationality / Sex", f"Arcadian   {zones.SEXES.get(row['gender'], 'X')}"),
        ("Date of birth", row["birthdate"]),
    )


def _ground(size: tuple[int, int]) -> Image.Image:
    """Paper with the fine lines of a security print, and the word that keeps it honest."""
    page = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(page)
    for at in range(-size[1], size[0], 22):
        draw.line((at, 0, at + size[1], size[1]), fill=FAINT)
    _write(draw, (size[0] - 330, size[1] // 2 - 40), "SPECIMEN", 58, "#cdb98a")
    return page


def _fields(draw: ImageDraw.ImageDraw, fields: tuple[tuple[str, str], ...], at: tuple[int, int], step: int) -> None:
    for place, (label, value) in enumerate(fields):
        top = at[1] + place * step
        _write(draw, (at[0], top), label, 18, "#5b6660")
        _write(draw, (at[0], top + 20), value, 30, INK)


def _zone(draw: ImageDraw.ImageDraw, lines: tuple[str, ...], at: tuple[int, int], pitch: float, step: int) -> None:
    font = ImageFont.load_default(34)
    for row, line in enumerate(lines):
        for place, letter in enumerate(line):
            draw.text((at[0] + (place + 0.5) * pitch, at[1] + row * step), letter, INK, font, anchor="ma")


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: str) -> None:
    draw.text(at, text, colour, ImageFont.load_default(size))


def _darker(colour: str) -> str:
    red, green, blue = (int(int(colour[at : at + 2], 16) * 0.82) for at in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"


if __name__ == "__main__":
    destination = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "documents"
    print(f"{draw_all(destination)} people in {destination}")  # noqa: T201 (this is what it is called for)
