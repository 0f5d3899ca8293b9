"""Octets that no database and no header can hold: refused in words, on every page, never a crash."""

import pytest

from tests.fixtures.house import House

ADDRESSES = [
    "/signin/%00",
    "/oidc/authorize?client_id=%00",
    "/register?x=%00",
    "/sign/a%00b",
    "/verify-signature?%00=1",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_nul_in_an_address_is_refused(house: House, address: str) -> None:
    assert house.browser().get(address).status in (400, 404)


@pytest.mark.parametrize("field", ["username", "password", "csrf_token"])
def test_a_nul_in_a_form_is_refused(house: House, field: str) -> None:
    browser = house.browser()
    page = browser.submit(browser.get(house.agency.request()[0]), **{field: "a\0b"})
    assert page.status in (400, 403)
    assert "Traceback" not in page.text


@pytest.mark.parametrize("member", ["grant_type", "code", "refresh_token", "client_id", "token"])
@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/introspect", "/oidc/revoke"])
def test_a_nul_in_a_parameter_of_a_program_is_refused(house: House, path: str, member: str) -> None:
    answer = house.agency.post(path, {"grant_type": "authorization_code", "token": "t", member: "a\0b"})
    assert answer.status_code in (400, 401)
    assert answer.json()["error"]


@pytest.mark.parametrize("header", ["Bearer a\\x00b", "Bearer \xff", "Basic \xff\xfe"])
def test_an_odd_authorization_header_is_refused(house: House, header: str) -> None:
    browser = house.browser()
    answer = browser.http.get(f"{house.server.url}/oidc/userinfo", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("name", [b"%FF", b"\xff", b"%ED%A0%80", b"%C0%AE"], ids=repr)
def test_a_name_that_is_no_utf_8_is_refused(house: House, name: bytes) -> None:
    browser = house.browser()
    page = browser.get(house.agency.request()[0])
    action, values = page.forms()[0]
    body = f"csrf_token={values['csrf_token']}&password=wrong&username=".encode() + name
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.http.post(house.server.url + action, data=body, headers=headers).status_code == 400
