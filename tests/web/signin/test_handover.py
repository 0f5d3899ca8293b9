"""Signing in with another device, as two browsers without scripts see it; and what programs see."""

import re

import pytest
import segno

from idp.domain.sessions import frames, handovers
from idp.journeys.signin import handover
from tests.builders import PASSWORD
from tests.web.pages import Window
from tests.web.signin.conftest import answered


@pytest.fixture
def kiosk(at_sign_in):
    """At the picture."""
    return at_sign_in().submits("/handover")


@pytest.fixture
def phone(app):
    return Window.of(app)


def typed_code(kiosk):
    return re.search(r"code: (\w{4}-\w{4})", kiosk.page.words)[1]


def number(kiosk):
    return re.search(r'id="handover-number" data-matching>(\d\d)<', kiosk.goes(kiosk.at).response.text)[1]


def signs_in(window, citizen, clock):
    clock.advance(30)
    window.submits("/authenticate", username=citizen.username, password=PASSWORD)
    return window.submits("/second-factor", code=citizen.code(clock.now))


def at_approval(kiosk, phone, citizen, clock):
    phone.goes("/handover").submits("/open", code=typed_code(kiosk).lower())
    return signs_in(phone, citizen, clock)


def test_two_devices_and_no_script(kiosk, phone, anna, clock):
    assert kiosk.response.headers["Refresh"] == "15"
    assert "Waiting for your other device." in kiosk.page.words
    at_approval(kiosk, phone, anna, clock)
    assert "Revenue Service" in phone.page.words
    assert "The same network as this device" in phone.page.words
    phone.submits("/approve", matching=number(kiosk))
    assert "You are signed in over there" in phone.page.words

    kiosk.goes(kiosk.at)
    assert "Approved." in kiosk.page.words
    kiosk.submits("/continue")
    assert kiosk.at.endswith("/consent")
    assert "code" in answered(kiosk.submits("/consent"))
    assert "You signed in at another device" in phone.goes("/account/activity").page.words


def test_the_number_is_not_shown_before_the_other_device_opened_it(kiosk):
    assert re.search(r"data-matching></bdi>", kiosk.response.text)


def test_the_picture_leads_to_the_page_that_asks(kiosk, phone, provider, anna, clock):
    login_id = kiosk.at.split("/")[2]
    with provider.reading() as connection:
        shown = handover.shown_of(provider, handovers.of_login(connection, login_id, clock.now))
    frame = frames.draw(shown.key, shown.handle, frames.STILL, clock.now)
    scanned = segno.make(f"http://localhost/handover?f={frame}", error="l", boost_error=False, micro=False, mask=3)
    assert scanned.svg_inline(scale=5, border=4)[4:] in kiosk.response.text.replace(
        ' xmlns="http://www.w3.org/2000/svg"', ""
    )

    assert "handover-code" not in phone.goes(f"/handover?f={frame}").page.by_id
    assert signs_in(phone.submits("/open"), anna, clock).at == f"/handover/{shown.handle}"
    assert "too old" in Window(kiosk.client).goes(f"/handover?f={frame}").page.words


def test_a_picture_that_was_kept_is_answered_with_another_way(phone):
    phone.goes("/handover?f=old.a1.forged")
    assert "too old" in phone.page.words
    assert "handover-code" in phone.page.by_id


@pytest.mark.parametrize("frame", ["x" * 5000, "..", "%00", "a.b1.\N{SNOWMAN}", "%ff%fe.a1.x"])
def test_odd_frames_are_answered_in_words(phone, frame):
    phone.goes(f"/handover?f={frame}")
    assert phone.status in (200, 400)
    assert "<h1>" in phone.response.text


def test_the_state_is_told_to_its_own_browser_alone(kiosk, phone):
    mine = kiosk.client.get(f"{kiosk.at}/state")
    assert mine.json["state"] == "waiting"
    assert mine.json["picture"].startswith("<svg")
    assert set(mine.json) == {"state", "words", "matching", "picture"}
    theirs = phone.client.get(f"{kiosk.at}/state")
    assert (theirs.status_code, theirs.json) == (404, {"state": "gone"})


def test_the_page_of_the_script_is_not_reloaded_by_the_browser(kiosk):
    assert "Refresh" not in kiosk.client.get(f"{kiosk.at}?live").headers


def test_a_wrong_number_is_said_beside_the_field_and_the_third_ends_it(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    wrong = "10" if number(kiosk) != "10" else "11"
    for _ in range(2):
        phone.submits("/approve", matching=wrong)
        assert phone.status == 422
        assert "not the number" in phone.page.words
    phone.submits("/approve", matching=wrong)
    assert "wrong three times" in phone.page.words
    assert "three times" in kiosk.goes(kiosk.at).page.words
    assert "handover-again" in kiosk.page.by_id
    assert "Refresh" not in kiosk.response.headers


def test_no_number_at_all_is_no_try(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    for _ in range(4):
        phone.submits("/approve", matching="")
        assert "Enter the two digits." in phone.page.words
    phone.submits("/approve", matching=number(kiosk))
    assert "You are signed in over there" in phone.page.words


def test_refused_on_the_telephone(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    phone.submits("/refuse")
    assert "You refused" in phone.page.words
    assert "Refused on the other device" in kiosk.goes(kiosk.at).page.words
    assert "Waiting" in kiosk.submits("/handover").page.words


def test_cancelled_at_the_kiosk(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    words = number(kiosk)
    kiosk.submits("/handover/cancel")
    assert kiosk.at.endswith("/authenticate")
    phone.submits("/approve", matching=words)
    assert "This request is over" in phone.page.words


def test_a_session_on_the_telephone_signs_in_again_with_both_factors(kiosk, phone, anna, clock):
    phone.goes("/account")
    phone.submits("/authenticate", username=anna.username, password=PASSWORD)
    phone.submits("/second-factor", code=anna.code(clock.now))
    assert phone.at == "/account"
    clock.advance(1)
    phone.goes("/handover").submits("/open", code=typed_code(kiosk))
    assert phone.at.endswith("/authenticate")
    signs_in(phone, anna, clock)
    assert phone.at.startswith("/handover/")


def test_who_approves_is_not_offered_to_hand_that_on(kiosk, phone):
    phone.goes("/handover").submits("/open", code=typed_code(kiosk))
    assert phone.at.endswith("/authenticate")
    assert "login-handover" not in phone.page.by_id


def test_somebody_elses_handover_is_a_page_in_words(kiosk, phone, app, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    stranger = Window.of(app).goes(phone.at)
    assert stranger.status == 410
    assert "This request is over" in stranger.page.words


def test_a_form_of_another_site_does_nothing(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    for path in ("approve", "refuse"):
        phone.posts(f"{phone.at}/{path}" if path == "approve" else phone.at.rpartition("/")[0] + "/refuse")
        assert phone.status == 403
    assert phone.posts("/handover/open", code="x").status == 403
    for path in ("", "/continue", "/cancel"):
        at = kiosk.at.removesuffix(path) if path else kiosk.at
        assert kiosk.client.post(f"{at}{path}").status_code == 403


def test_continuing_before_anybody_approved_leads_nowhere_new(kiosk):
    kiosk.submits("/continue")
    assert kiosk.at.endswith("/authenticate")


def test_a_code_nobody_shows_is_said_beside_the_field(phone):
    phone.goes("/handover").submits("/open", code="2222-2222")
    assert phone.status == 422
    assert "There is no such code" in phone.page.words
    assert "Enter the code." in phone.submits("/open", code="").page.words


def test_an_address_that_only_a_form_leads_to_leads_back(kiosk, phone, anna, clock):
    at_approval(kiosk, phone, anna, clock)
    at = phone.at
    assert phone.goes(f"{at}/approve").at == at
