"""RFC 7591 section 2, https://www.rfc-editor.org/rfc/rfc7591#section-2: the value of one client metadata member.

Each reader takes JSON and gives the typed value, or raises WrongValue with the rest of a sentence that begins with the
member's name. Left out: rules between members, which are in `registration`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from idp.protocol import jwk_set, redirect_uri

MOST_VALUES: Final = 50
LONGEST_TEXT: Final = 200
MOST_SECONDS: Final = 2**31 - 1

_CLIENT_ID = re.compile(r"[\x21-\x7E]{1,128}")
_SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,64}( [\x21\x23-\x5B\x5D-\x7E]{1,64}){0,49}")  # RFC 6749 section 3.3
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_REFERENCE = re.compile(r"[^#]*(#[A-Za-z0-9_-]{43})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # and what reorders text


class WrongValue(Exception):
    """`sentences` say, without the subject and the full stop, what is wrong."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = sentences


def client_id(value: object) -> str:
    """RFC 6749 appendix A.1, without spaces."""
    if not isinstance(value, str) or not _CLIENT_ID.fullmatch(value):
        raise WrongValue("is not a text of 1 to 128 printable ASCII characters without spaces")
    return value


def text(longest: int) -> Callable[[object], str]:
    """A reader for a line of text of at most `longest` characters."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest or _CONTROL.search(value):
            raise WrongValue(f"is not a text of at most {longest} characters")
        return value.strip()

    return read


def texts(value: object) -> tuple[str, ...]:
    """A list of short texts."""
    return tuple(text(LONGEST_TEXT)(one) for one in _list(value))


def boolean(value: object) -> bool:
    """A JSON boolean, and no word for it."""
    if not isinstance(value, bool):
        raise WrongValue("is not true or false")
    return value


def seconds(value: object) -> int:
    """A duration."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_SECONDS:
        raise WrongValue("is not a whole number of seconds")
    return value


def choice(known: Sequence[str]) -> Callable[[object], str]:
    """A reader for one of the `known` values."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise WrongValue(f"is none of those that exist here: {', '.join(known)}")
        return value

    return read


def choices(known: Sequence[str]) -> Callable[[object], tuple[str, ...]]:
    """A reader for a list of the `known` values."""
    one = choice(known)

    def read(value: object) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one(member) for member in _list(value)))

    return read


def uri(value: object) -> str:
    """An address we show, send to or redirect to."""
    fault = redirect_uri.fault(value)
    if fault:
        raise WrongValue(fault)
    return str(value)


def uris(value: object) -> tuple[str, ...]:
    """A list of addresses; every faulty one is named by its place."""
    found = [(number, redirect_uri.fault(one)) for number, one in enumerate(_list(value), 1)]
    faults = [f"number {number} {fault}" for number, fault in found if fault]
    if faults:
        raise WrongValue(*faults)
    return tuple(dict.fromkeys(_list(value)))


def request_uris(value: object) -> tuple[str, ...]:
    """As `uris`; the fragment of each may say what stands there (OpenID Connect Core section 6.2)."""
    plain = [one.partition("#")[0] if isinstance(one, str) else one for one in _list(value)]
    wrong = [at for at, one in enumerate(_list(value), 1) if isinstance(one, str) and not _REFERENCE.fullmatch(one)]
    if wrong:
        raise WrongValue(*(f"number {at} has a fragment that is not the SHA-256 of what stands there" for at in wrong))
    uris(plain)
    return tuple(dict.fromkeys(value))  # type: ignore[call-overload]


def scope(value: object) -> tuple[str, ...]:
    """A space-separated list of scopes."""
    if not isinstance(value, str) or not (value == "" or _SCOPE.fullmatch(value)):
        raise WrongValue("is not a list of scopes separated by single spaces")
    return tuple(dict.fromkeys(value.split()))


def jwks(value: object) -> Mapping[str, Any]:
    """A set of public keys."""
    faults = jwk_set.faults(value)
    if faults:
        raise WrongValue(*faults)
    assert isinstance(value, Mapping)  # noqa: S101 (for the type checker: a set without faults is an object)
    return value


def localised(name: str, document: Mapping[str, object]) -> dict[str, str]:
    """The members `name#language` by language (RFC 7591 section 2.2); one that is no proper text is ignored."""
    tagged = {
        member.removeprefix(f"{name}#"): value for member, value in document.items() if member.startswith(f"{name}#")
    }
    proper = {
        tag: value.strip() for tag, value in tagged.items() if isinstance(value, str) and _LANGUAGE.fullmatch(tag)
    }
    return {
        tag: value
        for tag, value in proper.items()
        if value and len(value) <= LONGEST_TEXT and not _CONTROL.search(value)
    }


def _list(value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        raise WrongValue(f"is not a list of at most {MOST_VALUES} values")
    return value
