"""A citizen signs in once, two agencies trust her, and she signs: everything on one way, on both databases."""

import pytest

from demo import specimens
from tests.browser.errands import (
    SIGN_IN,
    confirms_with_code,
    consents,
    declares_birth,
    registers_with_password,
    shows_passport,
)
from tests.browser.paper import downloads, poppler_says
from tests.browser.staff import decides

WAYS = [("embedded", "en", "Kofi"), ("embedded", "ar", "Fatimah"), ("on_postgresql", "en", "Yusuf")]


@pytest.mark.slow
@pytest.mark.parametrize(("country", "language", "given_name"), WAYS, indirect=["country"])
def test_a_citizen_signs_in_once_two_agencies_trust_her_and_she_signs(
    country, a_window, at_work, language, given_name, tmp_path
):
    citizen, row = a_window(language), specimens.person(given_name)
    address = f"{given_name.lower()}@home.example"

    citizen.goes("/")
    citizen.presses("#home-register")
    app = registers_with_password(citizen, address)
    citizen.is_at("account")

    # Revenue wants a verified identity; one verifier is enough.
    citizen.goes(country.revenue)
    citizen.presses(SIGN_IN[language])
    citizen.is_at("signin-verify-identity")
    citizen.presses("#verify-start")
    citizen.presses("#proofing-continue")
    reference = shows_passport(citizen, row)
    vera, viktor = at_work("vera", language), at_work("viktor", language)
    decides(vera, reference)
    country.letter(address, reference)
    citizen.goes("/verify-identity/status")
    citizen.presses("#proofing-return")
    citizen.is_at("signin-consent")
    citizen.sees(row["name"], row["tax_number"])
    consents(citizen)
    citizen.sees(row["tax_number"], at="#tax-number")
    citizen.sees("substantial", at="#assurance")

    # The Civil Registry asks for nothing but consent.
    citizen.goes(country.registry)
    citizen.presses(SIGN_IN[language])
    consents(citizen)
    citizen.sees(row["name"], at="#person-name")
    citizen.sees("substantial", at="#verified")

    # A birth needs more: two verifiers.
    citizen.presses("#register-birth")
    citizen.is_at("signin-verify-identity")
    citizen.presses("#verify-start")
    citizen.presses("#proofing-continue")
    reference = shows_passport(citizen, row)
    decides(vera, reference)
    decides(viktor, reference)
    citizen.goes("/verify-identity/status")
    citizen.presses("#proofing-return")

    declares_birth(citizen, "Ariadne")
    confirms_with_code(citizen, app)
    citizen.presses("#sign-return")
    citizen.sees("Ariadne", "signed", at="#registrations [data-state=signed]")
    citizen.sees("high", at="#assurance")
    signed = downloads(citizen, "#registrations a", tmp_path)
    assert "Signature is Valid." in poppler_says(signed)
    citizen.goes("/verify-signature")
    citizen.page.set_input_files("#signed-file", signed)
    citizen.presses("#verify-submit")
    citizen.sees(row["name"], at="[data-conclusion=valid]")
