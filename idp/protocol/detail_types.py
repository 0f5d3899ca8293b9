"""RFC 9396 section 9, https://www.rfc-editor.org/rfc/rfc9396#section-9: what types of authorization details there are.

A type is data of the country pack: which members its objects may and must have, of what kind each is, and the words
that say it to a citizen in every language. Every member has words, so that nobody allows what was not shown. Left out:
nested objects, and schemas in JSON (appendix B).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from idp.protocol import redirect_uri

LONGEST_TEXT: Final = 140
MOST_VALUES: Final = 20
COMMON: Final[Mapping[str, tuple[str, ...]]] = {
    "locations": ("addresses",),
    "actions": ("texts", "choices"),
    "datatypes": ("texts", "choices"),
    "identifier": ("text", "choice", "iban"),
    "privileges": ("texts", "choices"),
}
"""Section 2.2: members that mean the same in every type, and the kinds that each may be of."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TYPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,128}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_CHECKSUM: Final = 97

Words = Mapping[str, str]
"""One text in every language, by Babel's name of the language."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a type's objects. `choices` are the words of the values that it may have, if only some."""

    name: str
    kind: str
    label: Words
    required: bool = False
    choices: Mapping[str, Words] = field(default_factory=dict)

    def accepts(self, value: object) -> bool:
        """Whether the value is of this member's kind."""
        return KINDS[self.kind](value, self.choices)


@dataclass(frozen=True, slots=True)
class DetailType:
    """One type. `text` is a sentence with members that are always there in braces: `{amount} to {account}`."""

    name: str
    title: Words
    text: Words
    members: Mapping[str, Member]


Catalogue = Mapping[str, DetailType]
"""Every type there is, by its name."""
NO_TYPES: Final[Catalogue] = {}


def read(tables: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """The catalogue of a country pack. Raises ValueError that says what is wrong, or KeyError for what is missing."""
    return {name: _type(name, table) for name, table in tables.items()}


def placeholders(text: str) -> frozenset[str]:
    """The members that a sentence names."""
    return frozenset(_PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The sentence with its members' values."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _type(name: str, table: Mapping[str, Any]) -> DetailType:
    if not _TYPE.fullmatch(name):
        raise ValueError(f"authorization_details: {name!r} is no name for a type")
    members = {key: _member(f"authorization_details.{name}.{key}", key, one) for key, one in table["members"].items()}
    found = DetailType(name, _words(table["title"]), _words(table["text"]), members)
    always = {key for key, member in members.items() if member.required}
    for text in found.text.values():
        if not placeholders(text) <= always:
            raise ValueError(f"authorization_details.{name}: text names a member that is not required: {text!r}")
    return found


def _member(place: str, name: str, table: Mapping[str, Any]) -> Member:
    kind = table["kind"]
    if not _NAME.fullmatch(name) or name == "type":
        raise ValueError(f"{place}: is no name for a member")
    if kind not in COMMON.get(name, KINDS) or kind not in KINDS:
        raise ValueError(f"{place}: cannot be of the kind {kind!r}")
    if kind.startswith("choice") != bool(table.get("choices")):
        raise ValueError(f"{place}: choices belong to the kinds choice and choices")
    choices = {value: _words(words) for value, words in table.get("choices", {}).items()}
    return Member(name, kind, _words(table["label"]), bool(table.get("required", False)), choices)


def _words(table: Mapping[str, Any]) -> Words:
    if not table["en"] or not all(isinstance(text, str) for text in table.values()):
        raise ValueError(f"these are no words: {table!r}")
    return dict(table)


def _is_text(value: object, _choices: Mapping[str, Words]) -> bool:
    """Printable, so that nothing in it reorders or hides what stands beside it on the page."""
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= LONGEST_TEXT and value.isprintable()


def _is_choice(value: object, choices: Mapping[str, Words]) -> bool:
    return isinstance(value, str) and value in choices


def _is_address(value: object, _choices: Mapping[str, Words]) -> bool:
    return redirect_uri.fault(value) is None


def _is_day(value: object, _choices: Mapping[str, Words]) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_iban(value: object, _choices: Mapping[str, Words]) -> bool:
    """ISO 13616-1: the country and two digits go to the end, letters count from ten on, and 1 must remain."""
    if not isinstance(value, str) or not _IBAN.fullmatch(value):
        return False
    return int("".join(str(int(sign, 36)) for sign in value[4:] + value[:4])) % _CHECKSUM == 1


def _matching(pattern: re.Pattern[str]) -> "Kind":
    return lambda value, _choices: isinstance(value, str) and pattern.fullmatch(value) is not None


def _list_of(kind: "Kind") -> "Kind":
    def is_list(value: object, choices: Mapping[str, Words]) -> bool:
        if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
            return False
        return all(kind(one, choices) for one in value) and len(set(value)) == len(value)

    return is_list


Kind = Callable[[object, Mapping[str, Words]], bool]
KINDS: Final[Mapping[str, Kind]] = {
    "text": _is_text,
    "texts": _list_of(_is_text),
    "choice": _is_choice,
    "choices": _list_of(_is_choice),
    "amount": _matching(_AMOUNT),
    "currency": _matching(_CURRENCY),
    "iban": _is_iban,
    "date": _is_day,
    "addresses": _list_of(_is_address),
}
