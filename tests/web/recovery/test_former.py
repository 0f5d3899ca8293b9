"""The pages of somebody who has lost everything, and of whoever can still open the account that she wants."""

from dataclasses import replace
from urllib.parse import urlencode

import pyotp
import pytest

from idp.domain.people import identifiers
from idp.domain.recovery import alarms, reclaims
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.web.pages import Window
from tests.web.recovery.conftest import SECRET

NEW = "seventeen quiet lamps"
WAITING = 7 * 24 * 3600


@pytest.fixture
def claimant(provider):
    """The new account of whoever says to be anna."""
    return a_citizen(provider, username="new-anna")


@pytest.fixture
def waiting(provider, anna, claimant):
    """Staff are sure."""
    with provider.transaction() as tx:
        return reclaims.begin(tx, anna.id, claimant.id, "ABCD-2345", WAITING, "a verifier")


@pytest.fixture
def signed_in(app, clock):
    def go(citizen):
        window = Window.of(app).goes("/account")
        window.submits("/authenticate", username=citizen.username, password=citizen.password)
        if window.at.endswith("/second-factor"):
            clock.advance(30)
            window.submits("/second-factor", code=pyotp.TOTP(SECRET).at(clock.now))
        return window

    return go


def test_who_has_no_way_left_is_shown_what_it_takes(lost, app):
    window = lost("anna")
    assert "/recover/identity" in window.page.links
    window.goes("/recover/identity")
    assert "Wait 7 days." in window.page.words
    assert "/account/former" in window.page.links
    assert window.goes("/account/former").at.endswith("/authenticate"), "in an account, new if need be"


def test_the_wish_opens_a_case_at_the_highest_level(signed_in, claimant, provider):
    window = signed_in(claimant).goes("/account/former").submits("/account/former")
    assert window.at == "/verify-identity/document"
    with provider.reading() as connection:
        row = connection.exec_driver_sql("SELECT level, former FROM proofing_cases").one()
    assert (row[0], bool(row[1])) == ("high", True)


def test_until_then_she_reads_when_and_cannot_take_it(signed_in, claimant, waiting, clock):
    window = signed_in(claimant).goes("/account/former")
    assert "ABCD-2345" in window.page.words
    assert "former-take" not in window.page.by_id
    window.posts("/account/former/take", csrf_token=window.token())
    assert window.status >= 400
    assert "/recover/" not in window.at


def test_afterwards_she_chooses_new_ways_and_signs_in(app, signed_in, anna, claimant, waiting, clock, provider):
    clock.advance(WAITING)
    before = signed_in(anna)
    window = signed_in(claimant).goes("/account/former").submits("/former/take")
    assert window.at.endswith("/method")
    window.submits("/method", password=NEW)
    secret = next(word for word in window.page.words.split() if len(word) == 32 and word.isalnum() and word.isupper())
    window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    assert window.at.endswith("/recovery-codes")
    window.submits("/recovery-codes", saved="yes")

    assert before.goes("/account").at.endswith("/authenticate"), "whoever was there is not any more"
    window.goes("/account").submits("/authenticate", username="anna", password=NEW)
    clock.advance(30)
    window.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    assert window.at == "/account"
    with provider.reading() as connection:
        assert claimant.email in {one.value for one in identifiers.of(connection, provider.vault, anna.id)}
    gone = Window.of(app).goes("/account")
    assert gone.submits("/authenticate", username="new-anna", password=claimant.password).status == 422


def test_whoever_can_open_the_account_reads_of_it_at_once_and_stops_it(signed_in, anna, claimant, waiting):
    window = signed_in(anna)
    assert "Somebody is about to have your account" in window.page.words
    window.submits("/former/stop")
    assert "It is stopped. Nobody else gets this account." in window.page.words
    assert "Somebody is about to have your account" not in window.page.words
    assert "former-take" not in signed_in(claimant).goes("/account/former").page.by_id


def test_the_link_of_the_letter_stops_it_and_leaves_the_account_as_it_is(
    provider, app, signed_in, anna, claimant, waiting
):
    with provider.transaction() as tx:
        link = f"/not-me/{alarms.prepare(tx, anna.id, 'reclaim_begun')}"
    inside = signed_in(anna)
    window = Window.of(app).goes(link).submits(f"{link}/stop")
    assert "It is stopped. Nobody else gets this account." in window.page.title
    assert inside.goes("/account").at == "/account", "nothing else ends"
    assert "former-take" not in signed_in(claimant).goes("/account/former").page.by_id
    assert "reclaim-stop" not in window.goes(link).page.by_id
    assert "not-me-confirm" in window.page.by_id, "she can still lock it"
    window.posts(f"{link}/stop", csrf_token=window.token())
    assert window.status == 200


def test_the_link_of_another_letter_stops_nothing_by_itself(provider, app, anna, waiting):
    with provider.transaction() as tx:
        link = f"/not-me/{alarms.prepare(tx, anna.id, 'password_changed')}"
    window = Window.of(app).goes(link)
    assert "reclaim-stop" not in window.page.by_id
    window.posts(f"{link}/stop", csrf_token=window.token())
    assert live(provider, anna)


def test_stopping_needs_our_own_page_and_a_link_that_is_one(provider, app, anna, waiting):
    with provider.transaction() as tx:
        link = f"/not-me/{alarms.prepare(tx, anna.id, 'reclaim_begun')}"
    assert app.test_client().post(f"{link}/stop").status_code == 403
    window = Window.of(app)
    window.posts("/not-me/nothing/stop", csrf_token=window.token())
    assert "too old" in window.page.words
    assert live(provider, anna)


def on_the_way_to_a_service(app, provider, citizen, clock):
    service = a_client(provider)
    asks = {"client_id": service.id, "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "openid"}
    asks |= {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    window = Window.of(app).goes(f"/oidc/authorize?{urlencode(asks)}")
    window.submits("/authenticate", username=citizen.username, password=citizen.password)
    clock.advance(30)
    return window.submits("/second-factor", code=citizen.code(clock.now))


def test_who_signs_in_to_a_service_reads_of_it_first_and_stops_it(app, provider, anna, waiting, clock):
    window = on_the_way_to_a_service(app, provider, anna, clock)
    assert window.at.endswith("/reclaim")
    assert "Somebody is about to have your account" in window.page.words
    window.submits("/reclaim")
    assert window.at.endswith("/consent")
    assert not live(provider, anna)


def test_who_knows_of_it_goes_on_and_is_asked_again_at_the_next_sign_in(app, provider, anna, waiting, clock):
    window = on_the_way_to_a_service(app, provider, anna, clock)
    window.submits("/reclaim/go-on")
    assert window.at.endswith("/consent")
    assert live(provider, anna)
    assert on_the_way_to_a_service(app, provider, anna, clock).at.endswith("/reclaim")


def test_whoever_only_knows_the_password_neither_reads_of_it_nor_stops_it(app, provider, anna, waiting, clock):
    window = on_the_way_to_a_service(
        app, provider, replace(anna, totp_secret="NOBODYNOBODYNOBODYNOBODYNOBODYNO"), clock
    )
    path = window.at.rpartition("/")[0]
    assert window.goes(f"{path}/reclaim").at.endswith("/second-factor")
    window.posts(f"{path}/reclaim", csrf_token=window.token())
    assert live(provider, anna)


def live(provider, citizen):
    with provider.reading() as connection:
        return reclaims.of_owner(connection, citizen.id)


def test_a_recovery_that_was_stopped_in_the_middle_binds_nothing(signed_in, anna, claimant, waiting, clock):
    clock.advance(WAITING)
    window = signed_in(claimant).goes("/account/former").submits("/former/take")
    signed_in(anna).submits("/former/stop")
    window.submits("/method", password=NEW)
    assert not window.at.endswith("/recovery-codes")
    assert signed_in(anna).at == "/account"
