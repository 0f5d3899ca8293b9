"""RFC 9396, https://www.rfc-editor.org/rfc/rfc9396: authorization_details, which say exactly what is to be allowed.

Each object is of a registered type, and has the members of that type and no other. Left out: details that the citizen
chooses herself (enriched details, section 7.1), and comparing the details of two requests: consent is given anew.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from idp.protocol.detail_types import Catalogue, DetailType
from idp.protocol.errors import INVALID_AUTHORIZATION_DETAILS, OAuthError
from idp.protocol.strict_json import NotStrictJSON, parse

PARAMETER: Final = "authorization_details"
MOST_DETAILS: Final = 10
LARGEST: Final = 8192
DEEPEST: Final = 3
"""An array of objects whose members may be arrays."""

Detail = Mapping[str, Any]


def check(text: str, catalogue: Catalogue, allowed: Collection[str]) -> str:
    """`authorization_details` as JSON to keep, if every object is of a type that is `allowed` and fits it (section 5).

    Raises OAuthError(invalid_authorization_details), which quotes nothing that was sent but names of types that exist.
    """
    try:
        details = parse(text, largest=LARGEST, deepest=DEEPEST)
    except NotStrictJSON as error:
        raise _refused(f"it cannot be read: {error}") from error
    if not isinstance(details, list) or not 0 < len(details) <= MOST_DETAILS:
        raise _refused(f"it is not an array of 1 to {MOST_DETAILS} objects")
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
