"""What a service says of itself on our pages: logo, rules about data, terms; and what that may load."""

import re

import pytest

from tests.builders import REDIRECT_URI, a_client

LOGO = "https://agency.example/logo.png"


def images(window):
    policy = window.response.headers["Content-Security-Policy"]
    return re.search(r"img-src ([^;]*)", policy)[1].split()


@pytest.fixture
def revenue(provider, request):
    papers = {"policy_uri": "https://agency.example/data", "tos_uri": "https://agency.example/terms"}
    logo = getattr(request, "param", LOGO)
    return a_client(provider, client_id="revenue", client_name="Revenue Service", logo_uri=logo, **papers)


def at_consent(window, citizen):
    return window.submits("/authenticate", username=citizen.username, password=citizen.password)


def test_rules_and_terms_are_linked_from_the_first_page_and_from_consent(at_sign_in, boris):
    window = at_sign_in()
    assert {"https://agency.example/data", "https://agency.example/terms"} <= set(window.page.links)
    at_consent(window, boris)
    assert window.at.endswith("/consent")
    assert {"https://agency.example/data", "https://agency.example/terms"} <= set(window.page.links)


def test_a_logo_is_shown_and_its_origin_may_be_asked_for_pictures_and_no_other(at_sign_in, boris):
    window = at_sign_in()
    for _ in range(2):
        assert f'src="{LOGO}"' in window.response.text
        assert 'referrerpolicy="no-referrer"' in window.response.text
        assert images(window) == ["'self'", "data:", "https://agency.example"]
        at_consent(window, boris) if window.at.endswith("/authenticate") else None


@pytest.mark.parametrize(
    "revenue",
    ["https://pictures.example/logo.png", "https://agency.example:8443/logo.png", "http://localhost/logo.png"],
    indirect=True,
)
def test_nobody_else_learns_that_somebody_signs_in(at_sign_in, boris):
    assert REDIRECT_URI.startswith("https://agency.example/")
    window = at_sign_in()
    for _ in range(2):
        assert "logo.png" not in window.response.text
        assert images(window) == ["'self'", "data:"]
        at_consent(window, boris) if window.at.endswith("/authenticate") else None


def test_a_page_of_ours_shows_no_services_logo(app, at_sign_in):
    window = at_sign_in().goes("/account")
    assert images(window) == ["'self'", "data:"]
