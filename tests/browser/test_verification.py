"""Proving who one is: from the passport on the table, past two verifiers, to what agencies are told."""

import pytest

from demo import specimens, zones
from tests.browser.authenticators import App
from tests.browser.country import SECRET, row_of
from tests.browser.errands import SIGN_IN, consents, registers_with_password, shows_passport, signs_in, types_zone
from tests.browser.staff import claims, decides, opens_case

pytestmark = pytest.mark.slow
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
REMEDY = "Take a new portrait in daylight, from the front, without hat or dark glasses."


def applies(walker, username) -> None:
    """Sign in to the Civil Registry as somebody whom nobody has verified, and ask to register a birth."""
    walker.goes(walker.country.registry)
    walker.presses(SIGN_IN[walker.language])
    signs_in(walker, username, App(SECRET))
    consents(walker)
    walker.sees("low", at="#assurance")
    walker.sees("nothing yet", at="#verified")
    walker.presses("#register-birth")
    walker.presses("#verify-start")
    walker.presses("#proofing-continue")


@LANGUAGES
def test_high_assurance_takes_two_different_verifiers(country, a_window, at_work, language):
    walker, username = a_window(language), f"rises.{language}"
    row = row_of(username)
    applies(walker, username)
    reference = shows_passport(walker, row)

    vera = at_work("vera", language)
    decides(vera, reference)
    opens_case(vera, reference)
    vera.presses("#case-claim")
    assert vera.all("#error-summary a[href='#case-claim']").count() == 1, "the same verifier may decide twice"
    assert vera.all("#case-decide").count() == 0
    walker.goes("/verify-identity/status")
    assert walker.all("#proofing-return").count() == 0, "one verifier is enough for high assurance"

    decides(at_work("viktor", language), reference)
    country.letter(f"{username}@arcadia.example", reference)
    walker.goes("/verify-identity/status")
    walker.presses("#proofing-return")
    walker.is_at("registry-births-new")
    walker.goes(country.registry)
    walker.sees(row["name"], at="#person-name")
    walker.sees("high", at="#assurance")
    walker.sees("birthdate, name, national identifier (arcadia, high, 20", at="#verified")


@LANGUAGES
def test_who_is_refused_is_told_why_and_what_to_do(country, a_window, at_work, language):
    walker, username = a_window(language), f"fails.{language}"
    row = row_of(username)
    applies(walker, username)
    reference = shows_passport(walker, row)
    viktor = at_work("viktor", language)
    claims(viktor, reference)
    viktor.chooses("choice-2")
    viktor.presses("#case-decide")
    assert viktor.all("#error-summary a[href='#decision-reason']").count() == 1, "refused without a reason"
    viktor.chooses("decision-reason")
    viktor.types("note", "Too dark.")
    viktor.presses("#case-decide")
    viktor.is_at("console-cases")
    letter = country.letter(f"{username}@arcadia.example", reference).string
    walker.goes("/verify-identity/status")
    walker.reads(REMEDY)
    walker.sees(reference)
    assert "Too dark." not in walker.page.content() + letter
    walker.goes(country.registry)
    walker.sees("low", at="#assurance")


@LANGUAGES
def test_a_wrong_check_digit_is_found_at_its_place(country, a_window, language):
    walker, username = a_window(language), f"mistypes.{language}"
    row = row_of(username)
    applies(walker, username)
    walker.chooses("document")
    walker.presses("#proofing-continue")
    first, second = zones.passport(row)
    types_zone(walker, first, second[:9] + str((int(second[9]) + 1) % 10) + second[10:])
    assert walker.all("#error-summary a[href='#mrz-line-2']").count() >= 1
    types_zone(walker, first.lower(), second)
    walker.is_at("verify-identity-names")


def test_a_file_that_is_no_picture_is_refused_by_name(a_window):
    walker = a_window()
    walker.goes("/register")
    registers_with_password(walker, "uploads@home.example")
    walker.presses("#account-verify")
    walker.presses("#proofing-continue")
    walker.chooses("level-2")
    walker.presses("#proofing-continue")
    walker.chooses("document")
    walker.presses("#proofing-continue")
    types_zone(walker, *zones.passport(specimens.person("Inês")))
    walker.presses("#proofing-continue")
    page = {"name": "portrait.jpg", "mimeType": "image/jpeg", "buffer": b"<script>alert(1)</script>" * 40}
    walker.page.set_input_files("#portrait", page)
    walker.presses("#proofing-continue")
    walker.sees("The file is not a JPEG, PNG or WebP picture", at="#error-summary")
