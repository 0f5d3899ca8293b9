"""Machine-readable zones as the Arcadian passport office prints them (ICAO Doc 9303 parts 4 and 5)."""

from collections.abc import Mapping

from idp.protocol.mrz_layout import check_digit
from idp.protocol.mrz_names import spellings

STATE = "XAR"
SEXES = {"female": "F", "male": "M"}


def passport(row: Mapping[str, str]) -> tuple[str, str]:
    """The two lines of 44 characters for a row of the register."""
    number = _filled(row["passport_number"], 9)
    personal = _filled("", 14)
    born, expires = _yymmdd(row["birthdate"]), _yymmdd(row["passport_expires_on"])
    sex = SEXES.get(row["gender"], "<")
    checked = (number + check_digit(number), born + check_digit(born), expires + check_digit(expires))
    composite = "".join(checked) + personal + check_digit(personal)
    line = f"{checked[0]}{STATE}{checked[1]}{sex}{checked[2]}{personal}{check_digit(personal)}{check_digit(composite)}"
    return _filled(f"P<{STATE}{names(row)}", 44), line


def card(row: Mapping[str, str]) -> tuple[str, str, str]:
    """The three lines of 30 characters for a row of the register."""
    number = _filled(row["idcard_number"], 9)
    born, expires = _yymmdd(row["birthdate"]), _yymmdd(row["idcard_expires_on"])
    first = _filled(f"I<{STATE}{number}{check_digit(number)}", 30)
    born, expires = born + check_digit(born), expires + check_digit(expires)
    more = _filled("", 11)
    composite = check_digit(first[5:] + born + expires + more)
    sex = SEXES.get(row["gender"], "<")
    return first, f"{born}{sex}{expires}{STATE}{more}{composite}", _filled(names(row), 30)


def names(row: Mapping[str, str]) -> str:
    """Surname, two fillers, given names; a single name stands where the surname does."""
    names = [spelt(row["family_name_latin"]), spelt(row["given_name_latin"])]
    return "<<".join(filter(None, names))


def spelt(name: str) -> str:
    """Of the two ways a passport may write ü the one with an E."""
    ways = sorted(spellings(name), key=len)
    return ways[-1].replace(" ", "<") if ways else ""


def _yymmdd(day: str) -> str:
    return day[2:].replace("-", "")


def _filled(text: str, width: int) -> str:
    return text[:width].ljust(width, "<")
