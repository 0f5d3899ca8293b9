"""Opening a case: only with a licence to look, and never without a trace that the citizen sees."""

from sqlalchemy import Connection

from idp.domain.oversight import viewings
from idp.domain.oversight.permissions import Action
from idp.domain.oversight.viewings import Purpose
from idp.domain.proofing import cases, desk, evidence
from idp.domain.proofing.cases import Case, State
from idp.domain.proofing.desk import File, Filters
from idp.domain.proofing.evidence import Piece
from idp.foundation.refusal import Refusal
from idp.journeys.console.authority import Staff, require
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.provider import Provider


def holds(staff: Staff, case: Case, now: int) -> bool:
    """Whether this verifier has the case at this moment."""
    claimed = case.claimed_by == staff.person_id and (case.claimed_until or 0) > now
    return claimed and case.state is State.WAITING and staff.may(Action.DECIDE)


def open_file(provider: Provider, staff: Staff, case_id: str) -> File:
    """Everything in the case, for the verifier who holds it or an auditor who stated a purpose; recorded each time.

    Raises Refusal `proofing.unknown_case`, `oversight.no_viewing` or `vault.erased`.
    """
    with provider.transaction() as tx:
        case = cases.get(tx.connection, case_id)
        purpose, reference = _licence(tx.connection, staff, case, tx.now)
        viewings.record(tx, staff.person_id, case.person_id, purpose, reference)
    with provider.reading() as connection:
        return desk.file(connection, provider.vault, case_id)


def picture(provider: Provider, staff: Staff, case_id: str, kind: str) -> tuple[Piece, bytes]:
    """One picture of a case that may be open now. Raises what `open_file` raises, or `proofing.unknown_evidence`."""
    with provider.reading() as connection:
        case = cases.get(connection, case_id)
        _licence(connection, staff, case, provider.store.now())
        piece = next((piece for piece in evidence.of(connection, case_id) if piece.kind == kind), None)
        if piece is None:
            raise Refusal("proofing.unknown_evidence", "no such picture in this case")
        return piece, evidence.content(connection, provider.vault, case_id, piece.id)


def inspect(provider: Provider, staff: Staff, case_id: str, purpose: Purpose, reference: str) -> None:
    """An auditor states why a case is to be opened. Raises what `viewings.open_for` raises."""
    with provider.transaction() as tx:
        require(tx, staff, Action.INSPECT)
        case = cases.get(tx.connection, case_id)
        viewings.open_for(tx, staff.person_id, case.person_id, purpose, reference)


def take_next(provider: Provider, staff: Staff) -> Case | None:
    """Claim the case that has waited longest among those this verifier may take; None if there is none."""
    with provider.reading() as connection:
        mine = Filters(for_verifier=staff.person_id)
        waiting = desk.queue(connection, mine, provider.store.now())
    for entry in waiting:
        try:
            return claim_case(provider, staff.person_id, entry.case.id)
        except Refusal as refusal:
            # A colleague was faster: that is what the queue is for.
            if refusal.code not in ("proofing.claimed", "proofing.not_waiting"):
                raise
    return None


def _licence(connection: Connection, staff: Staff, case: Case, now: int) -> tuple[Purpose, str]:
    if holds(staff, case, now):
        return Purpose.VERIFICATION, case.reference
    if not staff.may(Action.INSPECT):
        raise Refusal("oversight.no_viewing", "this case is not claimed by this verifier now")
    viewing = viewings.live(connection, staff.person_id, case.person_id, now)
    return viewing.purpose, viewing.reference
