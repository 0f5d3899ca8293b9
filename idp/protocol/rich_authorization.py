"""RFC 9396, https://www.rfc-editor.org/rfc/rfc9396: authorization_details, which say exactly what is to be allowed.

Each object is of a registered type, and has the members of that type and no other. Left out: details that the citizen
chooses herself (enriched details, section 7.1), and comparing the details of two requests: consent is given anew.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from idp.protocol.detail_types import Catalogue, DetailType
from idp.protocol.errors import INVALID_AUTHORIZATION_DETAILS, OAuthError
from idp.protocol.strict_json import NotStrictJSON, parse

PARAMETER: Final = "authorization_details"
LOCATIONS: Final = "locations"
"""Section 2.2."""
MOST_DETAILS: Final = 10
LARGEST: Final = 8192
DEEPEST: Final = 3
"""An array of objects whose members may be arrays."""

Detail = Mapping[str, Any]


def check(text: str, catalogue: Catalogue, allowed: Collection[str]) -> str:
    """`authorization_details` as JSON to keep, if every object is of a type that is `allowed` and fits it (section 5).

    Raises OAuthError(invalid_authorization_details), which quotes nothing that was sent but names of types that exist.
    """
    details = _array(text)
    for number, detail in enumerate(details, 1):
        fault = _fault(detail, catalogue, allowed)
        if fault:
            raise _refused(f"object {number} {fault}")
    return json.dumps(details, ensure_ascii=False, separators=(",", ":"))


def kept(text: str | None) -> tuple[Detail, ...]:
    """What `check` gave for storage; nothing for a request without details."""
    return tuple(json.loads(text)) if text else ()


def types_of(text: str | None) -> tuple[str, ...]:
    """The types of what was kept, each once: all of it that is nobody's secret."""
    return tuple(dict.fromkeys(str(detail["type"]) for detail in kept(text)))


def narrowed(asked: str, granted: Sequence[Detail], held: Iterable[int]) -> tuple[int, ...]:
    """Section 6: the places in `granted` of the objects that a token request asks for, of those that are `held`.

    Each must be one of them as JSON, whatever the order of its members, and each of them counts once: who may pay once
    cannot pay twice. Raises OAuthError(invalid_authorization_details).
    """
    left = {place: _canonical(granted[place]) for place in held}
    found = []
    for number, detail in enumerate(_array(asked), 1):
        wanted = _canonical(detail)
        place = next((place for place, text in left.items() if text == wanted), None)
        if place is None:
            raise _refused(f"object {number} is none of those that were granted")
        del left[place]
        found.append(place)
    return tuple(sorted(found))


def is_for(detail: Detail, addresses: Iterable[str]) -> bool:
    """Section 9: whether the object concerns who is at these `addresses`; without `locations` it concerns everybody."""
    return LOCATIONS not in detail or not set(addresses).isdisjoint(detail[LOCATIONS])


def _array(text: str) -> list[object]:
    try:
        details = parse(text, largest=LARGEST, deepest=DEEPEST)
    except NotStrictJSON as error:
        raise _refused(f"it cannot be read: {error}") from error
    if not isinstance(details, list) or not 0 < len(details) <= MOST_DETAILS:
        raise _refused(f"it is not an array of 1 to {MOST_DETAILS} objects")
    return details


def _canonical(detail: object) -> str:
    """As text, because Python takes 1, 1.0 and true for the same."""
    return json.dumps(detail, sort_keys=True)


def _fault(detail: object, catalogue: Catalogue, allowed: Collection[str]) -> str | None:
    if not isinstance(detail, dict):
        return "is not an object"
    name = detail.get("type")
    if not isinstance(name, str) or name not in catalogue:
        return "is of no type that exists here"
    if name not in allowed:
        return f"is of the type {name}, for which the client is not registered"
    return _fault_of_members(detail, catalogue[name])


def _fault_of_members(detail: Detail, kind: DetailType) -> str | None:
    if not detail.keys() <= {"type", *kind.members}:
        return f"has a member that {kind.name} does not have"
    for name, member in kind.members.items():
        if name not in detail:
            if member.required:
                return f"lacks {name}"
        elif not member.accepts(detail[name]):
            return f"has a {name} that is no {member.kind}"
    return None


def _refused(what: str) -> OAuthError:
    return OAuthError(INVALID_AUTHORIZATION_DETAILS, f"The parameter {PARAMETER}: {what}.")
