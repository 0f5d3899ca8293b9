"""Answers that the browser posts (OAuth 2.0 Form Post Response Mode, JARM): by itself, or when somebody presses."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.agents import challenge
from tests.browser.authenticators import App
from tests.browser.country import SECRET, TIMEOUT
from tests.browser.errands import consents, signs_in
from tests.browser.service import Service, open_for_visitors

pytestmark = pytest.mark.slow
VERIFIER = "v" * 43
CLIENT = ("posted", "a-secret-of-the-service-0123456789")
STATE = 'it\'s "<the>" & ساعة'


@pytest.fixture
def service(country, tmp_path) -> Iterator[Service]:
    with open_for_visitors() as service:
        members = {"client_id": CLIENT[0], "client_secret": CLIENT[1], "client_name": "Posted Service"}
        service.takes_part(country, tmp_path, **members, scope="openid", authorization_signed_response_alg="ES256")
        yield service


def asked(service, mode: str) -> str:
    parameters = {
        "client_id": CLIENT[0],
        "redirect_uri": service.callback,
        "response_type": "code",
        "response_mode": mode,
        "scope": "openid",
        "state": STATE,
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    return f"/oidc/authorize?{urlencode(parameters)}"


def is_good(country, service, answer: dict[str, str]) -> None:
    """What was posted came through whole: state, issuer, and a code that is worth tokens."""
    assert (answer["iss"], answer["state"]) == (country.issuer, STATE)
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": VERIFIER}
    form["redirect_uri"] = service.callback
    told = requests.post(f"{country.issuer}/oidc/token", form, auth=CLIENT, timeout=TIMEOUT)
    assert told.status_code == 200, told.text


def opened(country, answer: dict[str, str]) -> dict[str, str]:
    """The answer within a signed one (JARM section 4.3)."""
    assert answer.keys() == {"response"}
    published = requests.get(f"{country.issuer}/oidc/jwks", timeout=TIMEOUT).json()
    token = jwt.decode(answer["response"], KeySet.import_key_set(published), algorithms=["ES256"])
    assert token.claims["aud"] == CLIENT[0]
    assert token.claims["exp"] > 0
    return token.claims


def arrives(walker, service) -> dict[str, str]:
    """Wait for the service's page; returns what the browser posted there."""
    walker.page.wait_for_url(service.callback)
    walker.looks()
    path, answer = service.posted.pop()
    assert (path, service.posted) == ("/callback", []), "posted more than once"
    return answer


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_browser_posts_the_answer_by_itself(country, a_window, service, language):
    walker, complaints = a_window(language), []
    walker.page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    walker.goes(asked(service, "form_post"))
    signs_in(walker, f"posts.{language}", App(SECRET))
    walker.is_at("signin-consent")
    walker.page.click("#consent-approve")
    is_good(country, service, arrives(walker, service))

    for mode in ("form_post", "form_post.jwt"):  # Nothing to stop for: the page is the whole answer.
        walker.page.goto(country.issuer + asked(service, mode), wait_until="commit")
        answer = arrives(walker, service)
        is_good(country, service, answer if mode == "form_post" else opened(country, answer))
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_scripts_somebody_presses_a_button_that_says_so(country, a_window, service, language):
    walker = a_window(language, scripts=False)
    walker.goes(asked(service, "form_post"))
    signs_in(walker, f"presses.{language}", App(SECRET))
    consents(walker)
    for mode in ("form_post", "form_post.jwt"):
        if mode == "form_post.jwt":
            walker.goes(asked(service, mode))
        walker.reads("Returning to the service", at="h1")
        walker.reads("If nothing happens, press the button.")
        walker.reads("Continue", at="main form button")
        assert walker.all("button:visible").count() == 1
        assert service.posted == []
        walker.page.click("main form button")
        answer = arrives(walker, service)
        is_good(country, service, answer if mode == "form_post" else opened(country, answer))


def test_a_service_may_send_the_browser_on_to_another_origin(country, a_window, service):
    walker = a_window()
    walker.goes(asked(service, "form_post"))
    signs_in(walker, "posts.onward", App(SECRET))
    with open_for_visitors() as elsewhere:
        service.onward["/callback"] = f"{elsewhere.address}/welcome"
        walker.is_at("signin-consent")
        walker.page.click("#consent-approve")
        walker.page.wait_for_url(f"{elsewhere.address}/welcome")
    is_good(country, service, service.posted.pop()[1])
