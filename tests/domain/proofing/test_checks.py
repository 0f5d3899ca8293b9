from dataclasses import replace
from datetime import date, timedelta

import pytest

from idp.domain.proofing import checks, levels
from idp.domain.proofing.details import Document, Result, Verdict
from idp.protocol.assurance import Level
from tests.domain.proofing.conftest import ALL_WELL, DETAILS, FOUND, SUBMISSION, TODAY


def verdict_of(name, submission):
    return next(verdict for verdict in checks.run(submission) if verdict.check == name)


def with_found(**changes):
    return replace(SUBMISSION, found=replace(FOUND, **changes))


def with_details(**changes):
    return replace(SUBMISSION, details=replace(DETAILS, **changes))


def test_an_honest_submission_passes_every_check_and_reaches_high():
    verdicts = checks.run(SUBMISSION)
    assert {verdict.result for verdict in verdicts} == {Result.PASSED}
    assert levels.reachable(verdicts) is Level.HIGH


@pytest.mark.parametrize(
    ("name", "submission", "reason"),
    [
        ("mrz_check_digits", with_details(mrz=(DETAILS.mrz[0], DETAILS.mrz[1][:-1] + "1")), "check_digit"),
        ("mrz_check_digits", with_details(mrz=()), "check_digit"),
        ("document_not_expired", with_details(expires_on=(TODAY - timedelta(1)).isoformat()), "expired"),
        ("document_age", with_found(issued_on="2012-01-01"), "too_old"),
        ("document_age", with_found(issued_on=(TODAY + timedelta(1)).isoformat()), "issued_in_the_future"),
        ("register_match", replace(SUBMISSION, found=None), "no_match"),
        ("document_registered", with_found(revoked=True), "revoked"),
        ("document_registered", with_found(expires_on="2031-01-01"), "differs"),
        ("document_registered", with_found(document_kind="idcard"), "differs"),
        ("document_registered", with_found(document_country="UTO"), "differs"),
        ("alive", with_found(alive=False), "deceased"),
        ("unique_person", replace(SUBMISSION, held_elsewhere=True), "held_by_another_account"),
        ("same_person_as_before", replace(SUBMISSION, own_identifier="10000000002"), "another_person_before"),
        ("names_consistent", with_details(mrz_names=("ANNA MARIA", "OTHER")), "differ"),
        ("portrait_present", replace(SUBMISSION, evidence={"document": "bb"}), "missing"),
        ("document_image_present", replace(SUBMISSION, evidence={"portrait": "aa"}), "missing"),
    ],
)
def test_a_fault_fails_its_check_and_reaches_no_level(name, submission, reason):
    assert verdict_of(name, submission) == Verdict(name, Result.FAILED, reason)
    assert levels.reachable(checks.run(submission)) is Level.LOW


@pytest.mark.parametrize(
    ("name", "submission", "reason"),
    [
        ("unique_person", replace(SUBMISSION, waiting_elsewhere=True), "waiting_in_another_case"),
        ("pictures_distinct", replace(SUBMISSION, evidence={"portrait": "aa", "document": "aa"}), "same_picture_twice"),
        ("of_age", with_details(birthdate=date(TODAY.year - 17, 1, 1).isoformat()), "minor"),
        ("names_consistent", with_details(mrz_names=("ANNA MAR", "ERIKSSON"), mrz_cut=True), "cut_short"),
    ],
)
def test_an_oddity_is_flagged_for_the_verifier(name, submission, reason):
    assert verdict_of(name, submission) == Verdict(name, Result.FLAGGED, reason)


def test_a_document_valid_until_today_has_not_expired():
    assert verdict_of("document_not_expired", with_details(expires_on=TODAY.isoformat())).result is Result.PASSED


def test_a_single_name_agrees_wherever_the_zone_puts_it():
    single = replace(with_found(names_latin=("Sukarno", "")), details=replace(DETAILS, mrz_names=("", "SUKARNO")))
    assert verdict_of("names_consistent", single).result is Result.PASSED


def test_a_card_without_its_machine_readable_zone_reaches_substantial_only():
    details = replace(DETAILS, mrz=(), mrz_names=("", ""), issuing_state="")
    card = replace(with_found(document_kind="idcard"), document=Document.CARD_DATA, details=details)
    assert levels.reachable(checks.run(card)) is Level.SUBSTANTIAL
    assert levels.reachable_with(Document.CARD_DATA) is Level.SUBSTANTIAL


@pytest.mark.parametrize("missing", [verdict.check for verdict in ALL_WELL])
def test_a_check_that_was_not_made_counts_as_not_passed(missing):
    verdicts = [verdict for verdict in ALL_WELL if verdict.check != missing]
    assert levels.reachable(verdicts) < Level.HIGH


def test_no_verdicts_reach_nothing():
    assert levels.reachable(()) is Level.LOW


def test_every_check_that_a_level_needs_stands_in_the_table():
    names = {name for name, _ in checks.CHECKS}
    assert frozenset().union(*levels.NEEDED.values()) <= names
