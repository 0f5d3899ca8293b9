"""Pushed requests: raced by two people's browsers at two workers, used again, and stolen by another client."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.agents import Browser, Page, RelyingParty
from tests.fixtures.house import PASSWORD, House

ROUNDS = 5
RIVALS = 20


@pytest.fixture(scope="module")
def people(house: House) -> tuple[Browser, Browser]:
    """Two people who are signed in, and need do nothing."""
    return signed_in(house, "ana"), signed_in(house, "ben")


def signed_in(house: House, name: str) -> Browser:
    browser = house.browser()
    path, _ = house.agency.request()
    assert "code" in browser.sign_in(browser.get(path), name, PASSWORD).parameters
    return browser


def pushed(party: RelyingParty, **changes: str | None) -> str:
    """Where a browser is sent with a request that was pushed."""
    path, _ = party.request(**changes)
    answer = party.post("/oidc/par", dict(parse_qsl(urlsplit(path).query)))
    assert answer.status_code == 201, answer.text
    return at(party.client_id, answer.json()["request_uri"])


def at(client_id: str, request_uri: str) -> str:
    return f"/oidc/authorize?{urlencode({'client_id': client_id, 'request_uri': request_uri})}"


def race(*tries: Callable[[], Page]) -> list[Page]:
    with ThreadPoolExecutor(RIVALS) as rivals:
        return list(rivals.map(lambda go: go(), islice(cycle(tries), RIVALS)))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("changes", [{}, {"prompt": "none"}], ids=["plain", "prompt-none"])
def test_of_twenty_parallel_browsers_of_two_people_one_gets_a_code(
    house: House, people: tuple[Browser, Browser], changes: dict[str, str]
) -> None:
    for _ in range(ROUNDS):
        path = pushed(house.agency, **changes)
        pages = race(*(partial(browser.get, path) for browser in people))
        assert sum("code" in page.parameters for page in pages) == 1
        refused = [page for page in pages if "code" not in page.parameters]
        assert {page.status for page in refused} <= {400, 303}
        assert {page.parameters.get("error", "invalid_request_uri") for page in refused} == {"invalid_request_uri"}
        assert people[0].get(path).status == 400


@pytest.mark.timeout(600)
def test_sign_ins_that_began_from_one_request_end_with_one_code(house: House, people: tuple[Browser, Browser]) -> None:
    for _ in range(3):
        path = pushed(house.agency, prompt="login")
        ready = []
        for name in ("ana", "ben"):
            browser = house.browser()
            page = browser.get(path)
            ready.append(partial(browser.submit, page, username=name, password=PASSWORD))
        with ThreadPoolExecutor(2) as rivals:
            pages = list(rivals.map(lambda go: go(), ready))
        assert sorted("code" in page.parameters for page in pages) == [False, True]
        assert {page.parameters.get("error") for page in pages} == {None, "invalid_request_uri"}


def test_another_client_cannot_use_it(house: House, people: tuple[Browser, Browser]) -> None:
    path = pushed(house.agency)
    stolen = path.replace("client_id=agency", "client_id=other")
    page = people[0].get(stolen)
    assert page.status == 400
    assert page.url.startswith(house.server.url)
    assert "code" in people[0].get(path).parameters


@pytest.mark.parametrize(
    "tail", ["&request_uri=urn:x", "&client_id=other", "&request_uri=", "%00", "%0a", "&redirect_uri=a&redirect_uri=b"]
)
def test_a_reference_that_is_polluted_is_a_page(house: House, people: tuple[Browser, Browser], tail: str) -> None:
    page = people[0].get(pushed(house.agency) + tail)
    assert page.status == 400
    assert page.url.startswith(house.server.url)


def test_a_code_from_a_pushed_request_needs_its_verifier(house: House, people: tuple[Browser, Browser]) -> None:
    code = people[0].get(pushed(house.agency)).parameters["code"]
    assert house.agency.redeem(code, "v" * 43).json()["error"] == "invalid_grant"
