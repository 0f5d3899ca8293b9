"""RFC 7493 (I-JSON), https://www.rfc-editor.org/rfc/rfc7493: JSON that means the same thing to every reader.

Stricter than the standard library and than joserfc: no duplicate members, no NaN or Infinity, no number beyond 2**53,
no unpaired surrogate, no NUL; size and depth are bounded. Left out: nothing of section 2, but times stay plain numbers.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, Final, NoReturn

LARGEST_NUMBER: Final = 2**53
LONGEST_INTEGER: Final = len(str(-LARGEST_NUMBER))  # so that no one makes us read a million digits
LARGEST_TEXT: Final = 16 * 1024
DEEPEST: Final = 8


class NotStrictJSON(ValueError):
    """The text is not I-JSON within our bounds; the message says why and quotes nothing of it."""


def parse(text: str | bytes, *, largest: int = LARGEST_TEXT, deepest: int = DEEPEST) -> Any:
    """The value of `text` (UTF-8, at most `largest` octets, `deepest` levels of arrays and objects).

    Raises NotStrictJSON.
    """
    decoded = _decoded(text, largest)
    try:
        value = _DECODER.decode(decoded)
    except NotStrictJSON:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrictJSON("it is not JSON") from error
    # A NUL and half a character can only be written as an escape; what opens so few brackets is not nested too deeply.
    if "\\u" in decoded or decoded.count("{") + decoded.count("[") > deepest:
        _check_depth_and_strings(value, deepest)
    return value


def parse_object(text: str | bytes, *, largest: int = LARGEST_TEXT, deepest: int = DEEPEST) -> dict[str, Any]:
    """As `parse`, and the value is an object."""
    value = parse(text, largest=largest, deepest=deepest)
    if not isinstance(value, dict):
        raise NotStrictJSON("it is not a JSON object")
    return value


def _decoded(text: str | bytes, largest: int) -> str:
    if len(text) > largest:
        raise NotStrictJSON("it is too large")
    try:
        octets = text.encode() if isinstance(text, str) else text
        decoded = octets.decode()
    except UnicodeError as error:
        raise NotStrictJSON("it is not UTF-8") from error
    if len(octets) > largest:
        raise NotStrictJSON("it is too large")
    return decoded


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotStrictJSON("a member stands in it twice")
    return value


def _bounded_integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER or abs(number := int(digits)) > LARGEST_NUMBER:
        raise NotStrictJSON("a number is too large")
    return number


def _bounded_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise NotStrictJSON("a number is too large")
    return number


def _not_a_number(name: str) -> NoReturn:
    raise NotStrictJSON(f"{name} is not a JSON number")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_without_duplicates,
    parse_int=_bounded_integer,
    parse_float=_bounded_float,
    parse_constant=_not_a_number,
)


def _check_depth_and_strings(value: object, deepest: int) -> None:
    level = [value]
    for _ in range(deepest):
        level = [inner for outer in level for inner in _members(outer)]
    for innermost in level:
        if isinstance(innermost, list | dict):
            raise NotStrictJSON("it is nested too deeply")
        list(_members(innermost))


def _members(value: object) -> Iterator[object]:
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value
        yield from value.values()


def _check_string(text: str) -> None:
    if "\0" in text:
        raise NotStrictJSON("a string holds a NUL")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeError as error:
            raise NotStrictJSON("a string holds half a character") from error
