"""A public client that lives in a browser calls from its own origin (OpenID Connect Core section 5.3, Fetch)."""

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.builders import REDIRECT_URI
from tests.web.oidc.conftest import VERIFIER, authorize
from tests.web.oidc.requests import ASKED, AUTH

ORIGIN = {"Origin": "https://app.example"}
ALLOWED = {"/oidc/token": "POST", "/oidc/par": "POST", "/oidc/revoke": "POST", "/oidc/userinfo": "GET, POST"}
FORM = {"grant_type": "client_credentials", "token": "x"}
TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "DPoP-Nonce, WWW-Authenticate, Retry-After",
}


def shared(answer) -> dict[str, str]:
    """What an answer tells browsers of scripts that are not ours; also what it sets."""
    return {name: value for name, value in answer.headers if name.startswith("Access-Control-") or "Cookie" in name}


@pytest.mark.parametrize("path", ALLOWED)
def test_a_browser_that_asks_first_is_told_what_may_be_sent(client, path):
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,dpop"}
    answer = client.options(path, headers=ORIGIN | asks)

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Allow"] == f"{ALLOWED[path]}, OPTIONS"
    assert "Content-Type" not in answer.headers
    assert shared(answer) == TO_ALL | {
        "Access-Control-Allow-Methods": ALLOWED[path],
        "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP",
        "Access-Control-Max-Age": "7200",
    }


def test_what_a_program_is_given_may_be_read_by_the_script_that_asked(client, signed_in):
    pushed = client.post("/oidc/par", data=ASKED, auth=AUTH, headers=ORIGIN)
    code = signed_in.get(authorize()).location.partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    tokens = client.post("/oidc/token", data=form, auth=AUTH, headers=ORIGIN)
    token = tokens.json["access_token"]
    told = client.get("/oidc/userinfo", headers=ORIGIN | {"Authorization": f"Bearer {token}"})
    posted = client.post("/oidc/userinfo", headers=ORIGIN | {"Authorization": f"Bearer {token}"})
    ended = client.post("/oidc/revoke", data={"token": token}, auth=AUTH, headers=ORIGIN)

    answers = [pushed, tokens, told, posted, ended]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert all(shared(answer) == TO_ALL for answer in answers)


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"method": "POST", "data": {"grant_type": "x"}}, {400, 401}),
        ({"method": "POST", "data": FORM, "auth": ("agency", "wrong")}, {401}),
        ({"method": "POST", "data": FORM, "headers": {"DPoP": "no proof"}}, {400, 401}),
        ({"method": "POST", "data": b"x" * 300_000}, {413}),
        ({"method": "DELETE"}, {405}),
    ],
)
def test_what_is_refused_may_be_read_too(client, agency, path, request_, status):
    answer = client.open(path, **{**request_, "headers": ORIGIN | request_.get("headers", {})})

    assert answer.status_code in status
    assert shared(answer) == TO_ALL


def test_who_must_wait_reads_for_how_long(client, agency):
    asks = {"data": {"grant_type": "client_credentials"}, "auth": ("agency", "wrong")}
    answer = next(one for one in (client.post("/oidc/token", **asks) for _ in range(100)) if one.status_code == 429)

    assert int(answer.headers["Retry-After"]) > 0
    assert shared(answer) == TO_ALL


class Watched(dict):  # type: ignore[type-arg]
    """A WSGI environment that knows whether somebody looked at its cookies."""

    looked = False

    def __getitem__(self, name):
        self.looked |= name == "HTTP_COOKIE"
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.looked |= name == "HTTP_COOKIE"
        return super().get(name, default)


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
def test_no_cookie_is_looked_at_and_none_is_set(app, signed_in, path, method):
    cookie = f"session={signed_in.get_cookie('session').value}"
    made = EnvironBuilder(path, method=method, data={"token": "x"} if method == "POST" else None)
    environ = Watched(made.get_environ() | {"HTTP_COOKIE": cookie, "HTTP_ORIGIN": ORIGIN["Origin"]})
    _, status, headers = run_wsgi_app(lambda _copy, start: app.wsgi_app(environ, start), {})

    assert status.startswith("204" if method == "OPTIONS" else "4")
    assert not environ.looked
    assert "Set-Cookie" not in headers
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/oidc/authorize", authorize(), authorize(response_mode="form_post"), "/oidc/logout", "/oidc/introspect",
        "/oidc/register", "/signin/any", "/signin/any/authenticate", "/register/address", "/account",
        "/account/security", "/console/", "/api/signing/requests", "/session", "/oidc/token/",
    ],
)  # fmt: skip
def test_pages_and_all_else_stay_with_their_own_origin(client, signed_in, path, method):
    for http in (client, signed_in):
        answer = http.open(path, method=method, headers=ORIGIN)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
