"""Addresses that look like a registered one: shown on our own page, never redirected to."""

import pytest

from tests.agents import REDIRECT
from tests.fixtures.house import House

TRICKS = [
    "https://client.example.evil.example/cb",
    "https://evil.example/https://client.example/cb",
    "https://client.example@evil.example/cb",
    "https://client.example:443/cb",
    "https://CLIENT.example/cb",
    "HTTPS://client.example/cb",
    "https://client.example/cb/",
    "https://client.example/cb/../evil",
    "https://client.example/cb%2f..%2fevil",
    "https://client.example/CB",
    "https://client.example/cb?x=1",
    "https://client.example/cb#fragment",
    "https://client.example//cb",
    "https://client.example/other",
    "https://client.example/other?fixed=1&more=2",
    "http://client.example/cb",
    "//client.example/cb",
    "/cb",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://client.example/cb\r\nX: y",
    "https://client.example/cb\x00",
    " https://client.example/cb",
    "https://client.example\\@evil.example/cb",
    "https://xn--client-example/cb",
    "",
]


@pytest.mark.parametrize("uri", TRICKS)
@pytest.mark.parametrize(
    "changes", [{}, {"prompt": "none"}, {"response_type": "token"}, {"response_mode": "form_post"}]
)
def test_an_unregistered_address_is_never_redirected_to(house: House, uri: str, changes: dict[str, str]) -> None:
    path, _ = house.agency.request(**{"redirect_uri": uri, **changes})
    page = house.browser().get(path)
    assert page.status == 400
    assert page.url.startswith(house.server.url)
    assert "Location" not in page.headers
    assert f'action="{uri}"' not in page.text


@pytest.mark.parametrize("client_id", ["nobody", "AGENCY", "agency ", "", "agency\x00", "' OR 1=1 --"])
def test_an_unknown_client_is_a_page(house: House, client_id: str) -> None:
    path, _ = house.agency.request(client_id=client_id)
    page = house.browser().get(path)
    assert page.status == 400
    assert "Location" not in page.headers


def test_a_second_redirect_uri_is_not_looked_at(house: House) -> None:
    path, _ = house.agency.request()
    page = house.browser().get(f"{path}&redirect_uri=https://evil.example/")
    assert page.status == 400
    assert "Location" not in page.headers


def test_the_registered_address_is_redirected_to(house: House) -> None:
    path, _ = house.agency.request(prompt="none")
    page = house.browser().get(path)
    assert page.url.startswith(REDIRECT)
    assert page.parameters["error"] == "login_required"
    assert page.parameters["iss"] == house.server.url


def test_the_error_page_gives_a_reference_and_no_script_of_the_attackers(house: House) -> None:
    path, _ = house.agency.request(redirect_uri="https://evil.example/<script>alert(1)</script>")
    page = house.browser().get(path)
    assert "<script>alert" not in page.text
    assert "reference" in page.text.lower()
