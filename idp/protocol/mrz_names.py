"""ICAO Doc 9303 part 3 section 6 A, https://www.icao.int/publications/doc-series/doc-9303: names as a zone spells them.

To compare a name on record with one in a zone. Latin letters only. Left out: the tables for Cyrillic (6 B) and Arabic
(6 C); a register that holds such names holds the passport's spelling beside them.
"""

import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans(
    {"Æ": "AE", "Œ": "OE", "Ø": "OE", "Þ": "TH", "ẞ": "SS", "ß": "SS", "Ĳ": "IJ", "Ð": "D", "Đ": "D", "Ħ": "H"}
    | {"Ł": "L", "Ŋ": "N", "Ŧ": "T", "ĸ": "Q", "\N{LATIN SMALL LETTER DOTLESS I}": "I"}
)
_WIDENED: Final = str.maketrans({"Ä": "AE", "Å": "AA", "Ö": "OE", "Ü": "UE"})
_DROPPED: Final = dict.fromkeys(map(ord, "'`.,\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"))
_SPACES: Final = dict.fromkeys(map(ord, "-<\N{HYPHEN}\N{NON-BREAKING HYPHEN}"), " ")  # section 4.6: it becomes a filler


def spellings(name: str) -> frozenset[str]:
    """How a zone may write `name`, in capitals and single spaces: Müller is MUELLER or MULLER. Empty if not Latin."""
    composed = unicodedata.normalize("NFC", name.translate(_DROPPED).translate(_SPACES))
    upper = unicodedata.normalize("NFC", composed.translate(_LETTERS).upper()).translate(_LETTERS)
    both = (_ascii(upper.translate(_WIDENED)), _ascii(upper))
    return frozenset(spelling for spelling in both if spelling)


def same_name(recorded: str, printed: str, *, may_be_cut: bool = False) -> bool:
    """Whether `printed` (from a zone) is `recorded`; if it may be cut, whether it is how `recorded` begins."""
    wanted = " ".join(printed.split())
    if not wanted:
        return not recorded.strip()
    return any(s == wanted or (may_be_cut and s.startswith(wanted)) for s in spellings(recorded))


def _ascii(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    words = " ".join(plain.upper().split())
    return words if words.isascii() and words.replace(" ", "").isalpha() else ""
