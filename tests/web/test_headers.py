import re

from flask.testing import FlaskClient

from tests.web.showroom import bare_app


def policy(client: FlaskClient, path: str) -> dict[str, list[str]]:
    header = client.get(path).headers["Content-Security-Policy"]
    directives = (part.split() for part in header.split(";"))
    return {name: values for name, *values in directives}


def test_a_page_runs_only_scripts_that_carry_its_nonce(client: FlaskClient) -> None:
    response = client.get("/")
    nonces = set(re.findall(r'<script[^>]* nonce="([^"]+)"', response.get_data(as_text=True)))
    assert len(nonces) == 1
    assert f"script-src 'nonce-{nonces.pop()}';" in response.headers["Content-Security-Policy"]


def test_a_nonce_is_never_used_twice(client: FlaskClient) -> None:
    assert policy(client, "/")["script-src"] != policy(client, "/")["script-src"]


def test_what_is_not_named_is_forbidden(client: FlaskClient) -> None:
    found = policy(client, "/")
    assert found["default-src"] == found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert not any("unsafe" in value for values in found.values() for value in values)


def test_a_page_without_scripts_may_run_none(client: FlaskClient) -> None:
    assert policy(client, "/leave")["script-src"] == ["'none'"]


def test_forms_lead_home_unless_the_page_names_the_client_who_may_send_the_browser_on(client: FlaskClient) -> None:
    assert policy(client, "/")["form-action"] == ["'self'"]
    assert policy(client, "/approve")["form-action"] == [
        "'self'", "http://*:9000", "http://127.0.0.1:*", "http://localhost:*", "https:", "org.arcadia.app:",
    ]  # fmt: skip


def test_pages_are_not_kept_and_do_not_say_where_we_were(client: FlaskClient) -> None:
    headers = client.get("/").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_an_answer_for_machines_carries_constants_only(client: FlaskClient) -> None:
    headers = client.post("/token").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert "Permissions-Policy" not in headers


def test_https_stays_https() -> None:
    assert "max-age=63072000" in bare_app(secure=True).test_client().get("/").headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in bare_app().test_client().get("/").headers
