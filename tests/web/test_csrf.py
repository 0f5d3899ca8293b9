import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.web import csrf
from tests.web.showroom import bare_app


def token_of(client: FlaskClient) -> str:
    page = client.get("/").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def leave(client: FlaskClient, token: str | None, **headers: str) -> int:
    data = {} if token is None else {"csrf_token": token}
    return client.post(
        "/leave", data=data, headers={name.replace("_", "-"): value for name, value in headers.items()}
    ).status_code


def test_a_form_of_our_own_page_is_obeyed(client: FlaskClient) -> None:
    assert leave(client, token_of(client)) == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_unsafe_method_is_obeyed_without_a_token(client: FlaskClient, method: str) -> None:
    token_of(client)
    assert client.open("/leave", method=method).status_code == 403


def test_a_token_alone_is_not_enough(client: FlaskClient) -> None:
    token = token_of(client)
    client.delete_cookie("browser")
    assert leave(client, token) == 403


def test_a_token_of_another_browser_is_refused(client: FlaskClient) -> None:
    token = token_of(client)
    client.delete_cookie("browser")
    token_of(client)
    assert leave(client, token) == 403


@pytest.mark.parametrize("token", ["", "é", "A", "A" * 88, "%%%"])
def test_a_malformed_token_is_refused(client: FlaskClient, token: str) -> None:
    token_of(client)
    assert leave(client, token) == 403


def test_a_token_is_spelt_differently_each_time(client: FlaskClient) -> None:
    assert token_of(client) != token_of(client)


def test_every_token_of_this_browser_stays_good(client: FlaskClient) -> None:
    first = token_of(client)
    token_of(client)
    assert leave(client, first) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_the_browser_saying_that_another_site_asked_outweighs_a_token(client: FlaskClient, site: str) -> None:
    assert leave(client, token_of(client), Sec_Fetch_Site=site) == 403


def test_an_older_browser_is_judged_by_the_origin(client: FlaskClient) -> None:
    token = token_of(client)
    assert leave(client, token, Origin="https://evil.example") == 403
    assert leave(client, token, Origin="http://localhost") == 200


def test_an_origin_hidden_by_our_own_referrer_policy_says_nothing(client: FlaskClient) -> None:
    assert leave(client, token_of(client), Origin="null", Sec_Fetch_Site="same-origin") == 200


def test_a_machine_endpoint_needs_no_token(client: FlaskClient) -> None:
    assert client.post("/token").status_code == 200


def test_the_exemption_survives_only_on_the_view_that_asked_for_it() -> None:
    assert not hasattr(token_of, "csrf_exempt")
    assert csrf.exempt(leave).csrf_exempt  # type: ignore[attr-defined]
    del leave.csrf_exempt  # type: ignore[attr-defined]


def test_over_https_the_cookie_is_out_of_reach_of_subdomains() -> None:
    response = bare_app(secure=True).test_client().get("/")
    assert response.headers["Set-Cookie"].startswith("__Host-browser=")


def test_a_short_key_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        csrf.init(Flask("short"), b"short")
