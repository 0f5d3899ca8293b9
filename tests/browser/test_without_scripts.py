"""Everything but a passkey, in a browser that runs no script: registering, verification, two agencies, a signature."""

import pytest

from demo import specimens
from tests.browser.errands import (
    confirms_with_code,
    consents,
    declares_birth,
    registers_with_password,
    shows_passport,
)
from tests.browser.staff import decides

pytestmark = pytest.mark.slow


def test_no_script_is_needed(country, a_window, at_work):
    walker, row = a_window(scripts=False), specimens.person("Yusuf")
    walker.goes(country.registry)
    walker.presses("#sign-in")
    walker.presses("#login-register")
    app = registers_with_password(walker, "plain@home.example")
    consents(walker)
    walker.sees("low", at="#assurance")
    walker.presses("#register-birth")
    walker.presses("#verify-start")
    walker.presses("#proofing-continue")
    reference = shows_passport(walker, row)
    for username in ("vera", "viktor"):
        decides(at_work(username), reference)
    walker.presses("a[href$='/verify-identity/status']")
    walker.presses("#proofing-return")
    declares_birth(walker, "Talos")
    confirms_with_code(walker, app)
    walker.presses("#sign-return")
    walker.sees("Talos", at="#registrations [data-state=signed]")
    walker.goes(country.revenue)
    walker.presses("#sign-in")
    consents(walker)
    walker.sees(row["tax_number"], at="#tax-number")
    walker.presses("#sign-out")
    walker.goes("/account")
    walker.is_at("signin-authenticate")
    offered = walker.page.locator("button:visible").all_inner_texts()
    assert offered == ["Sign in", "Sign in with another device"], "what needs a script is offered"
