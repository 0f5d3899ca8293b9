"""OpenID Connect for Identity Assurance 1.0, https://openid.net/specs/openid-connect-4-identity-assurance-1_0.html.

`verified_claims` as the `claims` parameter asks for them and Identity Assurance Schema Definition 1.0 spells them. A
request is a template: what it does not name is not told, and what does not meet it is left out, never an error.
Left out: aggregated and distributed claims, `vouch` and `electronic_signature`, attachments, `assurance_process`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from idp.protocol.claim_values import Attributes, value_of
from idp.protocol.errors import INVALID_REQUEST, OAuthError

EVIDENCE: Final = ("document", "electronic_record")
DOCUMENTS: Final = ("passport", "idcard")
RECORDS: Final = ("population_register",)
CLAIMS: Final = (
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "gender",
    "birthdate",
    "place_of_birth",
    "nationalities",
    "address",
    "tax_number",
    "national_identifier",
)
"""`claims_in_verified_claims_supported`: no other claim is ever told as verified."""
MOST_ENTRIES: Final = 8
ALWAYS_TOLD: Final = frozenset({"trust_framework", "type", "check_method"})
"""Members without which their object is no valid answer: told with it, asked or not."""


class CheckMethod(StrEnum):
    """The specification's names for what is done here, and no others: discovery promises every one of them."""

    INSPECTED = "vpiruv"
    """Somebody looked at pictures of the document."""
    PERSON_COMPARED = "pvr"
    """And compared the person with it, from afar."""
    LOOKED_UP = "data"
    """Its details were compared with those of an authority."""


CHECK_METHODS: Final = tuple(str(method) for method in CheckMethod)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was done to a piece of evidence. `at` in Unix seconds; `organisation` is who did it."""

    method: CheckMethod
    at: int | None = None
    organisation: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document or a register entry. Dates are YYYY-MM-DD; `country` is ISO 3166-1 alpha-3."""

    type: str
    """`document` or `electronic_record`."""
    kind: str
    """Of a document `passport` or `idcard`, of a record `population_register`."""
    checks: tuple[Check, ...] = ()
    number: str = ""
    issuer: str = ""
    country: str = ""
    issued_on: str = ""
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was recorded when an identity was verified; `at` in Unix seconds; `claims` are the names verified."""

    trust_framework: str
    assurance_level: str
    at: int
    claims: tuple[str, ...]
    process: str = ""
    evidence: tuple[Evidence, ...] = ()


class _Unmet(Exception):
    """The recorded verification does not meet a constraint, so this element must not be told at all."""


def build(request: object, verification: Verification | None, attributes: Attributes, now: int) -> object | None:
    """The value of `verified_claims` for one template (or a list of them), or None when nothing can be told.

    `request` is what `check_request` accepted; `attributes` as in `claim_values`.
    """
    if verification is None or request is None:
        return None
    built = [_element(template, verification, attributes, now) for template in _templates(request)]
    told = [element for element in built if element]
    if isinstance(request, list):
        return told or None
    return told[0] if told else None


def check_request(value: object) -> object:
    """`value` as it is, if it has the right shape: an object, or an array of them, with `verification` and `claims`.

    Raises OAuthError(invalid_request).
    """
    templates = value if isinstance(value, list) else [value]
    if not 0 < len(templates) <= MOST_ENTRIES or not all(map(_is_template, templates)):
        raise OAuthError(
            INVALID_REQUEST,
            "The parameter claims: verified_claims needs a verification object and at least one member in its claims.",
        )
    return value


def claim_names(request: object) -> tuple[str, ...]:
    """Every claim that the template, or list of templates, asks for."""
    return tuple(dict.fromkeys(name for template in _templates(request) for name in template["claims"]))


def restricted(request: object, permitted: Collection[str]) -> object | None:
    """The request without the claims that are not `permitted`; None if none remains."""
    kept = [{**t, "claims": {n: w for n, w in t["claims"].items() if n in permitted}} for t in _templates(request)]
    left = [template for template in kept if template["claims"]]
    if not left:
        return None
    return left if isinstance(request, list) else left[0]


def timestamp(at: int) -> str:
    """Unix seconds as the specification's date and time: 2026-11-23T08:04:00Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_template(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    verification, claims = value.get("verification"), value.get("claims")
    if not isinstance(verification, dict) or not isinstance(claims, dict) or not claims:
        return False
    evidence = verification.get("evidence")
    if evidence is None:
        return True
    return isinstance(evidence, list) and len(evidence) <= MOST_ENTRIES and all(map(_is_evidence_filter, evidence))


def _is_evidence_filter(value: object) -> bool:
    kind = value.get("type") if isinstance(value, dict) else None
    return isinstance(kind, dict) and isinstance(kind.get("value"), str)  # "the RP MUST specify this type"


def _templates(request: object) -> list[dict[str, Any]]:
    if isinstance(request, list):
        return request
    return [request] if isinstance(request, dict) else []


def _element(
    template: Mapping[str, Any], verification: Verification, attributes: Attributes, now: int
) -> dict[str, object] | None:
    try:
        verified = _object(template["verification"], _recorded(verification), now)
    except _Unmet:
        return None
    claims = dict(_claims(template["claims"], verification, attributes, now))
    return {"verification": verified, "claims": claims} if claims else None


def _claims(
    wishes: Mapping[str, object], verification: Verification, attributes: Attributes, now: int
) -> Iterable[tuple[str, object]]:
    for name, wish in wishes.items():
        value = value_of(name, attributes) if name in CLAIMS and name in verification.claims else None
        if value is not None and _meets(wish, value, now):
            yield name, value


def _object(template: Mapping[str, object], recorded: Mapping[str, object], now: int) -> dict[str, object]:
    """The members of `recorded` that `template` names, and those an answer cannot be without."""
    wanted = [name for name in recorded if name in template or name in ALWAYS_TOLD]
    told = {name: _value(template.get(name), recorded[name], now) for name in wanted}
    if any(_is_constraint(wish) and name not in recorded for name, wish in template.items()):
        raise _Unmet
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def _value(wish: object, recorded: object, now: int) -> object | None:
    """One member: objects and arrays are told only as far as the template goes into them."""
    if isinstance(recorded, list):
        return _array(wish if isinstance(wish, list) else [], recorded, now)
    if isinstance(recorded, Mapping):
        return _object(wish, recorded, now) if isinstance(wish, Mapping) else None
    if not _meets(wish, recorded, now):
        raise _Unmet
    return recorded


def _array(templates: list[object], recorded: list[object], now: int) -> list[object]:
    """The entries that meet one of `templates` at least; if there are templates and no entry does, nothing is met."""
    told = [entry for item in recorded if (entry := _first_met(templates, item, now)) is not None]
    if templates and not told:
        raise _Unmet
    return told


def _first_met(templates: list[object], item: object, now: int) -> object | None:
    for template in templates:
        try:
            return _value(template or {}, item, now)
        except _Unmet:
            continue
    return None


def _is_constraint(wish: object) -> bool:
    if isinstance(wish, list):
        return bool(wish)
    return isinstance(wish, Mapping) and not wish.keys().isdisjoint({"value", "values", "max_age"})


def _meets(wish: object, value: object, now: int) -> bool:
    if not isinstance(wish, Mapping):
        return True
    if "value" in wish and value != wish["value"]:
        return False
    values = wish.get("values")
    if values is not None and not (isinstance(values, list) and value in values):
        return False
    return "max_age" not in wish or _is_young(value, wish["max_age"], now)


def _is_young(value: object, max_age: object, now: int) -> bool:
    """`max_age` counts from the last second of a date."""
    if not isinstance(value, str) or not isinstance(max_age, int | float):
        return False
    text = value if "T" in value else f"{value}T23:59:59Z"
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return False
    return now - then.timestamp() <= max_age


def _recorded(verification: Verification) -> dict[str, object]:
    return _present(
        trust_framework=verification.trust_framework,
        assurance_level=verification.assurance_level,
        time=timestamp(verification.at),
        verification_process=verification.process,
        evidence=[_evidence(evidence) for evidence in verification.evidence],
    )


def _evidence(evidence: Evidence) -> dict[str, object]:
    checks = [_check(check) for check in evidence.checks]
    issuer = _present(name=evidence.issuer, country_code=evidence.country)
    if evidence.type == "electronic_record":
        record = _present(
            type=evidence.kind, source=issuer, created_at=evidence.issued_on, date_of_expiry=evidence.expires_on
        )
        return _present(type=evidence.type, check_details=checks, record=record)
    details = _present(
        type=evidence.kind,
        document_number=evidence.number,
        issuer=issuer,
        date_of_issuance=evidence.issued_on,
        date_of_expiry=evidence.expires_on,
    )
    return _present(type=evidence.type, check_details=checks, document_details=details)


def _check(check: Check) -> dict[str, object]:
    when = "" if check.at is None else timestamp(check.at)
    return _present(check_method=check.method, organization=check.organisation, txn=check.reference, time=when)


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value not in ("", [], {})}
