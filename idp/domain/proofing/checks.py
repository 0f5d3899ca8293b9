"""The checks of a submitted case, as a table: pure functions over what was said, uploaded and found.

All run each time and none stops the others, so that neither the answer nor the time taken tells which one failed.
NIST SP 800-63A-4 sections 2.2 to 2.4 and 3.1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from idp.domain.proofing.details import Details, Document, Found, Result, Verdict
from idp.foundation.refusal import Refusal
from idp.protocol import mrz, mrz_names

OLDEST_DOCUMENT_YEARS: Final = 10
OF_AGE_YEARS: Final = 18


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything the checks look at. `found` is None when the register knows nobody like that.

    `evidence` maps the kind of a picture to its SHA-256; `held_elsewhere`: another account holds this national
    identifier; `waiting_elsewhere`: another account's live case does; `own_identifier`: what this account holds so far.
    """

    document: Document
    details: Details
    found: Found | None
    evidence: dict[str, str]
    held_elsewhere: bool
    waiting_elsewhere: bool
    own_identifier: str
    today: date


Check = Callable[[Submission], tuple[Result, str]]
PASSED: Final = (Result.PASSED, "")


def run(submission: Submission) -> tuple[Verdict, ...]:
    """Every check's verdict, in the table's order."""
    return tuple(Verdict(name, *check(submission)) for name, check in CHECKS)


def _mrz(submission: Submission) -> tuple[Result, str]:
    if not submission.document.machine_readable:
        return Result.SKIPPED, "not_machine_readable"
    try:
        mrz.parse("\n".join(submission.details.mrz), submission.today)
    except Refusal:
        return Result.FAILED, "check_digit"
    return PASSED


def _not_expired(submission: Submission) -> tuple[Result, str]:
    return _passed_if(date.fromisoformat(submission.details.expires_on) >= submission.today, "expired")


def _age_of_document(submission: Submission) -> tuple[Result, str]:
    if submission.found is None or not submission.found.issued_on:
        return Result.SKIPPED, "date_of_issue_unknown"
    issued = date.fromisoformat(submission.found.issued_on)
    if issued > submission.today:
        return Result.FAILED, "issued_in_the_future"
    return _passed_if(_years(issued, submission.today) <= OLDEST_DOCUMENT_YEARS, "too_old")


def _register(submission: Submission) -> tuple[Result, str]:
    return _passed_if(submission.found is not None, "no_match")


def _document_known(submission: Submission) -> tuple[Result, str]:
    found, details = submission.found, submission.details
    if found is None or not found.expires_on:
        return Result.FAILED, "no_match"
    if found.revoked:
        return Result.FAILED, "revoked"
    same_dates = found.expires_on == details.expires_on and found.birthdate == details.birthdate
    same_state = details.issuing_state in ("", found.document_country)
    return _passed_if(same_dates and same_state and found.document_kind == submission.document.kind, "differs")


def _alive(submission: Submission) -> tuple[Result, str]:
    if submission.found is None:
        return Result.SKIPPED, "no_match"
    return _passed_if(submission.found.alive, "deceased")


def _unique(submission: Submission) -> tuple[Result, str]:
    if submission.held_elsewhere:
        return Result.FAILED, "held_by_another_account"
    return (Result.FLAGGED, "waiting_in_another_case") if submission.waiting_elsewhere else PASSED


def _same_person(submission: Submission) -> tuple[Result, str]:
    if submission.found is None:
        return Result.SKIPPED, "no_match"
    known = submission.own_identifier
    return _passed_if(known in ("", submission.found.national_identifier), "another_person_before")


def _names(submission: Submission) -> tuple[Result, str]:
    """Names in the machine-readable zone against the register's in Latin letters; the zone may cut them short."""
    if submission.found is None or not submission.document.machine_readable:
        return Result.SKIPPED, "nothing_to_compare"
    known, read = submission.found.names_latin, submission.details.mrz_names
    if mrz_names.same_name(" ".join(known), " ".join(read)):
        return PASSED
    cut = submission.details.mrz_cut and all(map(partial(mrz_names.same_name, may_be_cut=True), known, read))
    return (Result.FLAGGED, "cut_short") if cut else (Result.FAILED, "differ")


def _portrait(submission: Submission) -> tuple[Result, str]:
    return _passed_if("portrait" in submission.evidence, "missing")


def _document_image(submission: Submission) -> tuple[Result, str]:
    return _passed_if("document" in submission.evidence, "missing")


def _distinct(submission: Submission) -> tuple[Result, str]:
    digests = list(submission.evidence.values())
    return PASSED if len(set(digests)) == len(digests) else (Result.FLAGGED, "same_picture_twice")


def _of_age(submission: Submission) -> tuple[Result, str]:
    born = date.fromisoformat(submission.details.birthdate)
    return PASSED if _years(born, submission.today) >= OF_AGE_YEARS else (Result.FLAGGED, "minor")


CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("mrz_check_digits", _mrz),
    ("document_not_expired", _not_expired),
    ("document_age", _age_of_document),
    ("register_match", _register),
    ("document_registered", _document_known),
    ("alive", _alive),
    ("unique_person", _unique),
    ("same_person_as_before", _same_person),
    ("names_consistent", _names),
    ("portrait_present", _portrait),
    ("document_image_present", _document_image),
    ("pictures_distinct", _distinct),
    ("of_age", _of_age),
)


def _passed_if(condition: bool, reason: str) -> tuple[Result, str]:  # noqa: FBT001 (reads as a sentence)
    return PASSED if condition else (Result.FAILED, reason)


def _years(since: date, today: date) -> int:
    """Whole years between two dates; somebody born on 29 February has the birthday on 1 March."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
