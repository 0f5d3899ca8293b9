"""Why a case is refused: codes from a list, and which of them a citizen is told."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """One or more go with every refusal."""

    PORTRAIT_UNCLEAR = "portrait_unclear"
    DOCUMENT_IMAGE_UNCLEAR = "document_image_unclear"
    DOCUMENT_IMAGE_INCOMPLETE = "document_image_incomplete"
    PORTRAIT_DIFFERS = "portrait_differs"
    DETAILS_DIFFER = "details_differ"
    WRONG_DOCUMENT = "wrong_document"
    GUARDIAN_NEEDED = "guardian_needed"
    NOT_GENUINE = "not_genuine"
    SUSPECTED_FRAUD = "suspected_fraud"
    DETAILS_NOT_CONFIRMED = "details_not_confirmed"
    DUPLICATE = "duplicate"


_MACHINE_REASONS: Final = frozenset({Reason.DETAILS_NOT_CONFIRMED, Reason.DUPLICATE})
VERIFIER_REASONS: Final = tuple(reason for reason in Reason if reason not in _MACHINE_REASONS)
"""What a verifier may choose from."""

_UNTOLD: Final = frozenset({Reason.NOT_GENUINE, Reason.SUSPECTED_FRAUD, Reason.DUPLICATE})


def told(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """What the citizen is told: suspicion, and whether another account exists, stay inside."""
    spoken = (Reason.DETAILS_NOT_CONFIRMED if reason in _UNTOLD else reason for reason in reasons)
    return tuple(dict.fromkeys(spoken))
