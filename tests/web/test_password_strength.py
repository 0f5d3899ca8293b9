"""The meter beside a new password: live with scripts, on the corrected page without."""

import logging
import re
import threading
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from idp.foundation.tables import metadata
from idp.journeys import password_strength
from tests.fixtures.product import app
from tests.web.account.conftest import a_window, anna, boris
from tests.web.conftest import _Quiet
from tests.web.pages import Window
from tests.web.signin.test_register import proves

__all__ = ["a_window", "anna", "app", "boris"]
GOOD = "violet lamp overboard seventeen"


@pytest.fixture
def stranger(app):
    return Window.of(app)


def measured(window, password, kind="second-factor", **headers):
    form = {"csrf_token": window.token(), "password": password, "kind": kind}
    return window.client.post("/password-strength", data=form, headers={"Accept": "application/json", **headers})


@pytest.mark.parametrize(
    ("password", "kind", "score", "words"),
    [
        (GOOD, "alone", 4, "Very hard to guess."),
        ("password1", "second-factor", 0, "easy to guess. Several unrelated words"),
        ("x7$Kq!", "second-factor", 1, "too short. Use at least 8 characters"),
        ("Kq!x7$mW", "alone", 2, "too short. Use at least 15 characters"),
        (GOOD * 9, "alone", 4, "too long. Use at most 256 characters"),
        ("\u7fe0\u7da0\u7684\u5c71\u8c37\u88e1\u6709\u4e09\u96bb\u7f8a", "second-factor", 3, "Hard to guess."),
    ],
    ids=ascii,
)
def test_it_says_how_hard_a_password_is_to_guess_and_why_it_would_be_refused(stranger, password, kind, score, words):
    answer = measured(stranger, password, kind)

    assert answer.status_code == 200
    assert (answer.json["score"], answer.headers["Cache-Control"]) == (score, "no-store")
    assert words in answer.json["words"]


def test_it_speaks_the_language_of_the_page(stranger):
    english, arabic = (
        measured(stranger, "password1", **{"Accept-Language": one}).json["words"] for one in ("en", "ar")
    )

    assert english != arabic


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"csrf_token": ""}, 403),
        ({"password": ""}, 400),
        ({"password": "x" * 1025}, 400),
        ({"password": ["one", "two"]}, 400),
        ({"kind": "neither"}, 400),
    ],
    ids=str,
)
def test_what_no_page_of_ours_sends_is_refused(stranger, values, status):
    form = {"csrf_token": stranger.token(), "password": GOOD, "kind": "alone"}

    assert stranger.client.post("/password-strength", data=form | values).status_code == status


def test_it_answers_so_many_in_a_minute_and_then_no_more(stranger, clock):
    clock.now -= clock.now % password_strength.PER_ADDRESS.seconds
    for _ in range(password_strength.PER_ADDRESS.most):
        assert measured(stranger, "short").status_code == 200
    refused = measured(stranger, "short")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    clock.advance(60)
    assert measured(stranger, "short").status_code == 200


def test_nothing_of_the_password_is_kept(provider, stranger, caplog):
    with caplog.at_level(logging.DEBUG):
        measured(stranger, GOOD)
        measured(stranger, f"{GOOD}\x00")
    with provider.reading() as connection:
        written = [connection.execute(select(table)).all() for table in metadata.sorted_tables]

    assert any(written)
    assert GOOD not in caplog.text + str(written)


def test_without_scripts_the_corrected_page_shows_it(app, provider, stranger, a_window, boris):
    proves(provider, stranger.goes("/register"))
    assert "hidden" in stranger.page.by_id["register-password-strength"]
    stranger.submits("/method", password="password1")
    meter = stranger.page.by_id["register-password-strength"]

    assert stranger.status == 422
    assert (meter["tag"], meter["value"]) == ("meter", "0")
    assert "hidden" not in meter
    assert "Very easy to guess." in stranger.page.words
    window = a_window(boris).goes("/account/security/password")
    assert "At least 15 characters." in window.page.words
    window.submits("/security/password", password="Kq!x7$mW")
    assert window.page.by_id["new-password-strength"]["value"] == "2"
    assert "Kq!x7$mW" not in window.response.text


@pytest.fixture
def address(app):
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_with_scripts_it_follows_the_typing(chromium, address, a_window, boris):
    cookie = a_window(boris).client.get_cookie("session").value
    context = chromium.new_context(locale="en-GB")
    context.add_cookies([{"name": "session", "value": cookie, "url": address}])
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{address}/account/security/password")
    meter, words = page.locator("#new-password-strength"), page.locator(".strength p")
    assert not meter.is_visible()
    page.locator("#new-password").press_sequentially("password1", delay=10)
    page.get_by_text("Use at least 15 characters").wait_for()
    assert (meter.is_visible(), meter.evaluate("meter => meter.value")) == (True, 0)
    assert (words.get_attribute("role"), words.evaluate("p => p.closest('.strength') !== null")) == ("status", True)
    assert asked.count("/password-strength") < len("password1"), "it asks at every key"
    page.locator("#new-password").fill(GOOD)
    page.get_by_text("Very hard to guess.").wait_for()
    assert meter.evaluate("meter => meter.value") == 4
    page.locator("#new-password").fill("")
    meter.wait_for(state="hidden")
    assert words.inner_text() == ""
    assert re.search("nonce", page.content())
    context.close()
