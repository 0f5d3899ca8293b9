"""Four eyes: by the product's own functions first, then by statements typed into the database."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from idp.domain.proofing import cases, decisions
from idp.domain.proofing.cases import State
from idp.domain.proofing.decisions import CLAIM_SECONDS, Choice
from idp.domain.proofing.details import Result, Verdict
from idp.domain.proofing.reasons import Reason, told
from idp.foundation.refusal import Refusal
from idp.protocol.assurance import Level
from tests.domain.proofing.conftest import ALL_WELL


def refused(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def claim(store, case_id, verifier):
    with store.transaction() as tx:
        return decisions.claim(tx, case_id, verifier)


def decide(store, vault, case_id, verifier, choice=Choice.APPROVED, reasons=(), note=""):
    with store.transaction() as tx:
        return decisions.decide(tx, vault, case_id, verifier, choice, reasons, note)


def test_substantial_needs_one_approval(a_waiting_case, approve):
    approval = approve(a_waiting_case(Level.SUBSTANTIAL).id, "vera")
    assert (approval.level, approval.verifiers) == (Level.SUBSTANTIAL, ("vera",))


def test_high_needs_two_approvals(a_waiting_case, approve):
    case = a_waiting_case(Level.HIGH)
    assert approve(case.id, "vera") is None
    assert set(approve(case.id, "viktor").verifiers) == {"vera", "viktor"}


def test_one_verifier_cannot_take_a_case_twice(store, a_waiting_case, approve):
    case = a_waiting_case(Level.HIGH)
    approve(case.id, "vera")
    assert refused(lambda: claim(store, case.id, "vera")) == "proofing.already_decided"


def test_nobody_takes_their_own_case(store, a_waiting_case):
    case = a_waiting_case()
    assert refused(lambda: claim(store, case.id, case.person_id)) == "proofing.own_case"


def test_a_claimed_case_is_not_taken_by_a_colleague_until_the_claim_ends(store, clock, a_waiting_case):
    case = a_waiting_case()
    claim(store, case.id, "vera")
    assert refused(lambda: claim(store, case.id, "viktor")) == "proofing.claimed"
    clock.advance(CLAIM_SECONDS)
    assert claim(store, case.id, "viktor").claimed_by == "viktor"


def test_a_released_case_is_free_at_once(store, a_waiting_case):
    case = a_waiting_case()
    claim(store, case.id, "vera")
    with store.transaction() as tx:
        decisions.release(tx, case.id, "vera")
    assert claim(store, case.id, "viktor").claimed_by == "viktor"


def test_nobody_decides_without_a_claim(store, vault, a_waiting_case):
    case = a_waiting_case()
    assert refused(lambda: decide(store, vault, case.id, "vera")) == "proofing.not_claimed"


def test_nobody_decides_on_a_claim_that_ended(store, clock, vault, a_waiting_case):
    case = a_waiting_case()
    claim(store, case.id, "vera")
    clock.advance(CLAIM_SECONDS)
    assert refused(lambda: decide(store, vault, case.id, "vera")) == "proofing.not_claimed"


def test_the_second_verifier_may_refuse(store, vault, a_waiting_case, approve):
    case = a_waiting_case(Level.HIGH)
    approve(case.id, "vera")
    claim(store, case.id, "viktor")
    decide(store, vault, case.id, "viktor", Choice.REFUSED, (Reason.PORTRAIT_DIFFERS,), "another face")
    with store.reading() as connection:
        ended = cases.get(connection, case.id)
        assert ended.state is State.REFUSED
        assert decisions.outcome_reasons(connection, case.id) == (Reason.PORTRAIT_DIFFERS,)
        assert [decision.note for decision in decisions.of(connection, vault, ended)] == ["", "another face"]


def test_a_refusal_needs_a_reason_from_the_list(store, vault, a_waiting_case):
    case = a_waiting_case()
    claim(store, case.id, "vera")
    for reasons in ((), (Reason.DUPLICATE,)):
        act = lambda given=reasons: decide(store, vault, case.id, "vera", Choice.REFUSED, given)  # noqa: E731
        assert refused(act) == "proofing.reason_needed"


def test_no_verifier_grants_more_than_the_checks_carry(store, vault, a_waiting_case):
    verdicts = (*ALL_WELL, Verdict("alive", Result.FAILED, "deceased"))
    case = a_waiting_case(Level.SUBSTANTIAL, verdicts)
    claim(store, case.id, "vera")
    assert refused(lambda: decide(store, vault, case.id, "vera")) == "proofing.level_not_reached"


def test_a_concluded_case_is_in_nobodys_queue(store, a_waiting_case, approve):
    case = a_waiting_case(Level.SUBSTANTIAL)
    approval = approve(case.id, "vera")
    with store.transaction() as tx:
        decisions.conclude_approved(tx, approval)
    assert refused(lambda: claim(store, case.id, "viktor")) == "proofing.not_waiting"


def test_of_many_who_reach_for_a_case_one_gets_it(store, a_waiting_case):
    case = a_waiting_case()
    barrier, answers = threading.Barrier(8), []

    def reach(verifier):
        barrier.wait()
        try:
            claim(store, case.id, verifier)
        except Refusal as refusal:
            answers.append(refusal.code)
        else:
            answers.append("taken")

    threads = [threading.Thread(target=reach, args=(f"verifier-{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["proofing.claimed"] * 7 + ["taken"]


def test_suspicion_and_other_accounts_are_not_told():
    reasons = (Reason.SUSPECTED_FRAUD, Reason.DUPLICATE, Reason.NOT_GENUINE, Reason.PORTRAIT_UNCLEAR)
    assert told(reasons) == (Reason.DETAILS_NOT_CONFIRMED, Reason.PORTRAIT_UNCLEAR)


DECISION = text(
    "INSERT INTO proofing_decisions (case_id, verifier_id, person_id, level, manifest, verdict, reasons, at)"
    " VALUES (:case_id, :verifier_id, :person_id, :level, :manifest, :verdict, '[]', 1)"
)
OUTCOME = text(
    "INSERT INTO proofing_outcomes"
    " (case_id, person_id, level, verdict, reasons, first_verifier_id, second_verifier_id, at)"
    " VALUES (:case_id, :person_id, :level, :verdict, '[]', :first, :second, 1)"
)


@pytest.fixture
def by_hand(store, a_waiting_case):
    """Statements on one high case, as somebody with the database's password would type them."""
    case = a_waiting_case(Level.HIGH)
    known = {
        "case_id": case.id,
        "person_id": case.person_id,
        "level": "high",
        "manifest": case.manifest,
        "verdict": "approved",
        "first": "vera",
        "second": "viktor",
    }

    class Hand:
        person_id = case.person_id

        def type(self, statement, **values):
            with store.transaction() as tx:
                tx.execute(statement, known | values)

        def fails(self, statement, **values):
            with pytest.raises(IntegrityError):
                self.type(statement, **values)

    return Hand()


def test_by_hand_the_same_verifier_cannot_approve_twice(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(DECISION, verifier_id="vera")
    by_hand.fails(DECISION, verifier_id="vera", verdict="refused")


def test_by_hand_one_verifier_is_not_two(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(OUTCOME, first="vera", second="vera")


def test_by_hand_high_is_not_approved_by_one(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(OUTCOME, first="vera", second=None)
    by_hand.fails(OUTCOME, first=None, second="vera")


def test_by_hand_an_approval_needs_decisions_that_exist(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(OUTCOME)
    by_hand.fails(OUTCOME, first=None, second=None)


def test_by_hand_a_refusal_does_not_count_as_an_approval(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.type(DECISION, verifier_id="viktor", verdict="refused")
    by_hand.fails(OUTCOME)


def test_by_hand_nobody_approves_themselves(by_hand):
    by_hand.fails(DECISION, verifier_id=by_hand.person_id)
    by_hand.fails(DECISION, verifier_id=by_hand.person_id, person_id="somebody else")


def test_by_hand_a_high_case_is_not_approved_as_substantial(by_hand):
    by_hand.fails(DECISION, verifier_id="vera", level="substantial")
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(OUTCOME, level="substantial", first="vera", second=None)
    by_hand.fails(OUTCOME, level="low", first="vera", second=None)


def test_by_hand_a_decision_is_about_the_evidence_that_was_submitted(by_hand):
    by_hand.fails(DECISION, verifier_id="vera", manifest="another")


def test_by_hand_a_decided_case_keeps_its_level(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.fails(text("UPDATE proofing_cases SET level = 'substantial' WHERE id = :case_id"))
    by_hand.fails(text("UPDATE proofing_cases SET manifest = 'another' WHERE id = :case_id"))


def test_by_hand_two_honest_approvals_do_conclude(by_hand):
    by_hand.type(DECISION, verifier_id="vera")
    by_hand.type(DECISION, verifier_id="viktor")
    by_hand.type(OUTCOME)
