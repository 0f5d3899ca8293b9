"""What a citizen says, what the register knows, and what the checks found: the shapes that a case keeps."""

import json
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


class Document(StrEnum):
    """What a citizen proves identity with; CARD_DATA is a card whose machine-readable zone is not typed."""

    PASSPORT = "passport"
    CARD = "idcard"
    CARD_DATA = "idcard_data"

    @property
    def kind(self) -> str:
        """`passport` or `idcard`, as registers and OpenID Identity Assurance name them."""
        return "passport" if self is Document.PASSPORT else "idcard"

    @property
    def machine_readable(self) -> bool:
        """Whether its machine-readable zone is asked for."""
        return self is not Document.CARD_DATA


@dataclass(frozen=True, slots=True)
class Details:
    """What the citizen typed, page by page: empty until its page was done. Dates are YYYY-MM-DD.

    `mrz_names` are given names and surname as the machine-readable zone spells them, `mrz_cut` says that it had
    no room for all; `issuing_state` is the zone's.
    """

    document_number: str = ""
    birthdate: str = ""
    expires_on: str = ""
    issuing_state: str = ""
    mrz: tuple[str, ...] = ()
    mrz_names: tuple[str, str] = ("", "")
    mrz_cut: bool = False
    given_name: str = ""
    family_name: str = ""

    @property
    def has_document(self) -> bool:
        """Whether the page with the document's data was done."""
        return bool(self.document_number)

    @property
    def has_names(self) -> bool:
        """Whether the page with the names was done."""
        return bool(self.given_name or self.family_name)

    def with_names(self, given_name: str, family_name: str) -> Self:
        """The same with names as printed."""
        return replace(self, given_name=given_name, family_name=family_name)

    def to_json(self) -> str:
        """For sealing."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        values = json.loads(text)
        return cls(**values | {"mrz": tuple(values["mrz"]), "mrz_names": tuple(values["mrz_names"])})


@dataclass(frozen=True, slots=True)
class Found:
    """The register's entry, as far as checks, verifiers and the record need it.

    `claims` are the attributes that an approval will vouch for, by OpenID Connect names; `names_latin` are given names
    and surname; the document is the one the citizen showed, dates YYYY-MM-DD, empty if the register lacks it.
    """

    national_identifier: str
    alive: bool
    birthdate: str
    names_latin: tuple[str, str]
    claims: dict[str, Any]
    document_kind: str = ""
    document_country: str = ""
    issued_on: str = ""
    expires_on: str = ""
    revoked: bool = False
    portrait_sha256: str = ""

    def to_json(self) -> str:
        """For sealing."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        values = json.loads(text)
        return cls(**values | {"names_latin": tuple(values["names_latin"])})


class Result(StrEnum):
    """FLAG asks a verifier to look; SKIPPED did not apply."""

    PASSED = "passed"
    FAILED = "failed"
    FLAGGED = "flagged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one named check found; `reason` is a short code without personal data, empty when all is well."""

    check: str
    result: Result
    reason: str = field(default="")


def verdicts_to_json(verdicts: tuple[Verdict, ...]) -> str:
    """For the case's row."""
    return json.dumps([[verdict.check, verdict.result.value, verdict.reason] for verdict in verdicts])


def verdicts_from_json(text: str) -> tuple[Verdict, ...]:
    """The inverse of `verdicts_to_json`."""
    return tuple(Verdict(check, Result(result), reason) for check, result, reason in json.loads(text))
