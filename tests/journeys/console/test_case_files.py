import pytest

from idp.domain.oversight.viewings import SECONDS, Purpose
from idp.domain.proofing.decisions import CLAIM_SECONDS, Choice
from idp.foundation.refusal import Refusal
from idp.journeys.console import case_files
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from idp.protocol.assurance import Level
from tests.journeys.console.trail import trail

LOOK = "console.record.viewed"


def test_who_claimed_a_case_opens_it_and_the_citizen_sees_that(arcadia, a_walker, vera):
    case = a_walker().submits()
    claim_case(arcadia, vera.person_id, case.id)
    file = case_files.open_file(arcadia, vera, case.id)
    (look,) = trail(arcadia, LOOK, about=case.person_id)
    assert file.details.given_name == "Nadia"
    assert (look.actor, look.subject) == (vera.person_id, case.person_id)
    assert look.facts == {"purpose": "verification", "reference": case.reference}


def test_a_case_that_is_not_claimed_stays_closed_and_leaves_no_trace(arcadia, a_walker, vera):
    case = a_walker().submits()
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        case_files.open_file(arcadia, vera, case.id)
    assert trail(arcadia, LOOK) == []


def test_a_case_that_a_colleague_claimed_stays_closed(arcadia, a_walker, vera, viktor):
    case = a_walker().submits()
    claim_case(arcadia, viktor.person_id, case.id)
    for read in (case_files.open_file, lambda *who: case_files.picture(*who, "portrait")):
        with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
            read(arcadia, vera, case.id)


def test_a_case_closes_when_the_claim_is_over(arcadia, clock, a_walker, vera):
    case = a_walker().submits()
    claim_case(arcadia, vera.person_id, case.id)
    clock.advance(CLAIM_SECONDS)
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        case_files.open_file(arcadia, vera, case.id)


def test_a_case_closes_to_its_verifier_when_it_is_decided(arcadia, a_walker, vera):
    case = a_walker().submits()
    claim_case(arcadia, vera.person_id, case.id)
    decide(arcadia, vera.person_id, case.id, Choice.APPROVED)
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        case_files.open_file(arcadia, vera, case.id)


def test_pictures_are_opened_for_who_holds_the_case(arcadia, a_walker, vera):
    case = a_walker().submits()
    claim_case(arcadia, vera.person_id, case.id)
    piece, content = case_files.picture(arcadia, vera, case.id, "document")
    assert (piece.kind, piece.media_type, content[:3]) == ("document", "image/jpeg", b"\xff\xd8\xff")


def test_an_auditor_opens_a_case_after_saying_why_and_for_a_while(arcadia, clock, a_walker, augustin):
    case = a_walker().submits()
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        case_files.open_file(arcadia, augustin, case.id)
    case_files.inspect(arcadia, augustin, case.id, Purpose.AUDIT, "2026-14")
    assert case_files.open_file(arcadia, augustin, case.id).case.id == case.id
    clock.advance(SECONDS)
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        case_files.open_file(arcadia, augustin, case.id)


def test_a_verifier_cannot_open_a_case_by_stating_a_purpose(arcadia, a_walker, vera):
    case = a_walker().submits()
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        case_files.inspect(arcadia, vera, case.id, Purpose.AUDIT, "2026-14")


def test_the_next_case_is_the_one_that_waits_longest(arcadia, clock, a_walker, vera, viktor):
    first = a_walker("Nadia").submits()
    clock.advance(60)
    second = a_walker("Tobias").submits()
    taken = [case_files.take_next(arcadia, colleague) for colleague in (vera, viktor)]
    assert [case.id for case in taken if case] == [first.id, second.id]


def test_nobody_gets_a_next_case_when_nothing_waits(arcadia, vera):
    assert case_files.take_next(arcadia, vera) is None


def test_the_second_approval_is_never_offered_to_who_gave_the_first(arcadia, a_walker, vera, viktor):
    case = a_walker().submits(Level.HIGH)
    claim_case(arcadia, vera.person_id, case.id)
    decide(arcadia, vera.person_id, case.id, Choice.APPROVED)
    assert case_files.take_next(arcadia, vera) is None
    taken = case_files.take_next(arcadia, viktor)
    assert taken is not None
    assert taken.id == case.id
