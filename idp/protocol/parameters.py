"""RFC 6749 section 3.1 and 3.2, https://www.rfc-editor.org/rfc/rfc6749#section-3.1: request parameters, read strictly.

A parameter stands once, but for two that may repeat: `resource` (RFC 8707 section 2) and `audience` (RFC 8693 section
2.1). One without a value counts as omitted, unknown ones are ignored (but measured). Left out: nothing; the bounds are
ours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from idp.protocol.errors import INVALID_REQUEST, OAuthError

LONGEST_NAME: Final = 128
LONGEST_VALUE: Final = 4096
LONGEST: Final[Mapping[str, int]] = {
    "scope": 1024,
    "state": 2048,
    "nonce": 1024,
    "claims": 8192,
    "authorization_details": 8192,
    "id_token_hint": 8192,  # it may hold verified_claims
    "client_assertion": 8192,
    "request": 12 * 1024,  # it may hold claims
    # an access token may be a JWT, with every resource it is for
    "access_token": 12_288,
    "actor_token": 12_288,
    "subject_token": 12_288,
    "token": 12_288,
}
REPEATABLE: Final = frozenset({"audience", "resource"})
MOST_PARAMETERS: Final = 64
LARGEST_REQUEST: Final = 16 * 1024

_BETWEEN: Final = "\n"
"""Stands between the values of a repeated parameter: no value can hold it, so that nothing reads as two."""
_CONTROLS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
_JSON: Final = frozenset({"claims", "authorization_details"})
_JSON_WHITE_SPACE: Final = str.maketrans("\t\r\n", "   ")


def single(pairs: Sequence[tuple[str, str]], repeatable: Collection[str] = REPEATABLE) -> dict[str, str]:
    """The parameters of one request by name, from its decoded (name, value) pairs in query and body together.

    A `repeatable` one is to be read with `every`. Raises OAuthError(invalid_request) for anything else that is
    repeated, and for what is oversized or unprintable.
    """
    if len(pairs) > MOST_PARAMETERS:
        raise OAuthError(INVALID_REQUEST, f"More than {MOST_PARAMETERS} parameters were sent.")
    seen: dict[str, str] = {}
    octets = 0
    for name, value in pairs:
        octets += _octets(name, LONGEST_NAME)
        octets += _octets(_visible(name, value), LONGEST.get(name, LONGEST_VALUE), name)
        if name in seen and name not in repeatable:
            raise OAuthError(INVALID_REQUEST, f"The parameter {name} was sent more than once.")
        seen[name] = joined((*every(seen, name), value)) if name in seen else value
    if octets > LARGEST_REQUEST:
        raise OAuthError(INVALID_REQUEST, "The request is too large.")
    return {name: value for name, value in seen.items() if value}


def pairs(parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """What `single` read, for whoever must send it again: `single(pairs(p)) == p`."""
    return [
        (name, one)
        for name, value in parameters.items()
        for one in (every(parameters, name) if name in REPEATABLE else (value,))
    ]


def required(parameters: Mapping[str, str], name: str) -> str:
    """The value of `name`. Raises OAuthError(invalid_request) that names it when it is missing."""
    value = parameters.get(name)
    if not value:
        raise OAuthError(INVALID_REQUEST, f"The parameter {name} is missing.")
    return value


def every(parameters: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The distinct values of a repeatable parameter, in their order; empty when it was not sent."""
    together = parameters.get(name, "")
    if _BETWEEN not in together:  # Most often.
        return (together,) if together else ()
    return tuple(dict.fromkeys(value for value in together.split(_BETWEEN) if value))


def joined(values: Iterable[str]) -> str:
    """As `single` keeps the values of a repeatable parameter: the inverse of `every`."""
    return _BETWEEN.join(values)


def space_separated(text: str | None) -> tuple[str, ...]:
    """The distinct values of a space-delimited list, in their order (RFC 6749 section 3.3)."""
    return tuple(dict.fromkeys(value for value in (text or "").split(" ") if value))


def _visible(name: str, value: str) -> str:
    """JSON may be indented; no other value has a use for a control character."""
    return value.translate(_JSON_WHITE_SPACE) if name in _JSON else value


def _octets(text: str, longest: int, of: str | None = None) -> int:
    """How many `text` is, the value `of` a parameter or the name of one."""
    if len(text) <= longest and text.isascii() and text.isprintable():  # Most often: one octet a character.
        return len(text)
    what = "A parameter name" if of is None else f"The parameter {of}"[:80]
    if len(text) > longest:
        raise OAuthError(INVALID_REQUEST, f"{what} is longer than {longest} characters.")
    if not text.isprintable() and text.translate(_CONTROLS) != text:
        raise OAuthError(INVALID_REQUEST, f"{what} holds a control character.")
    try:
        return len(text.encode())
    except UnicodeError:
        raise OAuthError(INVALID_REQUEST, f"{what} is not valid UTF-8.") from None
