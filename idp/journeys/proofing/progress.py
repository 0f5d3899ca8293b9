"""How far a citizen has come: the steps as data, so that going back keeps what was given and coming back resumes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from idp.domain.people import records
from idp.domain.people.records import Person
from idp.domain.proofing import cases, decisions, evidence, reasons
from idp.domain.proofing.cases import Case, State
from idp.domain.proofing.details import Details
from idp.domain.proofing.evidence import Piece
from idp.domain.proofing.reasons import Reason
from idp.foundation.refusal import Refusal
from idp.journeys.provider import Provider


@dataclass(frozen=True, slots=True)
class Progress:
    """The person, their newest case (None before the first) with what it holds, and why it was refused, as told."""

    person: Person
    case: Case | None
    details: Details
    pictures: tuple[Piece, ...]
    reasons: tuple[Reason, ...]

    @property
    def open_case(self) -> Case:
        """The case that the citizen is filling in. Raises Refusal("proofing.no_open_case")."""
        if self.case is None or self.case.state is not State.OPEN:
            raise Refusal("proofing.no_open_case", "nothing is being filled in")
        return self.case

    def has(self, kind: str) -> bool:
        """Whether a picture of this kind was uploaded."""
        return any(piece.kind == kind for piece in self.pictures)


STEPS: Final[tuple[tuple[str, Callable[[Progress], bool]], ...]] = (
    ("document", lambda progress: progress.open_case.document is not None),
    ("details", lambda progress: progress.details.has_document),
    ("names", lambda progress: progress.details.has_names),
    ("portrait", lambda progress: progress.has("portrait")),
    ("document-image", lambda progress: progress.has("document")),
)
"""Each step and whether it is done; the answers are checked after the last."""

LAST: Final = "check"


def next_step(progress: Progress) -> str:
    """The first step that is not done, or LAST."""
    return next((name for name, is_done in STEPS if not is_done(progress)), LAST)


def may_visit(progress: Progress, step: str) -> bool:
    """Whether everything before `step` is done: steps behind may be visited again, none ahead may be skipped to."""
    names = [name for name, _ in STEPS] + [LAST]
    return names.index(step) <= names.index(next_step(progress))


def of(provider: Provider, person_id: str) -> Progress:
    """How far this person has come."""
    with provider.reading() as connection:
        return read(connection, provider, person_id)


def read(connection: Connection, provider: Provider, person_id: str) -> Progress:
    """The same on a connection of the caller's, for a transaction that goes on from there."""
    person, case = records.get(connection, person_id), cases.latest(connection, person_id)
    if case is None:
        return Progress(person, None, Details(), (), ())
    return Progress(
        person=person,
        case=case,
        details=cases.details(connection, provider.vault, case),
        pictures=evidence.of(connection, case.id),
        reasons=reasons.told(decisions.outcome_reasons(connection, case.id)),
    )
