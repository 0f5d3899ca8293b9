"""Refresh tokens: used again, raced, widened, and taken to another client."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.agents import Browser
from tests.fixtures.house import PASSWORD, House

RIVALS = 20


@pytest.fixture(scope="module")
def ana(house: House) -> Browser:
    browser = house.browser()
    path, _ = house.agency.request(scope="openid offline_access")
    assert "code" in browser.sign_in(browser.get(path), "ana", PASSWORD).parameters
    return browser


def a_family(house: House, browser: Browser) -> dict[str, str]:
    path, verifier = house.agency.request(scope="openid offline_access")
    tokens: dict[str, str] = house.agency.redeem(browser.get(path).parameters["code"], verifier).json()
    return tokens


def test_a_reused_refresh_token_ends_its_family(house: House, ana: Browser) -> None:
    first = a_family(house, ana)
    second = house.agency.refresh(first["refresh_token"]).json()
    assert house.agency.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert house.agency.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert not house.agency.is_active(second["access_token"])


def test_of_twenty_parallel_refreshes_at_most_one_succeeds(house: House, ana: Browser) -> None:
    for _ in range(10):
        token = a_family(house, ana)["refresh_token"]
        with ThreadPoolExecutor(RIVALS) as rivals:
            answers = list(rivals.map(lambda _, token=token: house.agency.refresh(token), range(RIVALS)))
        assert sum(answer.status_code == 200 for answer in answers) == 1
        assert {answer.status_code for answer in answers} == {200, 400}


def test_a_refresh_token_at_another_client_ends_its_family(house: House, ana: Browser) -> None:
    tokens = a_family(house, ana)
    assert house.other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert house.agency.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_cannot_widen_the_scope(house: House, ana: Browser) -> None:
    token = a_family(house, ana)["refresh_token"]
    asked = {"grant_type": "refresh_token", "refresh_token": token, "scope": "openid profile email"}
    assert house.agency.post("/oidc/token", asked).json()["error"] == "invalid_scope"


def test_another_clients_token_cannot_be_revoked_or_examined(house: House, ana: Browser) -> None:
    tokens = a_family(house, ana)
    assert house.other.post("/oidc/revoke", {"token": tokens["access_token"]}).status_code == 200
    assert not house.other.is_active(tokens["access_token"])
    assert house.agency.is_active(tokens["access_token"])
