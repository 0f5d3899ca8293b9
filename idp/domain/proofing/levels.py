"""The level that verdicts can reach: one pure function. Nobody, verifiers included, can grant more."""

from collections.abc import Iterable
from typing import Final

from idp.domain.proofing.details import Document, Result, Verdict
from idp.protocol.assurance import Level

NEEDED: Final = {
    Level.SUBSTANTIAL: frozenset(
        {
            "document_not_expired",
            "register_match",
            "document_registered",
            "alive",
            "unique_person",
            "same_person_as_before",
            "portrait_present",
            "document_image_present",
        }
    ),
    Level.HIGH: frozenset({"mrz_check_digits", "names_consistent", "document_age"}),
}
"""What a level asks for beyond the level below it. FLAGGED is enough: a verifier looks at it."""

APPROVALS_NEEDED: Final = {Level.SUBSTANTIAL: 1, Level.HIGH: 2}


def reachable(verdicts: Iterable[Verdict]) -> Level:
    """The highest level whose checks, and those of every level below it, all passed or were flagged; LOW if none is.

    A check that failed spoils every level, also where it is not asked for; one that is missing counts as not passed.
    """
    results = {verdict.check: verdict.result for verdict in verdicts}
    if Result.FAILED in results.values():
        return Level.LOW
    good = {check for check, result in results.items() if result in (Result.PASSED, Result.FLAGGED)}
    reached = Level.LOW
    for level, needed in NEEDED.items():
        if not needed <= good:
            break
        reached = level
    return reached


def reachable_with(document: Document) -> Level:
    """What this kind of document can reach at best, to tell before the citizen takes the trouble."""
    return Level.HIGH if document.machine_readable else Level.SUBSTANTIAL
