"""Somebody who lost everything proves who she is to two verifiers, waits, and has her account back."""

import sqlite3

import pytest

from idp.cli.demo_country import people
from tests.browser.authenticators import App
from tests.browser.country import CITIZENS, SECRET, admit, row_of, running
from tests.browser.errands import SIGN_IN, consents, registers_with_password, shows_passport, signs_in
from tests.browser.staff import decides

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
NEW = "seventeen quiet lamps"
OWNERS = {"en": "closes.en", "ar": "closes.ar", "zh_Hant": "parts.en"}
"""Whose passport is shown, by the language in which she has lost everything."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("former")


@pytest.fixture(scope="module")
def country(folder):
    """A country of its own, in which days can pass."""
    with running(folder) as country:
        admit(country, folder)
        yield country


def days_pass(folder):
    """The clock of a running provider cannot be moved, so the moment is."""
    with sqlite3.connect(folder / "var" / "tessera.db") as database:
        assert database.execute("UPDATE reclaims SET ripe_at = 1, remind_at = 1 WHERE spent_at IS NULL").rowcount == 1


def somebody_wants(folder, owner, claimant):
    """Two verifiers took somebody for the owner: told by the very row that they leave."""
    with sqlite3.connect(folder / "var" / "tessera.db") as database:
        ids = [_id_of(database, username) for username in (owner, claimant)]
        columns = "id, person_id, claimant_id, reference, requested_at, remind_at, ripe_at"
        values = (f"of {owner}", *ids, "BCDF2345", 1, 1, 4_000_000_000)
        database.execute(f"INSERT INTO reclaims ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _id_of(database, username):
    """Names are sealed, but people were brought in one after another."""
    before = len(people()) + list(CITIZENS).index(username)
    return database.execute("SELECT id FROM people ORDER BY rowid LIMIT 1 OFFSET ?", (before,)).fetchone()[0]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_can_sign_in_reads_that_somebody_wants_her_account_and_stops_it(country, folder, a_window, language):
    username = f"tidies.{language}"
    somebody_wants(folder, username, f"moves.{language}")
    owner = a_window(language, "owner")
    owner.goes(country.revenue)
    owner.presses(SIGN_IN[language])
    signs_in(owner, username, App(SECRET))
    owner.is_at("signin-reclaim")
    owner.presses("#reclaim-go-on")
    consents(owner)

    reader = a_window(language, "reader")
    reader.goes(country.letter(f"{username}@arcadia.example", r"(/not-me/\S+)")[1])
    reader.presses("#reclaim-stop")
    reader.is_at("not-me-stop")
    owner.goes("/account")
    assert owner.all("#reclaim-stop").count() == 0


@pytest.mark.parametrize("language", list(OWNERS))
def test_she_has_it_back_with_nothing_but_her_passport(country, folder, a_window, at_work, language):
    username, address = OWNERS[language], f"found.again.{language}@people.example"
    owner = a_window(language, "owner")
    owner.goes("/account")
    signs_in(owner, username, App(SECRET))
    owner.is_at("account")

    walker = a_window(language)
    walker.goes("/account")
    walker.presses("#login-recover")
    walker.types("recover-name", username)
    walker.presses("#recover-submit")
    walker.is_at("recover-ways")
    walker.page.locator("details summary").click()
    walker.presses("#recover-identity")
    walker.is_at("recover-identity")
    walker.goes("/register")
    registers_with_password(walker, address)
    walker.goes("/account/former")
    walker.is_at("account-former")
    walker.presses("#former-begin")
    reference = shows_passport(walker, row_of(username))
    decides(at_work("vera", language), reference)
    decides(at_work("viktor", language), reference)
    walker.goes("/account/former")
    assert walker.all("#former-take").count() == 0
    owner.goes("/account")
    assert owner.all("#reclaim-stop").count() == 1
    owner.is_at("account")

    days_pass(folder)
    walker.goes("/account/former")
    walker.is_at("account-former")
    walker.presses("#former-take")
    walker.is_at("recover-method")
    walker.types("recover-password", NEW)
    walker.presses("#recover-submit")
    walker.is_at("recover-second-factor")
    app = App(walker.page.inner_text("#totp-secret"))
    walker.types("recover-totp", app.code())
    walker.presses("#enrol-submit")
    walker.is_at("recover-recovery-codes")
    walker.chooses("codes-saved")
    walker.presses("#recover-submit")
    signs_in(walker, username, app, NEW)
    walker.is_at("account")
    owner.reloads()
    owner.is_at("signin-authenticate")
