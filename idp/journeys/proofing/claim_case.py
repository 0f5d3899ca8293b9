"""A verifier takes a case from the queue, or puts it back."""

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Action, allows
from idp.domain.proofing import decisions
from idp.domain.proofing.cases import Case
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider


def claim_case(provider: Provider, staff_person_id: str, case_id: str) -> Case:
    """Take the case for half an hour. Raises what `require_verifier` and `decisions.claim` raise."""
    with provider.transaction() as tx:
        require_verifier(tx, staff_person_id)
        return decisions.claim(tx, case_id, staff_person_id)


def release_case(provider: Provider, staff_person_id: str, case_id: str) -> None:
    """Put it back."""
    with provider.transaction() as tx:
        decisions.release(tx, case_id, staff_person_id)


def require_verifier(tx: Tx, person_id: str) -> None:
    """Asked in the deciding transaction too: a role that was taken away a second ago is gone. Raises Refusal."""
    if not allows(roles.of(tx.connection, person_id), Action.DECIDE):
        raise Refusal("console.forbidden", "only verifiers take and decide cases")
