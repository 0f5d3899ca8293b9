"""Reading a submitted form strictly: what no honest browser sends is refused, what a person got wrong is collected."""

import unicodedata
from collections.abc import Collection
from datetime import date

from werkzeug.datastructures import FileStorage, MultiDict

from idp.foundation.refusal import Refusal

Errors = list[tuple[str, str]]
"""(id of the field, message in the reader's language), for the error summary and the field alike."""

_LINE_BREAKS = "\t\n\r"
_NOT_UTF8 = "\N{REPLACEMENT CHARACTER}"


class Form:
    """One submitted form. Readers return clean values and collect in `errors` what the person must correct.

    Every reader raises Refusal `forms.malformed` for what no browser of ours would send: a repeated field, a control
    character, bytes that are not UTF-8, or far more text than the field takes.
    """

    def __init__(self, fields: "MultiDict[str, str]", files: "MultiDict[str, FileStorage] | None" = None) -> None:
        self._fields = fields
        self._files: MultiDict[str, FileStorage] = files if files is not None else MultiDict()
        self.errors: Errors = []

    def fail(self, field_id: str, message: str) -> None:
        """Collect one thing to correct."""
        self.errors.append((field_id, message))

    def text(self, name: str, *, limit: int = 200, missing: str = "", field_id: str = "", lines: bool = False) -> str:
        """NFC text without surrounding space; `missing` is the message if it is empty ('' for an optional field)."""
        value = _clean(self._fields, name, limit, lines=lines).strip()
        if missing and not value:
            self.fail(field_id or name, missing)
        return value

    def secret(self, name: str, *, limit: int = 256, missing: str = "", field_id: str = "") -> str:
        """A password: NFC (SP 800-63B-4, section 3.1.1.2), spaces kept."""
        value = _clean(self._fields, name, limit)
        if missing and not value:
            self.fail(field_id or name, missing)
        return value

    def digits(self, name: str, *, count: int | None = None, wrong: str = "", field_id: str = "") -> str:
        """ASCII digits of a code typed in any script with any spacing; '' and `wrong` if there are not `count`."""
        value = digits_only(_clean(self._fields, name, 64))
        if value and (count is None or len(value) == count):
            return value
        if wrong:
            self.fail(field_id or name, wrong)
        return ""

    def choice(self, name: str, options: Collection[str], *, missing: str = "", field_id: str = "") -> str:
        """One of `options`, or '' if none was chosen; a value that was not offered is malformed."""
        value = _clean(self._fields, name, 200)
        if value and value not in options:
            raise Refusal("forms.malformed", "a choice that was not offered", field=name)
        if missing and not value:
            self.fail(field_id or name, missing)
        return value

    def choices(self, name: str, options: Collection[str]) -> frozenset[str]:
        """Every box that was ticked among `options`."""
        values = frozenset(self._fields.getlist(name))
        if values - frozenset(options):
            raise Refusal("forms.malformed", "a choice that was not offered", field=name)
        return values

    def checked(self, name: str, *, missing: str = "", field_id: str = "") -> bool:
        """Whether the box was ticked."""
        ticked = bool(_clean(self._fields, name, 20))
        if missing and not ticked:
            self.fail(field_id or name, missing)
        return ticked

    def date(self, name: str, *, missing: str = "", wrong: str = "", field_id: str = "") -> date | None:
        """The date of `name-day`, `name-month` and `name-year`; None with `missing` or `wrong` collected."""
        parts = [digits_only(_clean(self._fields, f"{name}-{part}", 20)) for part in ("year", "month", "day")]
        try:
            return date(*(int(part) for part in parts))
        except ValueError:
            message = wrong if any(parts) else missing
        if message:
            self.fail(f"{field_id or name}-day", message)
        return None

    def upload(
        self, name: str, *, limit: int, missing: str = "", too_big: str = "", field_id: str = ""
    ) -> bytes | None:
        """The bytes of a file of at most `limit` bytes; None with `missing` or `too_big` collected."""
        file = self._files.get(name)
        content = file.stream.read(limit + 1) if file else b""
        if 0 < len(content) <= limit:
            return content
        message = too_big if content else missing
        if message:
            self.fail(field_id or name, message)
        return None


def digits_only(text: str) -> str:
    """The decimal digits of `text` in any script, as ASCII: codes are pasted with spaces and typed on any keyboard."""
    return "".join(str(unicodedata.decimal(character)) for character in text if character.isdecimal())


def _clean(fields: "MultiDict[str, str]", name: str, limit: int, *, lines: bool = False) -> str:
    values = fields.getlist(name)
    if len(values) > 1:
        raise Refusal("forms.malformed", "a field was sent more than once", field=name)
    value = unicodedata.normalize("NFC", values[0]) if values else ""
    if len(value) > limit:
        raise Refusal("forms.malformed", "a field is longer than it may be", field=name, limit=limit)
    if any(_forbidden(character, lines=lines) for character in value):
        raise Refusal("forms.malformed", "a field holds control characters or is not UTF-8", field=name)
    return value


def _forbidden(character: str, *, lines: bool) -> bool:
    if lines and character in _LINE_BREAKS:
        return False
    return character == _NOT_UTF8 or unicodedata.category(character) in ("Cc", "Cs")
