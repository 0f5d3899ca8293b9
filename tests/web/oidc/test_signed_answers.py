"""JARM at the authorization endpoint: every answer of these modes is one signed parameter."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.domain.clients.registry import Client
from idp.domain.grants import consents
from tests.builders import PASSWORD, REDIRECT_URI, a_client
from tests.fixtures.storage import NOW
from tests.web.oidc.conftest import authorize
from tests.web.oidc.requests import AUTH, ISSUER, KEY, address, pushed, signed
from tests.web.pages import Window


@pytest.fixture
def read(client):
    """What the agency reads in a response: header and claims, checked by our published keys."""
    keys = KeySet.import_key_set(client.get("/oidc/jwks").json)

    def claims(location: str):
        assert location.startswith(f"{REDIRECT_URI}?"), location
        sent = parse_qs(urlsplit(location).query)
        assert sent.keys() == {"response"}
        token = jwt.decode(sent["response"][0], keys, algorithms=["ES256", "RS256"])
        return token.header, token.claims

    return claims


@pytest.fixture
def signing(provider, anna) -> Client:
    """A client of the profile that signs everything; Anna agreed to it."""
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "agency", ["openid"])
    return a_client(
        provider,
        client_id="agency",
        secret=AUTH[1],
        id_token_signed_response_alg="ES256",
        jwks={"keys": [KEY.as_dict(private=False)]},
    )


@pytest.mark.parametrize("mode", ["jwt", "query.jwt"])
def test_a_code_comes_signed(signed_in, read, mode):
    header, claims = read(signed_in.get(authorize(response_mode=mode)).location)

    assert header["alg"] == "RS256"
    assert header["kid"]
    assert claims.pop("code").startswith("tac_")
    assert claims == {"state": "the state", "iss": ISSUER, "aud": "agency", "exp": NOW + 300}


def test_the_algorithm_is_the_registered_one(signed_in, provider, read):
    a_client(provider, client_id="agency", secret=AUTH[1], authorization_signed_response_alg="ES256")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)

    assert read(signed_in.get(authorize(response_mode="jwt")).location)[0]["alg"] == "ES256"


def test_an_error_comes_signed(client, signed_in, read):
    _, claims = read(signed_in.get(authorize(response_mode="jwt", response_type="token")).location)
    assert (claims["error"], claims["state"]) == ("unsupported_response_type", "the state")

    _, claims = read(client.get(authorize(response_mode="query.jwt", prompt="none")).location)
    assert claims["error"] == "login_required"
    assert "code" not in claims


def test_a_form_holds_the_signed_parameter_alone(signed_in, client):
    page = signed_in.get(authorize(response_mode="form_post.jwt"))

    assert page.status_code == 200
    assert f'action="{REDIRECT_URI}"' in page.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    keys = KeySet.import_key_set(client.get("/oidc/jwks").json)
    token = jwt.decode(html.unescape(fields["response"]), keys, algorithms=["RS256"])
    assert fields.keys() == {"response"}
    assert token.claims["code"].startswith("tac_")


def test_who_signs_in_first_comes_back_with_a_signed_answer(app, agency, anna, read):
    window = Window.of(app).goes(authorize(response_mode="jwt"))
    window.submits("/authenticate", username=anna.username, password=PASSWORD).submits("/consent")

    assert read(window.at)[1]["code"].startswith("tac_")


def test_who_turns_back_does_so_signed(app, agency, read):
    window = Window.of(app).goes(authorize(response_mode="jwt")).submits("/cancel")

    assert read(window.at)[1]["error"] == "access_denied"


def test_the_mode_of_a_pushed_or_signed_request_counts(client, signed_in, signing, provider, clock, read):
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    assert read(signed_in.get(address(pushed(client, response_mode="jwt"))).location)[1]["code"]

    token = signed(clock.now, response_mode="jwt")
    assert read(signed_in.get(f"/oidc/authorize?client_id=agency&request={token}").location)[1]["code"]


def test_the_issuer_stays_in_a_plain_answer(signed_in):
    assert f"iss={ISSUER.replace(':', '%3A').replace('/', '%2F')}" in signed_in.get(authorize()).location
