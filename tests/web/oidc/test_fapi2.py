"""FAPI 2.0 at the authorization endpoint: pushed, signed, bound, and answered with a signature."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from tests.builders import PASSWORD, REDIRECT_URI, a_client
from tests.fixtures.storage import NOW
from tests.web.oidc.conftest import authorize
from tests.web.oidc.requests import ISSUER, KEY, address, changed, signed
from tests.web.pages import Window

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def of_profile(provider, profile: str) -> Client:
    return a_client(
        provider,
        client_id="agency",
        secret=None,
        profile=profile,
        token_endpoint_auth_method="private_key_jwt",
        id_token_signed_response_alg="ES256",
        jwks={"keys": [KEY.as_dict(private=False)]},
    )


@pytest.fixture
def agency(provider, anna) -> Client:
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "agency", ["openid"])
    return of_profile(provider, "fapi2-message-signing")


class Pusher:
    """Pushes with a fresh assertion each time."""

    def __init__(self, client) -> None:
        self.client = client
        self.number = 0

    def __call__(self, **form):
        self.number += 1
        times = {"iat": NOW, "exp": NOW + 60, "jti": str(self.number)}
        claims = {"iss": "agency", "sub": "agency", "aud": ISSUER, **times}
        assertion = jws.serialize_compact({"alg": "ES256", "kid": "agency-1"}, json.dumps(claims).encode(), KEY)
        proof = {"client_assertion_type": ASSERTION, "client_assertion": assertion}
        return self.client.post("/oidc/par", data=form | proof)


@pytest.fixture
def push(client) -> Pusher:
    return Pusher(client)


def answered(client, location: str):
    """The claims of the signed answer."""
    assert location.startswith(f"{REDIRECT_URI}?"), location
    sent = parse_qs(urlsplit(location).query)
    assert sent.keys() == {"response"}
    keys = KeySet.import_key_set(client.get("/oidc/jwks").json)
    return jwt.decode(sent["response"][0], keys, algorithms=["ES256"]).claims


def test_a_signed_and_pushed_request_gets_a_signed_answer(client, signed_in, push):
    pushed = push(request=signed(NOW, nonce="n" * 384, state="s" * 2000))

    assert pushed.status_code == 201, pushed.text
    claims = answered(client, signed_in.get(address(pushed.json["request_uri"])).location)
    assert claims["code"].startswith("tac_")
    assert (claims["state"], claims["iss"], claims["aud"]) == ("s" * 2000, ISSUER, "agency")


def test_it_survives_a_reload_and_the_answer_after_sign_in_is_signed(client, app, agency, anna, push):
    uri = push(request=signed(NOW)).json["request_uri"]
    window = Window.of(app).goes(address(uri)).goes(address(uri))
    window.submits("/authenticate", username=anna.username, password=PASSWORD)

    assert "code" in answered(client, window.at)
    assert window.goes(address(uri)).status == 400


def test_errors_are_signed_too(client, app, agency, push):
    uri = push(request=signed(NOW, prompt="none")).json["request_uri"]
    assert answered(client, app.test_client().get(address(uri)).location)["error"] == "login_required"

    uri = push(request=signed(NOW)).json["request_uri"]
    assert answered(client, Window.of(app).goes(address(uri)).submits("/cancel").at)["error"] == "access_denied"


def test_what_the_profile_does_not_allow_is_refused_when_it_is_pushed(agency, push):
    hour = 3600
    for form, error in (
        (changed({}), "invalid_request"),
        ({"request": signed(NOW, nbf=None)}, "invalid_request_object"),
        ({"request": signed(NOW, exp=None)}, "invalid_request_object"),
        ({"request": signed(NOW, nbf=NOW - hour - 1)}, "invalid_request_object"),
        ({"request": signed(NOW, exp=NOW + hour + 1)}, "invalid_request_object"),
        ({"request": signed(NOW, aud="https://other.example")}, "invalid_request_object"),
        ({"request": signed(NOW, response_type="code id_token")}, "unsupported_response_type"),
        ({"request": signed(NOW, response_mode="query")}, "invalid_request"),
        ({"request": signed(NOW, response_mode="form_post")}, "invalid_request"),
        ({"request": signed(NOW, code_challenge=None, code_challenge_method=None)}, "invalid_request"),
        ({"request": signed(NOW, code_challenge_method="plain")}, "invalid_request"),
        ({"request": signed(NOW, redirect_uri=None)}, "invalid_request"),
    ):
        answer = push(**form)
        assert (answer.status_code, answer.json["error"]) == (400, error), form


def test_nothing_is_heard_in_front(signed_in, agency):
    for path in (authorize(), authorize(response_mode="jwt"), authorize(request=signed(NOW)), authorize(prompt="none")):
        answer = signed_in.get(path)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_the_security_profile_need_not_sign(client, signed_in, provider, push):
    of_profile(provider, "fapi2-security")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    answer = signed_in.get(address(push(**changed({})).json["request_uri"]))

    assert answer.location.startswith(f"{REDIRECT_URI}?code=")
    assert "iss=" in answer.location
    assert signed_in.get(authorize()).status_code == 400


def test_a_push_without_authentication_is_refused(client, agency):
    answer = client.post("/oidc/par", data={"client_id": "agency", "request": signed(NOW)})

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
