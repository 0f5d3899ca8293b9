"""Authorization codes: used twice, in parallel, by others, and without their verifier."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.agents import Browser, RelyingParty
from tests.fixtures.house import PASSWORD, House

ROUNDS = 50
RIVALS = 20


@pytest.fixture(scope="module")
def ana(house: House) -> Browser:
    browser = house.browser()
    path, _ = house.agency.request()
    assert "code" in browser.sign_in(browser.get(path), "ana", PASSWORD).parameters
    return browser


def a_code(house: House, browser: Browser, **changes: str | None) -> tuple[str, str]:
    path, verifier = house.agency.request(**changes)
    return browser.get(path).parameters["code"], verifier


def race(agency: RelyingParty, code: str, verifier: str) -> list[requests.Response]:
    with ThreadPoolExecutor(RIVALS) as rivals:
        return list(rivals.map(lambda _: agency.redeem(code, verifier), range(RIVALS)))


@pytest.mark.timeout(600)
def test_of_twenty_parallel_redemptions_one_succeeds_and_what_it_got_is_revoked(house: House, ana: Browser) -> None:
    for _ in range(ROUNDS):
        code, verifier = a_code(house, ana)
        answers = race(house.agency, code, verifier)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: RIVALS - 1}
        assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
        won = next(answer.json() for answer in answers if answer.status_code == 200)
        assert not house.agency.is_active(won["access_token"])


def test_a_replayed_code_ends_what_was_issued_from_it(house: House, ana: Browser) -> None:
    code, verifier = a_code(house, ana)
    tokens = house.agency.redeem(code, verifier).json()
    assert house.agency.is_active(tokens["access_token"])
    assert house.agency.redeem(code, verifier).json()["error"] == "invalid_grant"
    assert not house.agency.is_active(tokens["access_token"])


def test_a_code_is_of_no_use_to_another_client_and_then_to_nobody(house: House, ana: Browser) -> None:
    code, verifier = a_code(house, ana)
    assert house.other.redeem(code, verifier).json()["error"] == "invalid_grant"
    assert house.agency.redeem(code, verifier).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", [None, "", "short", "x" * 43, "y" * 128, "z" * 200, "é" * 43])
def test_a_wrong_or_missing_verifier_spends_the_code(house: House, ana: Browser, verifier: str | None) -> None:
    code, right = a_code(house, ana)
    assert house.agency.redeem(code, verifier).status_code == 400
    assert house.agency.redeem(code, right).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "abc"},
    ],
)
def test_pkce_cannot_be_left_out_or_weakened(house: House, ana: Browser, changes: dict[str, str | None]) -> None:
    path, _ = house.agency.request(**changes)
    answer = ana.get(path).parameters
    assert answer["error"] == "invalid_request"
    assert "code" not in answer


def test_another_redirect_uri_at_the_token_endpoint_is_refused(house: House, ana: Browser) -> None:
    code, verifier = a_code(house, ana)
    other = "https://client.example/other?fixed=1"
    assert house.agency.redeem(code, verifier, redirect_uri=other).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("cut", [slice(0, -1), slice(1, None), slice(0, 10)])
def test_a_truncated_code_is_refused(house: House, ana: Browser, cut: slice) -> None:
    code, verifier = a_code(house, ana)
    assert house.agency.redeem(code[cut], verifier).json()["error"] == "invalid_grant"
