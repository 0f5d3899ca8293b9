"""What a service asks to be allowed, in the reader's words: the country pack has them, by type and member."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import get_locale

from idp.protocol.detail_types import Catalogue, DetailType, Member, Words, filled
from idp.protocol.rich_authorization import Detail
from idp.web.claim_words import listed
from idp.web.locale import calendar_day

ISOLATED = "\N{FIRST STRONG ISOLATE}%s\N{POP DIRECTIONAL ISOLATE}"
"""A value within a sentence of another direction (Unicode UAX #9 section 2.4.2)."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One of the things to be allowed: what it is, a sentence that says it, and every member beside its name."""

    title: str
    text: str
    rows: tuple[tuple[str, str], ...]


def spoken_details(details: Iterable[Detail], catalogue: Catalogue) -> tuple[Spoken, ...]:
    """In the order in which they were asked for."""
    return tuple(_spoken(detail, catalogue[str(detail["type"])]) for detail in details)


def _spoken(detail: Detail, kind: DetailType) -> Spoken:
    values = {member.name: _value(member, detail[member.name]) for member in _present(detail, kind)}
    rows = tuple((_said(kind.members[name].label), value) for name, value in values.items())
    isolated = {name: ISOLATED % value for name, value in values.items()}
    return Spoken(_said(kind.title), filled(_said(kind.text), isolated), rows)


def _present(detail: Detail, kind: DetailType) -> Iterator[Member]:
    return (member for name, member in kind.members.items() if name in detail)


def _value(member: Member, value: object) -> str:
    if isinstance(value, list):
        return listed(_one(member, one) for one in value)
    return _one(member, value)


def _one(member: Member, value: object) -> str:
    text = str(value)
    if member.choices:
        return _said(member.choices[text])
    return calendar_day(text) if member.kind == "date" else text


def _said(words: Words) -> str:
    return words.get(str(get_locale() or "en")) or words["en"]
