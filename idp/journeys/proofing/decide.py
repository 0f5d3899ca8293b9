"""A verifier decides on a case; enough approvals change what the citizen's identity is worth.

Decision, record, attributes, letter and audit are one transaction: all of it happens or nothing does.
"""

from collections.abc import Sequence
from typing import Final

from idp.domain.people import attributes, identifiers, records
from idp.domain.people.records import Status
from idp.domain.proofing import cases, decisions, evidence
from idp.domain.proofing.cases import Case, State
from idp.domain.proofing.decisions import Approval, Choice
from idp.domain.proofing.details import Found
from idp.domain.proofing.reasons import Reason, told
from idp.foundation.audit.event import Event, Fact
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.proofing.check import ask_register, warn_holder
from idp.journeys.proofing.claim_case import require_verifier
from idp.journeys.provider import Provider
from idp.journeys.recovery import reclaim
from idp.protocol.identity_assurance import CLAIMS, Check, CheckMethod, Evidence, Verification

REGISTER: Final = "Population Register"


def decide(
    provider: Provider,
    staff_person_id: str,
    case_id: str,
    choice: Choice,
    reasons: Sequence[Reason] = (),
    note: str = "",
) -> Case:
    """Record a verifier's decision on a case they have claimed; the case as it is then.

    The last approval may still end as a refusal: if the register no longer confirms the person, or if another account
    was verified as the same person meanwhile. Raises what `decisions.decide` and `evidence.check` raise, what the
    register raises, and Refusal("console.forbidden") for who is no verifier.
    """
    stands = choice is Choice.REFUSED or _still_stands(provider, case_id)
    with provider.transaction() as tx:
        require_verifier(tx, staff_person_id)
        evidence.check(tx.connection, provider.vault, cases.get(tx.connection, case_id))
        approval = decisions.decide(tx, provider.vault, case_id, staff_person_id, choice, reasons, note)
        case = cases.get(tx.connection, case_id)
        if not stands:
            _refuse(tx, provider, case, Reason.DETAILS_NOT_CONFIRMED)
        elif approval is not None:
            _approve(tx, provider, approval)
        elif case.state is State.REFUSED:
            _tell_refusal(tx, provider, case)
        return cases.get(tx.connection, case_id)


def _still_stands(provider: Provider, case_id: str) -> bool:
    """Death and withdrawal of a document are looked up again at the decision (NIST SP 800-63A-4, section 3.1)."""
    with provider.reading() as connection:
        case = cases.get(connection, case_id)
        details = cases.details(connection, provider.vault, case)
        found = cases.found(connection, provider.vault, case)
    now = ask_register(provider, details)
    if now is None or found is None:
        return False
    return now.alive and not now.revoked and now.national_identifier == found.national_identifier


def _approve(tx: Tx, provider: Provider, approval: Approval) -> None:
    case, vault = approval.case, provider.vault
    found = cases.found(tx.connection, vault, case)
    person = records.get(tx.connection, case.person_id)
    if found is None or person.status is not Status.ACTIVE:
        _refuse(tx, provider, case, Reason.DETAILS_NOT_CONFIRMED)
        return
    if not _owns_identity(tx, provider, case.person_id, found):
        if case.former and _gives_back(tx, provider, approval, found):
            return
        _refuse(tx, provider, case, Reason.DUPLICATE)
        return
    decisions.conclude_approved(tx, approval)
    verification = _verification(tx, provider, approval, found)
    attributes.put(tx, vault, case.person_id, found.claims, "register")
    records.set_assurance(tx, vault, case.person_id, max(approval.level, person.assurance), verification, "proofing")
    facts: dict[str, Fact] = {"case": case.id, "level": approval.level.word, "verifiers": list(approval.verifiers)}
    tx.record(Event("proofing.identity.verified", approval.verifiers[-1], case.person_id, facts))
    level = approval.level.word
    notify(tx, provider, case.person_id, "identity_verified", reference=case.reference, level=level)


def _owns_identity(tx: Tx, provider: Provider, person_id: str, found: Found) -> bool:
    """Give the account its national identifier; False if another account has it, if only since this moment."""
    kind, number = "national_identifier", found.national_identifier
    holder = identifiers.owner(tx.connection, provider.vault, kind, number)
    if holder is None:
        try:
            identifiers.claim(tx, provider.vault, person_id, kind, number, tx.now)
        except Refusal:
            return False
        return True
    return holder == person_id


def _gives_back(tx: Tx, provider: Provider, approval: Approval, found: Found) -> bool:
    """She had an account before, and begins to have it back; False if that cannot be."""
    holder = identifiers.owner(tx.connection, provider.vault, "national_identifier", found.national_identifier)
    if holder is None or not reclaim.begin(tx, provider, holder, approval.case, approval.verifiers[-1]):
        return False
    decisions.conclude_approved(tx, approval)
    return True


def _refuse(tx: Tx, provider: Provider, case: Case, reason: Reason) -> None:
    """The machine's last word, whatever the verifiers said."""
    if case.state is State.WAITING:
        decisions.conclude(tx, case, Choice.REFUSED, (reason,), ())
        _tell_refusal(tx, provider, case)


def _tell_refusal(tx: Tx, provider: Provider, case: Case) -> None:
    """To the citizen, and to whoever is verified as the person whose details were given, in another account."""
    spoken = [reason.value for reason in told(decisions.outcome_reasons(tx.connection, case.id))]
    notify(tx, provider, case.person_id, "identity_refused", reference=case.reference, reasons=spoken)
    warn_holder(tx, provider, case, cases.found(tx.connection, provider.vault, case))


def _verification(tx: Tx, provider: Provider, approval: Approval, found: Found) -> Verification:
    """What relying parties may be told about how this person was verified."""
    case, now = approval.case, tx.now
    submitted = case.submitted_at or now
    details = cases.details(tx.connection, provider.vault, case)
    document = Evidence(
        type="document",
        kind=found.document_kind,
        checks=(
            Check(CheckMethod.INSPECTED, now, reference=case.reference),
            Check(CheckMethod.PERSON_COMPARED, now, reference=case.reference),
            Check(CheckMethod.LOOKED_UP, submitted, REGISTER, case.reference),
        ),
        number=details.document_number,
        country=found.document_country,
        issued_on=found.issued_on,
        expires_on=found.expires_on,
    )
    record = Evidence(
        type="electronic_record",
        kind="population_register",
        checks=(Check(CheckMethod.LOOKED_UP, submitted, REGISTER, case.reference),),
        issuer=REGISTER,
        country=found.document_country,
    )
    names = tuple(name for name in CLAIMS if name in found.claims)
    framework, level = provider.trust_framework, approval.level.word
    return Verification(framework, level, now, names, case.reference, (document, record))
