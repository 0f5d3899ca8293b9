"""Signing with a fresh factor, declining, and what everybody can check afterwards."""

import pytest
from playwright.sync_api import expect

from tests.browser.authenticators import App, Device
from tests.browser.country import SECRET
from tests.browser.errands import SIGN_IN, adds_passkey, confirms_with_passkey, consents, declares_birth, signs_in
from tests.browser.paper import downloads, poppler_says

pytestmark = pytest.mark.slow
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])


def comes(walker, username) -> App:
    """Somebody verified at high assurance signs in to the Civil Registry and opens its form."""
    app = App(SECRET)
    walker.goes(walker.country.registry)
    walker.presses(SIGN_IN[walker.language])
    signs_in(walker, username, app)
    consents(walker)
    walker.presses("#register-birth")
    return app


@LANGUAGES
def test_a_passkey_signs_what_poppler_and_the_public_page_call_valid(country, a_window, language, tmp_path):
    walker = a_window(language)
    device = Device(walker.page)
    comes(walker, f"signs.{language}")
    adds_passkey(walker, device)
    walker.goes(f"{country.registry}/births/new")
    declares_birth(walker, "Ariadne")
    sheets = walker.all("img.sheet")
    assert sheets.count() == 1, "the form has one page"
    sheets.scroll_into_view_if_needed()
    expect(sheets).to_have_js_property("complete", value=True)
    assert sheets.evaluate("one => one.naturalWidth") >= 1000, "the page is drawn too small to read"
    confirms_with_passkey(walker, device)
    walker.presses("#sign-return")
    signed = downloads(walker, "#registrations [data-state=signed] a", tmp_path)
    assert "Signature is Valid." in poppler_says(signed)

    anybody = a_window(language, "anybody")
    anybody.goes("/verify-signature")
    anybody.page.set_input_files("#signed-file", signed)
    anybody.presses("#verify-submit")
    assert anybody.all("[data-conclusion=valid]").count() == 1
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(signed.read_bytes().replace(b"ReportLab", b"ReportLib", 1))
    anybody.page.set_input_files("#signed-file", forged)
    anybody.presses("#verify-submit")
    assert anybody.all("[data-conclusion=valid]").count() == 0
    assert anybody.all("[data-conclusion]").count() == 1


@LANGUAGES
def test_who_declines_signs_nothing_and_the_agency_learns_why(a_window, language):
    walker = a_window(language)
    comes(walker, f"declines.{language}")
    declares_birth(walker, "Icarus")
    walker.presses("#sign-decline")
    walker.presses("#decline-submit")
    assert walker.all("#error-summary a[href='#reason']").count() == 1, "declined without a reason"
    walker.chooses("reason")
    walker.types("comment", "The child is called Ikaros.")
    walker.presses("#decline-submit")
    walker.is_at("sign-done")
    walker.presses("#sign-return")
    walker.sees("declined", "The child is called Ikaros.", at="#registrations [data-state=declined]")
    assert walker.all("#registrations a").count() == 0


def test_a_wrong_code_signs_nothing(country, a_window):
    walker = a_window()
    app = comes(walker, "misses.en")
    declares_birth(walker, "Daedalus")
    walker.presses("#sign-continue")
    walker.types("sign-code", app.stale())
    walker.presses("#sign-authorise")
    walker.is_at("sign-authorise")
    assert walker.all("#error-summary a[href='#sign-code']").count() == 1
    walker.goes(f"{country.registry}/signed")
    walker.sees("Daedalus", at="#registrations [data-state=viewed]")
