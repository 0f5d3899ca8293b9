"""The whole way: a citizen gives, the machine checks, verifiers decide, and the record changes."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete

from demo import specimens, zones
from idp.domain.oversight import roles
from idp.domain.people import attributes, identifiers, records, verifications
from idp.domain.people.records import Status
from idp.domain.proofing import cases, desk
from idp.domain.proofing.cases import State
from idp.domain.proofing.decisions import Choice
from idp.domain.proofing.details import Document, Result
from idp.domain.proofing.reasons import Reason
from idp.domain.proofing.tables import evidence as pictures
from idp.foundation.audit.log import search
from idp.foundation.refusal import Refusal
from idp.journeys.proofing import progress, submit_evidence
from idp.journeys.proofing.begin import begin, withdraw
from idp.journeys.proofing.check import submit
from idp.journeys.proofing.claim_case import claim_case
from idp.journeys.proofing.decide import decide
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import CHECK_METHODS, DOCUMENTS, EVIDENCE, RECORDS
from tests.journeys.proofing.conftest import DOCUMENT
from tests.journeys.proofing.letters import letters, subjects_to


def refused(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def assurance(provider, person_id):
    with provider.reading() as connection:
        return records.get(connection, person_id).assurance


def test_one_verifier_makes_a_citizen_substantial(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    case = nadia.submits(Level.SUBSTANTIAL)
    assert case.state is State.WAITING
    assert approves(a_verifier(), case.id).state is State.APPROVED
    assert assurance(arcadia, nadia.person_id) is Level.SUBSTANTIAL


def test_high_takes_two_verifiers(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    case = nadia.submits(Level.HIGH)
    assert approves(a_verifier(), case.id).state is State.WAITING
    assert assurance(arcadia, nadia.person_id) is Level.LOW
    assert approves(a_verifier(), case.id).state is State.APPROVED
    assert assurance(arcadia, nadia.person_id) is Level.HIGH


def test_the_register_vouches_for_what_services_will_be_told(arcadia, a_walker, a_verifier, approves):
    fatimah = a_walker("Fatimah")
    approves(a_verifier(), fatimah.submits().id)
    with arcadia.reading() as connection:
        told = attributes.read(connection, arcadia.vault, fatimah.person_id)
        assert (told["name"], told["tax_number"]) == (fatimah.row["name"], fatimah.row["tax_number"])
        assert told["place_of_birth"] == {"locality": fatimah.row["place_of_birth"], "country": "XAR"}
        assert {source for source, _ in attributes.sources(connection, fatimah.person_id).values()} == {"register"}
        national = fatimah.row["national_identifier"]
        assert identifiers.owner(connection, arcadia.vault, "national_identifier", national) == fatimah.person_id


def test_the_record_says_how_identity_was_verified(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    case = nadia.submits()
    approves(a_verifier(), case.id)
    with arcadia.reading() as connection:
        record = verifications.latest(connection, arcadia.vault, nadia.person_id)
    said = (record.trust_framework, record.assurance_level, record.process)
    assert said == ("arcadia", "substantial", case.reference)
    document, register = record.evidence
    assert (document.kind, document.number, document.country) == ("passport", nadia.row["passport_number"], "XAR")
    dates = (nadia.row["passport_issued_on"], nadia.row["passport_expires_on"])
    assert (document.issued_on, document.expires_on) == dates
    assert {check.method for check in document.checks} == {"vpiruv", "pvr", "data"} == set(CHECK_METHODS)
    assert {document.kind, "idcard"} == set(DOCUMENTS)
    assert {(one.type, one.kind) for one in record.evidence[1:]} == {(EVIDENCE[1], RECORDS[0])}
    assert (register.type, register.kind) == ("electronic_record", "population_register")
    assert "tax_number" in record.claims


def test_a_single_name_and_a_minor_can_be_verified(arcadia, a_walker, a_verifier, approves):
    suharta, tobias = a_walker("Suharta"), a_walker("Tobias")
    approves(a_verifier(), suharta.submits(Level.SUBSTANTIAL).id)
    with arcadia.reading() as connection:
        assert "family_name" not in attributes.read(connection, arcadia.vault, suharta.person_id)
        flags = {verdict.reason for verdict in tobias.submits().verdicts if verdict.result is Result.FLAGGED}
    assert "minor" in flags


def test_a_long_arabic_name_is_verified_although_the_zone_cuts_it(a_walker, a_verifier, approves):
    case = a_walker("Abdulrahman Muhammad Abdulaziz").submits(Level.HIGH)
    assert ("names_consistent", Result.FLAGGED) in [(verdict.check, verdict.result) for verdict in case.verdicts]
    verifiers = [a_verifier(), a_verifier()]
    assert [approves(verifier, case.id).state for verifier in verifiers][-1] is State.APPROVED


def test_the_citizen_is_told_each_time(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    approves(a_verifier(), nadia.submits().id)
    subjects = subjects_to(arcadia, nadia.person_id)
    assert subjects == ["We are checking your identity", "Your identity is verified"]


def test_the_audit_holds_who_did_what_and_nothing_personal(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    vera = a_verifier()
    approves(vera, nadia.submits().id)
    with arcadia.reading() as connection:
        events = search(connection, about=nadia.person_id, limit=100)
    names = [event.name for event in events]
    assert {
        "proofing.case.opened",
        "proofing.evidence.uploaded",
        "proofing.case.submitted",
        "proofing.case.claimed",
        "proofing.case.decided",
        "proofing.case.concluded",
        "proofing.identity.verified",
        "people.assurance.changed",
    } <= set(names)
    assert {event.actor for event in events if event.name == "proofing.case.decided"} == {vera}
    assert nadia.row["passport_number"] not in str(events)
    assert "Okafor" not in str(events)


WRONG = {
    "given_name": {"given_name": "Nadja"},
    "family_name": {"family_name": "Okoro"},
    "birthdate": {"birthdate": "1997-02-10"},
    "number": {"passport_number": "XP9999999"},
    "expiry": {"passport_expires_on": "2034-01-05"},
    "zone's names": {"given_name_latin": "Nadja"},
}


def answer_to(provider, walker, **wrong):
    """Everything a citizen can see or receive after submitting, without what is random."""
    case = walker.submits(**wrong)
    seen = progress.of(provider, walker.person_id)
    mail = [
        (letter["subject"], letter["text"].replace(case.reference, "REFERENCE"))
        for letter in letters(provider)
        if letter["address"].startswith(walker.person_id)
    ]
    return case.state, seen.reasons, seen.person.assurance, tuple(mail)


def test_the_answer_is_the_same_whatever_did_not_match(arcadia, a_walker, a_verifier, approves):
    approves(a_verifier(), a_walker("Marcus").submits().id)
    answers = {answer_to(arcadia, a_walker("Nadia"), **wrong) for wrong in WRONG.values()}
    answers.add(answer_to(arcadia, a_walker("Orson")))
    answers.add(answer_to(arcadia, a_walker("Leila")))
    answers.add(answer_to(arcadia, a_walker("Marcus")))
    assert len(answers) == 1
    state, reasons, level, mail = answers.pop()
    assert (state, reasons, level) == (State.REFUSED, (Reason.DETAILS_NOT_CONFIRMED,), Level.LOW)
    assert [subject for subject, _ in mail] == ["We could not verify your identity"]


def test_auditors_can_see_what_did_not_match(arcadia, a_walker):
    case = a_walker("Orson").submits()
    with arcadia.reading() as connection:
        opened = desk.file(connection, arcadia.vault, case.id)
    assert [verdict.check for verdict in opened.verdicts if verdict.result is Result.FAILED] == ["alive"]


def test_whoever_holds_the_identity_is_warned(arcadia, a_walker, a_verifier, approves):
    holder, other = a_walker("Marcus"), a_walker("Marcus")
    approves(a_verifier(), holder.submits().id)
    other.submits()
    assert subjects_to(arcadia, holder.person_id)[-1] == "Somebody used your identity details"
    assert "Somebody used your identity details" not in subjects_to(arcadia, other.person_id)


def test_of_two_accounts_verified_in_parallel_as_one_person_one_is(arcadia, a_walker, a_verifier, approves):
    twins = [a_walker("Nadia"), a_walker("Nadia")]
    waiting = [twin.submits() for twin in twins]
    verifiers = [a_verifier(), a_verifier()]
    barrier = threading.Barrier(2)
    ends = []

    def approve(verifier, case):
        barrier.wait()
        ends.append(approves(verifier, case.id).state)

    threads = [threading.Thread(target=approve, args=pair) for pair in zip(verifiers, waiting, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 2
    levels = sorted(assurance(arcadia, twin.person_id) for twin in twins)
    assert levels == [Level.LOW, Level.SUBSTANTIAL]
    with arcadia.reading() as connection:
        states = {cases.get(connection, case.id).state for case in waiting}
    assert states == {State.APPROVED, State.REFUSED}


class SinceChanged:
    """A register that has heard of something since: a double for the port."""

    def __init__(self, register, **changes):
        self._register, self._changes = register, changes

    def find(self, inquiry):
        return replace(self._register.find(inquiry), **self._changes)


def test_who_dies_while_waiting_is_not_verified(arcadia, a_walker, a_verifier):
    nadia, vera = a_walker("Nadia"), a_verifier()
    case = nadia.submits()
    later = replace(arcadia, register=SinceChanged(arcadia.register, alive=False))
    claim_case(later, vera, case.id)
    assert decide(later, vera, case.id, Choice.APPROVED).state is State.REFUSED
    assert assurance(arcadia, nadia.person_id) is Level.LOW


def test_an_account_locked_while_waiting_is_not_verified(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    case = nadia.submits()
    with arcadia.transaction() as tx:
        records.set_status(tx, nadia.person_id, Status.LOCKED, "operator", "test")
    assert approves(a_verifier(), case.id).state is State.REFUSED


def test_an_account_cannot_become_somebody_else(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    approves(a_verifier(), nadia.submits(Level.SUBSTANTIAL).id)
    case = replace(nadia, row=specimens.person("Clara")).submits(Level.HIGH)
    assert case.state is State.REFUSED
    assert assurance(arcadia, nadia.person_id) is Level.SUBSTANTIAL


def test_the_same_person_rises_from_substantial_to_high(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    approves(a_verifier(), nadia.submits(Level.SUBSTANTIAL).id)
    case = nadia.submits(Level.HIGH)
    for _ in range(2):
        approves(a_verifier(), case.id)
    assert assurance(arcadia, nadia.person_id) is Level.HIGH


def test_a_refusal_gives_reasons_and_changes_nothing(arcadia, a_walker, a_verifier):
    nadia, vera = a_walker("Nadia"), a_verifier()
    case = nadia.submits()
    claim_case(arcadia, vera, case.id)
    reasons = (Reason.DOCUMENT_IMAGE_UNCLEAR, Reason.SUSPECTED_FRAUD)
    assert decide(arcadia, vera, case.id, Choice.REFUSED, reasons, "looks printed").state is State.REFUSED
    told = progress.of(arcadia, nadia.person_id).reasons
    assert told == (Reason.DOCUMENT_IMAGE_UNCLEAR, Reason.DETAILS_NOT_CONFIRMED)
    letter = letters(arcadia)[-1]["text"]
    assert "cannot be read" in letter
    assert "fraud" not in letter
    assert "looks printed" not in letter
    assert assurance(arcadia, nadia.person_id) is Level.LOW


def test_who_is_no_verifier_neither_takes_nor_decides(arcadia, a_walker, a_citizen, a_verifier):
    case, vera = a_walker("Nadia").submits(), a_verifier()
    assert refused(lambda: claim_case(arcadia, a_citizen(), case.id)) == "console.forbidden"
    claim_case(arcadia, vera, case.id)
    with arcadia.transaction() as tx:
        roles.revoke(tx, vera, roles.Role.VERIFIER, "operator")
    assert refused(lambda: decide(arcadia, vera, case.id, Choice.APPROVED)) == "console.forbidden"


def test_a_verifier_cannot_verify_themselves(arcadia, a_verifier, a_walker):
    vera = replace(a_walker("Vera"), person_id=a_verifier())
    case = vera.submits()
    assert refused(lambda: claim_case(arcadia, vera.person_id, case.id)) == "proofing.own_case"


def test_evidence_swapped_behind_the_verifiers_back_stops_the_decision(arcadia, a_walker, a_verifier):
    case, vera = a_walker("Nadia").submits(), a_verifier()
    claim_case(arcadia, vera, case.id)
    with arcadia.transaction() as tx:
        tx.execute(delete(pictures).where(pictures.c.kind == "portrait"))
    code = refused(lambda: decide(arcadia, vera, case.id, Choice.APPROVED))
    assert code == "proofing.evidence_changed"


def test_a_card_without_its_zone_reaches_substantial(arcadia, a_walker, a_verifier, approves):
    clara = a_walker("Clara").gives()
    person, row = clara.person_id, clara.row
    submit_evidence.choose_document(arcadia, person, Document.CARD_DATA)
    dates = (date.fromisoformat(row["birthdate"]), date.fromisoformat(row["idcard_expires_on"]))
    submit_evidence.keep_card_data(arcadia, person, row["idcard_number"].lower(), *dates)
    submit_evidence.keep_names(arcadia, person, row["given_name"], row["family_name"])
    submit_evidence.upload(arcadia, person, "document", DOCUMENT)
    assert approves(a_verifier(), submit(arcadia, person).id).state is State.APPROVED


def test_a_card_without_its_zone_is_not_offered_for_high(arcadia, a_citizen):
    person = a_citizen()
    begin(arcadia, person, Level.HIGH)
    code = refused(lambda: submit_evidence.choose_document(arcadia, person, Document.CARD_DATA))
    assert code == "proofing.document_too_weak"


def test_the_zone_must_be_of_the_document_that_was_chosen(arcadia, a_walker):
    nadia = a_walker("Nadia")
    begin(arcadia, nadia.person_id, Level.HIGH)
    submit_evidence.choose_document(arcadia, nadia.person_id, Document.PASSPORT)
    lines = "\n".join(zones.card(nadia.row))
    assert refused(lambda: submit_evidence.read_zone(arcadia, nadia.person_id, lines)) == "proofing.other_document"


def test_an_expired_document_is_named_at_once(a_walker):
    assert refused(lambda: a_walker("Pedro").gives()) == "proofing.document_expired"


def test_nothing_is_submitted_before_everything_is_given(arcadia, a_citizen):
    person = a_citizen()
    assert refused(lambda: submit(arcadia, person)) == "proofing.no_open_case"
    begin(arcadia, person, Level.HIGH)
    assert refused(lambda: submit(arcadia, person)) == "proofing.incomplete"


def test_a_case_is_submitted_once(arcadia, a_walker):
    nadia = a_walker("Nadia")
    nadia.submits()
    assert refused(lambda: submit(arcadia, nadia.person_id)) == "proofing.no_open_case"


def test_guessing_is_slowed_down(arcadia, a_walker):
    nadia = a_walker("Nadia")
    for day in range(10, 15):
        assert nadia.submits(birthdate=f"1997-02-{day}").state is State.REFUSED
    nadia.gives(birthdate="1997-02-15")
    assert refused(lambda: submit(arcadia, nadia.person_id)) == "too_many_attempts"


def test_who_is_verified_already_need_not_begin(arcadia, a_walker, a_verifier, approves):
    nadia = a_walker("Nadia")
    approves(a_verifier(), nadia.submits().id)
    code = refused(lambda: begin(arcadia, nadia.person_id, Level.SUBSTANTIAL))
    assert code == "proofing.already_verified"


def test_a_case_is_resumed_where_it_was_left(arcadia, a_walker):
    nadia = a_walker("Nadia").gives(Level.SUBSTANTIAL)
    case = begin(arcadia, nadia.person_id, Level.HIGH, "another sign-in")
    done = progress.of(arcadia, nadia.person_id)
    assert (done.case.id, done.case.level, done.case.login_id) == (case.id, Level.HIGH, "another sign-in")
    assert progress.next_step(done) == progress.LAST


def test_withdrawing_deletes_and_leaves_the_citizen_free_to_begin_again(arcadia, a_walker):
    nadia = a_walker("Nadia").gives()
    withdraw(arcadia, nadia.person_id)
    assert progress.of(arcadia, nadia.person_id).pictures == ()
    assert nadia.submits().state is State.WAITING


@pytest.mark.parametrize("step", ["details", "names", "portrait", "document-image", "check"])
def test_no_step_can_be_skipped_to(arcadia, a_citizen, step):
    person = a_citizen()
    begin(arcadia, person, Level.HIGH)
    assert not progress.may_visit(progress.of(arcadia, person), step)
