"""User names: PRECIS UsernameCaseMapped, RFC 8265 section 3.3, https://www.rfc-editor.org/rfc/rfc8265#section-3.3

What two names look like is compared by their skeletons: UTS #39 section 4, https://www.unicode.org/reports/tr39/.
Left out: ASCII characters stand for themselves, so `m` and `rn`, `1` and `l` remain two; names are compared without
regard to the direction in which they are written.
"""

import unicodedata
from pathlib import Path

from precis_i18n import get_profile
from precis_i18n.unicode import UnicodeData

from idp.foundation.refusal import Refusal

_PROFILE = get_profile("UsernameCaseMapped")
_UNICODE = UnicodeData()


def enforced(text: str) -> str:
    """The name as it may be given to somebody. Raises Refusal("username.unfit") saying which character is not allowed.

    Letters, digits and ASCII signs are; spaces, symbols, invisible characters, and a mixture of directions are not.
    """
    try:
        return str(_PROFILE.enforce(text))
    except UnicodeEncodeError as error:
        found = " ".join(f"U+{ord(character):04X}" for character in text[error.start : error.end][:1])
        why = error.reason.partition("/")[2].replace("_", " ")
        raise Refusal("username.unfit", f"a user name cannot hold {found or 'nothing'} ({why})") from None


def skeleton(text: str) -> str:
    """What the name looks like: two names with one skeleton are one name. Of any text; it is not for display."""
    seen = unicodedata.normalize("NFD", folded(text))
    return folded("".join(_LOOKS_LIKE.get(character, character) for character in seen))


def folded(text: str) -> str:
    """Without invisible characters, surrounding space, width, case and compatibility forms (UAX #44 NFKC_Casefold)."""
    once = unicodedata.normalize("NFKC", visible(text)).strip().casefold()
    return unicodedata.normalize("NFKC", once)


def visible(text: str) -> str:
    """Without what nobody sees: zero-width characters, controls of direction, soft hyphens, variation selectors."""
    return "".join(character for character in text if not _UNICODE.default_ignorable(ord(character)))


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


def _read() -> dict[str, str]:
    lines = Path(__file__).with_name("confusables.txt").read_text().splitlines()
    pairs = (line.split(";") for line in lines if not line.startswith("#"))
    prototypes = {_characters(source): _characters(target) for source, target in pairs}
    return {source: target for source, target in prototypes.items() if not source.isascii()}


_LOOKS_LIKE = _read()
