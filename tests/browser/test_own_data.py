"""A citizen takes her data with her, asks to close her account, and keeps it: by signing in, and by a letter."""

import io
import json

import pypdfium2
import pytest

from tests.browser.authenticators import App
from tests.browser.country import SECRET, row_of
from tests.browser.errands import SIGN_IN, consents, is_signed_out_at, signs_in

pytestmark = pytest.mark.slow


def downloads(walker, button):
    with walker.page.expect_download() as waited:
        walker.page.click(button)
    return waited.value.path().read_bytes()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_citizen_downloads_her_data_and_closes_and_keeps_her_account(country, a_window, language):
    walker, username, app = a_window(language), f"parts.{language}", App(SECRET)
    address, name = f"{username}@arcadia.example", row_of(username)["name"]
    walker.goes(country.revenue)
    walker.presses(SIGN_IN[language])
    signs_in(walker, username, app)
    consents(walker)

    walker.goes("/account/details")
    walker.presses("#details-data")
    told = json.loads(downloads(walker, "#data-json"))
    assert {one["value"] for one in told["details"] if one["name"] == "name"} == {name}
    assert [one["id"] for one in told["services"]] == ["revenue"]
    document = pypdfium2.PdfDocument(io.BytesIO(downloads(walker, "#data-pdf")))
    assert all(part in document[0].get_textpage().get_text_range() for part in name.split())
    document.close()

    walker.goes("/account/details")
    walker.presses("#details-close")
    walker.presses("#close-account")
    assert walker.all("#error-summary a[href='#close-understood']").count() == 1
    walker.chooses("close-understood")
    walker.presses("#close-account")
    walker.reads("Your account is being closed")
    is_signed_out_at(walker, country.revenue)
    walker.presses(SIGN_IN[language])
    walker.is_at("signin-closing")
    walker.presses("#closing-keep")
    assert walker.page.url.startswith(country.revenue)

    walker.goes("/account/close")
    walker.chooses("close-understood")
    walker.presses("#close-account")
    reader = a_window(language, "reader")
    reader.goes(country.letter(address, r"(/keep-account\?link=\S+)", count=2)[1])
    reader.presses("#keep-account")
    reader.reads("Your account stays")
    reader.goes("/keep-account?link=used")
    walker.reloads()
    walker.is_at("signin-authenticate")
