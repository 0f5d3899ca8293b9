"""The box that has a browser remember somebody, the cookie that it brings, and the list on which she forgets it."""

import pytest
from flask import Flask

from tests.web.pages import Window

TICKED = {"remember": "yes"}


@pytest.fixture
def at_code(app: Flask, anna, clock):
    """A window at which she has typed her password."""

    def go(window: Window | None = None) -> Window:
        window = (window or Window.of(app)).goes("/account")
        return window.submits("/authenticate", username="anna", password=anna.password)

    return go


@pytest.fixture
def with_code(anna, clock):
    def submit(window: Window, **box: str) -> Window:
        clock.advance(30)
        return window.submits("/second-factor", code=anna.code(clock.now), **box)

    return submit


def signs_out(window: Window) -> Window:
    window.client.delete_cookie("session")
    return window


def test_the_box_is_not_ticked_and_nobody_is_remembered_without_it(at_code, with_code):
    window = at_code()
    assert "checked" not in window.page.by_id["login-remember"]
    assert "Remember this browser for 30 days" in window.page.words

    with_code(window)
    assert window.at == "/account"
    assert window.client.get_cookie("remembered") is None
    assert at_code(signs_out(window)).at.endswith("/second-factor")


def test_a_browser_that_remembers_her_asks_for_her_password_alone(at_code, with_code):
    window = with_code(at_code(), **TICKED)
    cookie = window.client.get_cookie("remembered")
    assert (cookie.http_only, cookie.same_site, cookie.path, cookie.max_age) == (True, "Lax", "/", 30 * 24 * 3600)

    assert at_code(signs_out(window)).at == "/account"
    assert window.client.get_cookie("remembered").value != cookie.value


def test_a_mistyped_code_leaves_the_box_as_it_was(at_code):
    window = at_code()
    window.submits("/second-factor", code="12", **TICKED)
    assert window.status == 422
    assert "checked" in window.page.by_id["login-remember"]
    window.submits("/second-factor", code="000000", **TICKED)
    assert "checked" in window.page.by_id["login-remember"]


def test_ways_to_sign_in_are_never_changed_without_the_second_factor(at_code, with_code):
    window = at_code(signs_out(with_code(at_code(), **TICKED)))
    assert window.at == "/account"

    assert window.goes("/account/security/password").at.endswith("/second-factor")
    assert with_code(window).at == "/account/security/password"


def test_she_sees_where_she_is_remembered_and_is_forgotten_there(app, at_code, with_code, boris, clock):
    window = with_code(at_code(), **TICKED)
    words = window.goes("/account/sessions").page.words
    assert "Browsers that remember you" in words
    assert words.count("this browser") == 2
    address = window.page.form("/forget").action

    other = Window.of(app).goes("/account").submits("/authenticate", username="boris", password=boris.password)
    assert "Browsers that remember you" not in other.goes("/account/sessions").page.words
    other.posts(address, csrf_token=other.token())
    assert "Browsers that remember you" in window.goes("/account/sessions").page.words, "hers alone to end"

    window.submits("/forget")
    assert "That browser is forgotten." in window.page.words
    assert "Browsers that remember you" not in window.page.words
    assert at_code(signs_out(window)).at.endswith("/second-factor")


def test_what_happened_is_told_in_her_activity(at_code, with_code):
    window = with_code(at_code(), **TICKED)
    window.goes("/account/sessions").submits("/forget")
    words = window.goes("/account/activity").page.words

    assert "You had a browser remember you" in words
    assert "Browsers that remembered you were told to forget you" in words
