"""The endpoints for programs, at the WSGI door."""

import logging
from collections.abc import Iterator

import pytest

from tests.builders import REDIRECT_URI
from tests.web.oidc.conftest import VERIFIER, authorize

AUTH = ("agency", "a-secret-of-the-agency")


@pytest.fixture
def code(signed_in) -> str:
    return signed_in.get(authorize()).location.partition("code=")[2].partition("&")[0]


@pytest.fixture
def tokens(client, code):
    return redeem(client, code).json


def redeem(client, code):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    return client.post("/oidc/token", data=form, auth=AUTH)


def test_a_code_is_exchanged_for_tokens_that_nobody_may_keep(client, code):
    answer = redeem(client, code)

    assert answer.status_code == 200
    assert {"access_token", "id_token", "token_type", "expires_in", "scope"} <= answer.json.keys()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/json"


def test_user_information_is_told_by_get_and_by_post(client, tokens):
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}

    assert client.get("/oidc/userinfo", headers=bearer).json["sub"]
    assert client.post("/oidc/userinfo", headers=bearer).json["sub"]
    assert client.post("/oidc/userinfo", data={"access_token": tokens["access_token"]}).json["sub"]


@pytest.mark.parametrize("path", ["/oidc/userinfo?access_token={}", "/oidc/userinfo?x=1&access_token={}"])
def test_a_token_in_an_address_is_refused(client, tokens, path):
    answer = client.get(path.format(tokens["access_token"]))

    assert answer.status_code == 400
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_request"')


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer unknown", "Basic eDp5", "bearer\tunknown"])
def test_no_token_or_an_unknown_one_is_told_how_to_come_back(client, header):
    answer = client.get("/oidc/userinfo", headers={} if header is None else {"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_secret_in_a_header_is_challenged(client):
    answer = client.post("/oidc/token", data={"grant_type": "client_credentials"}, auth=("agency", "wrong"))

    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/oidc/token", "GET", "POST, OPTIONS"),
        ("/oidc/par", "GET", "POST, OPTIONS"),
        ("/oidc/introspect", "PUT", "POST"),
        ("/oidc/introspect", "OPTIONS", "POST"),
        ("/oidc/revoke", "GET", "POST, OPTIONS"),
        ("/oidc/userinfo", "DELETE", "GET, POST, OPTIONS"),
        ("/oidc/jwks", "POST", "GET, HEAD"),
    ],
)
def test_another_method_is_told_which_ones_there_are(client, path, method, allowed):
    answer = client.open(path, method=method)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize(
    "request_",
    [
        {"data": "{}", "content_type": "application/json"},
        {"data": "grant_type=%zz%ff", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"\xff\xfe=1", "content_type": "application/x-www-form-urlencoded"},
        {"data": "grant_type=a&grant_type=b", "content_type": "application/x-www-form-urlencoded"},
        {"data": "&".join(f"p{n}=1" for n in range(100)), "content_type": "application/x-www-form-urlencoded"},
        {"data": "state=" + "x" * 50_000, "content_type": "application/x-www-form-urlencoded"},
        {"data": "", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"grant_type": "client_credentials"}, "query_string": {"client_id": "agency"}},
    ],
)
def test_a_body_that_cannot_be_read_is_one_standard_error(client, request_):
    answer = client.post("/oidc/token", auth=AUTH, **request_)

    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"


@pytest.mark.parametrize(("length", "status"), [("many", 400), ("-1", 400), ("99999999999", 413)])
def test_an_absurd_length_is_refused_unread(client, length, status):
    for path in ("/oidc/token", "/oidc/par"):
        answer = client.post(path, environ_overrides={"CONTENT_LENGTH": length})
        assert (answer.status_code, answer.json["error"]) == (status, "invalid_request")


def test_a_body_that_is_too_large_is_not_read(client):
    answer = client.post("/oidc/par", data={"state": "x" * 100_000}, auth=AUTH)

    assert (answer.status_code, answer.json["error"]) == (413, "invalid_request")


def test_keys_and_metadata_may_be_kept_and_read_by_any_page(client):
    for path in ("/oidc/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        head = client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.fixture
def broken(provider, tokens) -> Iterator[None]:
    """A table is gone, for as long as the test takes."""
    rename(provider, "access_tokens", "away")
    yield
    rename(provider, "away", "access_tokens")


def rename(provider, old, new):
    with provider.transaction() as tx:
        tx.connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


def test_a_broken_database_is_a_reference_and_never_a_traceback(client, tokens, broken, caplog):
    with caplog.at_level(logging.ERROR):
        answer = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})

    assert answer.status_code in (500, 503)
    assert answer.json["error"] in ("server_error", "temporarily_unavailable")
    assert answer.json["reference"] in caplog.text
    assert "access_tokens" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_where_registration_is_off_there_is_nothing_and_nothing_is_promised(client):
    assert "registration_endpoint" not in client.get("/.well-known/openid-configuration").json
    for method, path in (("POST", ""), ("GET", "/any"), ("PUT", "/any"), ("DELETE", "/any")):
        assert client.open(f"/oidc/register{path}", method=method, json={}).status_code in (403, 404)


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/par", "/oidc/introspect", "/oidc/revoke", "/oidc/userinfo"])
def test_every_refusal_has_a_reference_that_is_in_the_log_with_nothing_secret(client, agency, caplog, path):
    caplog.set_level(logging.INFO, "idp")
    form = {"grant_type": "refresh_token", "refresh_token": "a-secret-token"}
    answer = client.post(path, data=form, auth=(agency.id, "a-wrong-secret"))
    line = next(one.getMessage() for one in caplog.records if answer.json["reference"] in one.getMessage())

    who = "unknown" if path == "/oidc/userinfo" else agency.id  # Nobody looks a client up at user information.
    assert answer.json.keys() == {"error", "error_description", "reference"}
    assert line == f"refused {answer.json['error']} reference={answer.json['reference']} path={path} client={who}"
    assert "secret" not in caplog.text


@pytest.mark.parametrize("name", ["nobody", "a\nforged line", "anna@example.org"])
def test_what_names_no_client_is_not_repeated_in_the_log(client, caplog, name):
    caplog.set_level(logging.INFO, "idp")
    answer = client.post("/oidc/token", data={"grant_type": "authorization_code"}, auth=(name, "x"))

    assert f"reference={answer.json['reference']} path=/oidc/token client=unknown" in caplog.text
    assert name not in caplog.text


def test_what_is_too_large_has_a_reference_too(client, caplog):
    caplog.set_level(logging.INFO, "idp")
    answer = client.post("/oidc/token", data=b"x" * 300_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413
    assert f"refused invalid_request reference={answer.json['reference']} path=/oidc/token" in caplog.text
