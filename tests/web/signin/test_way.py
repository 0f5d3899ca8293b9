"""The way through signing in: nobody skips a step, goes back into what is over, or is left without a word."""

import json
import re

import pytest
from flask import Flask

from idp.journeys.account.security import new_recovery_codes
from idp.protocol.assurance import Level
from tests.builders import PASSWORD, REDIRECT_URI, a_citizen
from tests.web.pages import Window
from tests.web.signin.conftest import SECRET, answered

STEPS = ["authenticate", "second-factor", "second-factor/recovery-code", "enrol", "verify-identity", "consent"]
POSTED_TO = [
    "authenticate/passkey",
    "second-factor",
    "second-factor/passkey",
    "second-factor/recovery-code",
    "enrol",
    "enrol/passkey",
    "consent",
]


def with_password(window, citizen):
    return window.submits("/authenticate", username=citizen.username, password=citizen.password)


def signs_in(window, citizen, clock):
    """As far as the consent page."""
    with_password(window, citizen)
    if citizen.totp_secret:
        clock.advance(30)
        window.submits("/second-factor", code=citizen.code(clock.now))
    return window


def test_the_whole_way_leads_to_the_service_with_a_code(at_sign_in, anna, clock):
    window = signs_in(at_sign_in(), anna, clock)
    assert window.at.endswith("/consent")
    assert {"consent-approve", "consent-deny"} <= set(window.page.by_id)
    window.submits("/consent")

    answer = answered(window)
    assert (answer["state"], answer["iss"]) == ("st", "http://localhost")
    assert len(answer["code"]) > 40


def test_the_next_service_asks_for_nothing_but_consent(at_sign_in, asked, anna, clock):
    window = signs_in(at_sign_in(), anna, clock).submits("/consent")
    window.goes(asked(scope="openid email"))

    assert window.at.endswith("/consent")
    assert anna.email in window.page.words


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_opened_before_its_turn(at_sign_in, anna, step):
    window = at_sign_in()
    first = window.at
    assert window.goes(first.replace("authenticate", step)).at == first

    second = with_password(window, anna).at
    allowed = second.replace("second-factor", step) if step.startswith("second-factor") else second
    assert window.goes(second.replace("second-factor", step)).at == allowed


@pytest.mark.parametrize("step", POSTED_TO)
def test_no_step_is_done_before_its_turn(at_sign_in, anna, clock, step):
    window = at_sign_in()
    first = window.at
    values = {"csrf_token": window.token(), "code": anna.code(clock.now), "challenge": "x", "credential": "{}"}
    window.posts(first.replace("authenticate", step), **values)
    assert window.at in (first, first + "/passkey")

    window.goes(first.removesuffix("/authenticate"))
    assert window.at == first


def test_a_password_alone_opens_neither_the_account_nor_the_service(at_sign_in, anna):
    window = with_password(at_sign_in(), anna)
    login = window.at.removesuffix("/second-factor")

    assert window.goes(login).at == f"{login}/second-factor"
    assert window.goes("/account").at.endswith("/authenticate")
    assert window.client.get_cookie("session") is None


def test_the_back_button_leads_forward_again(at_sign_in, anna):
    window = at_sign_in()
    first = window.at
    second = with_password(window, anna).at

    assert window.goes(first).at == second


def test_a_password_that_is_sent_twice_is_one_sign_in(at_sign_in, anna):
    window = at_sign_in()
    form = window.page.form("/authenticate")
    typed = form.values | {"username": "anna", "password": PASSWORD}
    window.posts(form.action, **typed)
    window.posts(form.action, **typed)

    assert (window.status, window.at) == (200, form.action.replace("authenticate", "second-factor"))


def test_a_consent_that_is_sent_twice_is_one_answer(at_sign_in, boris, clock, audit):
    window = signs_in(at_sign_in(), boris, clock)
    form = window.page.form("/consent")
    window.posts(form.action, **form.values)
    assert "code" in answered(window)

    window.posts(form.action, **form.values)
    assert window.status == 400
    assert "This page is no longer in use" in window.page.words
    assert audit(boris.id).count("oidc.code.issued") == 1


@pytest.mark.parametrize("page", ["", "/authenticate", "/consent", "/second-factor"])
def test_going_back_into_what_is_over_says_what_to_do(at_sign_in, boris, clock, page):
    window = signs_in(at_sign_in(), boris, clock)
    login = window.at.removesuffix("/consent")
    window.submits("/consent")
    window.goes(login + page)

    assert window.status == 400
    assert "Start again from the service that you were using." in window.page.words
    assert "eference number" in window.page.words


def test_a_page_that_lay_open_too_long_says_so_and_changes_nothing(at_sign_in, boris, clock, audit):
    window = at_sign_in()
    form = window.page.form("/authenticate")
    clock.advance(1800)
    window.posts(form.action, **(form.values | {"username": "boris", "password": PASSWORD}))

    assert window.status == 400
    assert "half an hour has passed" in window.page.words
    assert "signin.completed" not in audit(boris.id)
    assert window.goes(form.action).status == 400


@pytest.mark.parametrize("step", ["authenticate", "second-factor", "consent"])
def test_cancelling_leads_back_to_the_service_which_learns_it(at_sign_in, anna, clock, step):
    window = at_sign_in()
    if step == "second-factor":
        with_password(window, anna)
    if step == "consent":
        signs_in(window, anna, clock)
    assert window.at.endswith(step)
    login = window.at.removesuffix(f"/{step}")
    window.submits("/cancel")

    answer = answered(window)
    assert (answer["error"], answer["state"], answer["iss"]) == ("access_denied", "st", "http://localhost")
    assert window.client.get_cookie("session") is None
    assert window.goes(login).status == 400


def test_cancelling_while_a_second_factor_is_added_leads_back_too(at_sign_in, boris):
    insists = {"id_token": {"acr": {"essential": True, "value": Level.SUBSTANTIAL.acr}}}
    window = with_password(at_sign_in(claims=json.dumps(insists)), boris)
    assert window.at.endswith("/enrol")
    window.submits("/cancel")

    assert answered(window)["error"] == "access_denied"


def test_a_sign_in_for_a_page_of_ours_has_no_service_to_go_back_to(app, boris):
    window = Window.of(app).goes("/account")
    assert "login-cancel" not in window.page.by_id
    with_password(window, boris)

    assert window.at == "/account"


@pytest.mark.parametrize("page", ["", "/authenticate"])
def test_another_browser_cannot_go_on_and_is_told_why(app: Flask, at_sign_in, page):
    login = at_sign_in().at.removesuffix("/authenticate")
    stranger = Window.of(app).goes(login + page)

    assert stranger.status == 400
    assert "This page does not recognise your browser" in stranger.page.words
    assert "Allow cookies for this site" in stranger.page.words


def test_a_browser_without_cookies_is_told_that_they_are_needed(app: Flask, asked):
    window = Window(app.test_client(use_cookies=False)).goes(asked())
    assert window.status == 400
    assert "Allow cookies for this site" in window.page.words

    window.posts(f"{window.at}/authenticate", username="boris", password=PASSWORD)
    assert window.status == 403
    assert "Cookies must be allowed for this site." in window.page.words


def test_a_sign_in_that_never_was_is_answered_like_another_browsers(app: Flask, at_sign_in):
    real = at_sign_in().at.removesuffix("/authenticate")
    pages = [Window.of(app).goes(login) for login in (real, "/signin/never-was")]
    words = [re.sub("eference number: [0-9A-Z-]+", "", window.page.words) for window in pages]

    assert pages[0].status == pages[1].status == 400
    assert words[0] == words[1]


def test_a_recovery_code_stands_in_for_the_app(provider, at_sign_in, anna):

    code = new_recovery_codes(provider, anna.id)[0]
    window = with_password(at_sign_in(), anna)
    window.goes(f"{window.at}/recovery-code")
    field = window.page.by_id["login-recovery-code"]
    assert (field["autocomplete"], field["dir"]) == ("off", "ltr")

    window.submits("/recovery-code", code="aaaa-bbbb-cccc-dddd")
    assert window.status == 422
    assert "#login-recovery-code" in window.page.links
    window.submits("/recovery-code", code=code.upper())
    assert window.at.endswith("/consent")


def test_the_field_for_a_code_is_filled_in_by_phones(at_sign_in, anna):
    window = with_password(at_sign_in(), anna)
    field = window.page.by_id["login-code"]
    assert (field["autocomplete"], field["inputmode"], field["dir"]) == ("one-time-code", "numeric", "ltr")

    window.submits("/second-factor", code="12 34")
    assert window.status == 422
    assert "#login-code" in window.page.links
    assert window.page.by_id["login-code"]["value"] == ""


def test_each_way_to_be_wrong_has_its_own_words(provider, at_sign_in, anna, clock):
    """Mistyped and of somebody else; used before; of some minutes ago."""
    other = a_citizen(provider, totp=SECRET[::-1])
    taken = with_password(at_sign_in(), anna)
    taken.submits("/second-factor", code=anna.code(clock.now))
    window = with_password(at_sign_in(), anna)
    said = {}
    for kind, code in {
        "mistyped": "000000",
        "foreign": other.code(clock.now),
        "used": anna.code(clock.now),
        "old": anna.code(clock.now - 120),
    }.items():
        window.submits("/second-factor", code=code)
        assert window.status == 422
        said[kind] = window.page.words

    assert "This code is wrong." in said["mistyped"]
    assert "This code is wrong." in said["foreign"]
    assert "This code was used before, and each works once." in said["used"]
    assert "This code is too old." in said["old"]

    sheet = new_recovery_codes(provider, anna.id)
    taken = with_password(at_sign_in(), anna)
    taken.goes(f"{taken.at}/recovery-code").submits("/recovery-code", code=sheet[0])
    window.goes(f"{window.at.removesuffix('/recovery-code')}/recovery-code").submits("/recovery-code", code=sheet[0])
    assert "This code was used before, and each works once." in window.page.words


def test_after_ten_wrong_codes_the_answer_is_to_wait_even_for_the_right_one(at_sign_in, anna, clock, audit):
    window = with_password(at_sign_in(), anna)
    for _ in range(10):
        window.submits("/second-factor", code="000000")
    window.submits("/second-factor", code=anna.code(clock.now))

    assert window.status == 429
    assert "There were too many attempts. Wait" in window.page.words
    assert audit(anna.id).count("signin.totp.wrong") == 10
    assert audit(anna.id)[-1] == "signin.totp.throttled"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(at_sign_in, boris, clock):
    window = signs_in(at_sign_in(), boris, clock).submits("/consent")
    kept = [window.client.get_cookie(name) for name in ("session", "signin", "browser")]

    assert all(cookie and cookie.http_only and cookie.same_site == "Lax" and cookie.path == "/" for cookie in kept)
    assert not [cookie for cookie in kept if cookie and "boris" in cookie.value]


def test_the_form_may_lead_to_the_service_and_nowhere_else(at_sign_in):
    policy = at_sign_in().response.headers["Content-Security-Policy"]
    (directive,) = [one.strip() for one in policy.split(";") if "form-action" in one]

    assert directive.split()[1:] == ["'self'", "https:"]
    assert REDIRECT_URI.startswith("https:")


def test_who_is_not_verified_enough_can_go_back_and_the_service_learns_why(provider, at_sign_in, clock):
    insists = {"id_token": {"acr": {"essential": True, "value": Level.HIGH.acr}}}
    carla = a_citizen(provider, totp=SECRET, username="carla")
    window = signs_in(at_sign_in(claims=json.dumps(insists)), carla, clock)
    assert window.at.endswith("/verify-identity")
    window.submits("/verify-identity/back")

    assert answered(window)["error"] == "unmet_authentication_requirements"
