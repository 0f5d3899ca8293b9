"""What citizens come for, one function for each errand: it begins on a page and ends on the next."""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, expect

from demo import specimens, zones
from idp.foundation.clock import monotonic, pause
from tests.browser.authenticators import App, Device
from tests.browser.country import PASSWORD, TIMEOUT
from tests.browser.walker import Walker

SIGN_IN = {"en": "#sign-in", "ar": "#sign-in-ar", "zh_Hant": "#sign-in-zh"}
"""What to press on an agency's front page."""


def proves_address(walker: Walker, address: str) -> None:
    """From the first page of registering to the choice of a way to sign in, by the code that was mailed."""
    walker.is_at("register-address")
    walker.types("email", address)
    walker.presses("#register-submit")
    walker.is_at("register-code")
    walker.types("register-code", walker.country.letter(address, r"\b(\d{6})\b")[1])
    walker.presses("#register-submit")


def registers_with_password(walker: Walker, address: str) -> App:
    """From the first page to the end, with a password and an authenticator app that is given the page's key."""
    proves_address(walker, address)
    walker.is_at("register-method")
    walker.types("register-password", PASSWORD)
    walker.presses("#register-submit")
    walker.is_at("register-second-factor")
    expect(walker.all(".qr svg")).to_be_visible()
    app = App(walker.page.inner_text("#totp-secret"))
    walker.types("register-totp", app.code())
    walker.presses("#enrol-submit")
    app.recovery_codes = saves_codes(walker)
    return app


def registers_with_passkey(walker: Walker, address: str, device: Device) -> None:
    """From the first page to the end, with nothing but a passkey."""
    proves_address(walker, address)
    walker.is_at("register-method")
    with device.touched():
        walker.presses("#register-passkey")
    saves_codes(walker)


def saves_codes(walker: Walker) -> list[str]:
    """Past the recovery codes, which are read."""
    walker.is_at("register-recovery-codes")
    codes = walker.all("#codes li").all_inner_texts()
    assert len(set(codes)) == 10, codes
    walker.chooses("codes-saved")
    walker.presses("#register-submit")
    return codes


def signs_in(walker: Walker, username: str, app: App | None = None, password: str = PASSWORD) -> None:
    """From the first page of signing in to whatever comes after."""
    walker.is_at("signin-authenticate")
    walker.types("login-username", username)
    walker.types("login-password", password)
    walker.presses("#login-submit")
    if app is not None:
        walker.is_at("signin-second-factor")
        walker.types("login-code", app.code())
        walker.presses("#login-submit")


def consents(walker: Walker) -> None:
    """From the page that shows what would be shared, back to the agency."""
    walker.is_at("signin-consent")
    walker.presses("#consent-approve")


def shows_passport(walker: Walker, row: specimens.Row) -> str:
    """From the choice of a document to the confirmation; returns the reference number of the case."""
    walker.is_at("verify-identity-document")
    walker.chooses("document")
    walker.presses("#proofing-continue")
    types_zone(walker, *zones.passport(row))
    walker.is_at("verify-identity-names")
    walker.types("given-name", row["given_name"])
    walker.types("family-name", row["family_name"])
    walker.presses("#proofing-continue")
    uploads(walker, "portrait", specimens.portrait(row))
    uploads(walker, "document-image", specimens.passport(row))
    walker.is_at("verify-identity-check")
    walker.presses("#proofing-submit")
    walker.is_at("verify-identity-status")
    return re.search(r"[0-9A-Z]{4}[0-9A-Z-]*\b", walker.page.inner_text("main .notice .title"))[0]


def types_zone(walker: Walker, *lines: str) -> None:
    """Type the machine-readable lines and go on."""
    walker.is_at("verify-identity-details")
    for number, line in enumerate(lines, 1):
        walker.types(f"mrz-line-{number}", line)
    walker.presses("#proofing-continue")


def uploads(walker: Walker, field: str, picture: Image.Image) -> None:
    """Give a picture and go on."""
    walker.is_at(f"verify-identity-{field}")
    walker.page.set_input_files(f"#{field}", file(picture, field))
    walker.presses("#proofing-continue")


def file(picture: Image.Image, name: str) -> FilePayload:
    """The picture as a camera would save it."""
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=90)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def declares_birth(walker: Walker, child: str) -> None:
    """From the Civil Registry's form to the document at the provider."""
    walker.is_at("registry-births-new")
    walker.types("child", child)
    walker.types("born_on", "2026-11-02")
    walker.types("place", "Tegea")
    walker.presses("#birth-submit")
    walker.is_at("sign-one")


def confirms_with_code(walker: Walker, app: App) -> None:
    """From the document that was read to the receipt."""
    walker.presses("#sign-continue")
    walker.is_at("sign-authorise")
    walker.types("sign-code", app.code())
    walker.presses("#sign-authorise")
    walker.is_at("sign-done")


def confirms_with_passkey(walker: Walker, device: Device) -> None:
    """From the document that was read to the receipt, without a single key."""
    walker.presses("#sign-continue")
    walker.is_at("sign-authorise")
    with device.touched():
        walker.presses("#sign-passkey")
    walker.is_at("sign-done")


def adds_passkey(walker: Walker, device: Device) -> None:
    """At the account's page, somewhere between other errands."""
    walker.goes("/account/security/add")
    with device.touched():
        walker.presses("#enrol-passkey")
    walker.is_at("account-security")


def is_signed_out_at(walker: Walker, agency: str) -> None:
    """The agency shows nobody's data any more, as soon as the courier has been there."""
    deadline = monotonic() + TIMEOUT
    while monotonic() < deadline:
        walker.page.goto(agency)
        if walker.all("#sign-in").count():
            return
        pause(0.2)
    raise AssertionError(f"{agency} still knows her")
