"""How long a session lasts is told without using it, and only somebody who says that she is there uses it."""

import pytest

from idp.domain.sessions import browser
from tests.fixtures.product import app
from tests.web.account.conftest import a_window, anna, boris
from tests.web.pages import Window

__all__ = ["a_window", "anna", "app", "boris"]
IDLE, ABSOLUTE = 3600, 43200


def asks(window: Window) -> dict[str, object]:
    return window.client.get("/session").json


def says_she_is_there(window: Window, **values: str):
    return window.client.post("/session/extend", data=values or {"csrf_token": window.token()})


def is_signed_in(window: Window) -> bool:
    return window.client.get("/account").status_code == 200


def test_the_time_left_is_told_and_asking_is_no_use(boris, a_window, clock):
    window = a_window(boris)
    clock.advance(IDLE - 100)
    assert asks(window) == asks(window)
    assert asks(window)["seconds"] == 100
    assert asks(window)["words"] == "You will be signed out in about 2 minutes."
    clock.advance(60)
    assert asks(window)["words"] == "You will be signed out in 40 seconds."
    clock.advance(40)
    assert asks(window) == {"seconds": 0}
    assert not is_signed_in(window)


def test_who_says_that_she_is_there_stays(boris, a_window, clock):
    window = a_window(boris)
    clock.advance(IDLE - 1)
    assert says_she_is_there(window).json["seconds"] == IDLE
    clock.advance(IDLE - 1)
    assert is_signed_in(window)


def test_an_open_page_in_another_window_counts_for_both(boris, a_window, clock):
    window = a_window(boris)
    clock.advance(IDLE - 100)
    assert is_signed_in(window)

    assert asks(window)["seconds"] == IDLE


@pytest.mark.parametrize("values", [{"csrf_token": ""}, {"csrf_token": "made-up"}, {"other": "x"}])
def test_nothing_that_is_not_our_page_keeps_a_session_alive(boris, a_window, clock, values):
    window = a_window(boris)
    clock.advance(IDLE - 100)

    assert says_she_is_there(window, **values).status_code == 403
    assert asks(window)["seconds"] == 100


def test_what_has_ended_is_never_revived(boris, a_window, clock):
    window = a_window(boris)
    clock.advance(IDLE)

    assert says_she_is_there(window).json == {"seconds": 0}
    assert not is_signed_in(window)


def test_a_session_ends_in_the_end_however_much_it_is_used(app, provider, boris, clock):
    with provider.transaction() as tx:
        proved = browser.Authenticated(boris.id, ("pwd",), browser.Strength.ONE_FACTOR, tx.now)
        _, secret = browser.start(tx, proved, "", ABSOLUTE)
    window = Window.of(app)
    window.client.set_cookie("session", secret)
    for _ in range(ABSOLUTE // 3000):
        assert asks(window)["extendable"]
        clock.advance(3000)
        assert is_signed_in(window)
    left = asks(window)
    assert (left["seconds"], left["extendable"]) == (ABSOLUTE % 3000, False)
    assert "You have been signed in for as long as is allowed." in left["words"]
    says_she_is_there(window)
    clock.advance(ABSOLUTE % 3000)
    assert not is_signed_in(window)


def test_a_page_of_somebody_signed_in_knows_its_time_and_others_have_none(app, anna, boris, a_window):
    dialog = a_window(boris).goes("/account/details").page.by_id["session-time"]
    assert (dialog["tag"], dialog["data-seconds"], dialog["data-warning"]) == ("dialog", str(IDLE), "120")
    assert dialog["data-whose"] == a_window(boris).goes("/account").page.by_id["session-time"]["data-whose"]
    assert dialog["data-whose"] != a_window(anna).goes("/account").page.by_id["session-time"]["data-whose"]
    assert asks(a_window(boris))["whose"] == dialog["data-whose"]
    for path in ("/", "/account", "/legal/privacy", "/nowhere"):
        assert "session-time" not in Window.of(app).goes(path).page.by_id, path


def test_without_scripts_the_page_says_how_long_a_session_may_rest(boris, a_window):
    page = a_window(boris).goes("/account").page

    assert "session-rest" in page.by_id
    assert "You are signed out after 60 minutes without use." in page.words


def test_after_the_end_the_page_leads_back_to_itself(boris, a_window):
    window = a_window(boris)
    assert window.goes("/account/activity?before=7").page.by_id["session-again"]["href"] == "/account/activity?before=7"

    window.posts("/account/security/password", csrf_token=window.token(), password="short")
    assert window.status == 422
    assert window.page.by_id["session-again"]["href"] == "/account/security/password"


def test_nobody_is_told_of_a_session_that_is_not_there(app):
    window = Window.of(app)
    window.client.set_cookie("session", "made-up")

    assert asks(window) == {"seconds": 0}
    assert says_she_is_there(window).json == {"seconds": 0}


def test_the_time_is_told_in_the_readers_language_and_kept_by_nobody(boris, a_window):
    window = a_window(boris)
    window.client.set_cookie("lang", "ar")
    answer = window.client.get("/session")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
