"""A service receives no more than its agreement, by scope, by claims and by verified claims, wherever it looks."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws

from idp.domain.clients import directory, registry
from idp.domain.grants import consents
from idp.domain.people import verifications
from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import Verification
from tests.builders import REDIRECT_URI, a_client
from tests.web.oidc.conftest import VERIFIER, authorize

AUTH = ("agency", "a-secret-of-the-agency")
VERIFIED = {"verification": {"trust_framework": None}, "claims": {"name": None, "birthdate": None}}
ASKED = {
    "userinfo": {"birthdate": {"essential": True}, "tax_number": None, "verified_claims": VERIFIED},
    "id_token": {"name": None, "birthdate": None, "email": None, "acr": None, "verified_claims": VERIFIED},
}


@pytest.fixture(autouse=True)
def seen_at_once(monkeypatch):
    """What is registered anew counts now, and not within two seconds."""
    monkeypatch.setattr(directory, "CACHE_SECONDS", 0)


@pytest.fixture
def agency(provider):
    return registered(provider, ["name", "email"])


def registered(provider, agreed):
    return a_client(
        provider,
        client_id="agency",
        secret=AUTH[1],
        scope="openid profile email tax_number",
        agreed_claims=agreed,
        id_token_signed_response_alg="ES256",
    )


@pytest.fixture
def verified(provider, anna):
    """Anna's name and birth date were verified."""
    verification = Verification(
        trust_framework="arcadia", assurance_level="substantial", at=1, claims=("name", "birthdate")
    )
    with provider.transaction() as tx:
        verifications.keep(tx, provider.vault, anna.id, Level.SUBSTANTIAL, verification)


def told(http, **asks):
    """(ID token, user information) after a sign-in that asks for no page."""
    answer = http.get(authorize(scope="openid profile email tax_number", claims=json.dumps(ASKED), **asks))
    code = parse_qs(urlsplit(answer.location).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    tokens = http.post("/oidc/token", data=form, auth=AUTH).json
    seen = http.get("/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json
    return json.loads(jws.extract_compact(tokens["id_token"].encode()).payload), seen, tokens


def test_nothing_beyond_the_agreement_is_told_anywhere(provider, signed_in, anna, agency, verified):
    with provider.transaction() as tx:
        consents.give(tx, anna.id, agency.id, ["openid", "name", "email"])
    id_token, userinfo, tokens = told(signed_in)

    assert userinfo.keys() == {"sub", "name", "email", "verified_claims"}
    assert {"name", "email", "acr"} <= id_token.keys()
    assert {"birthdate", "tax_number", "given_name", "email_verified"}.isdisjoint(id_token)
    for verified_claims in (userinfo["verified_claims"], id_token["verified_claims"]):
        assert verified_claims["claims"].keys() == {"name"}
    about = signed_in.post("/oidc/introspect", data={"token": tokens["access_token"]}, auth=AUTH).json
    assert {"name", "email", "birthdate"}.isdisjoint(about)


def test_consent_is_asked_for_what_the_agreement_names_and_shows_nothing_else(signed_in, agency):
    shown = signed_in.get(authorize(scope="openid profile email tax_number"), follow_redirects=True).text

    assert "Ann Citizen" in shown
    assert "Tax number" not in shown
    assert "17 May 1990" not in shown


def test_an_agreement_that_was_narrowed_since_counts_for_tokens_that_were_given_before(
    provider, signed_in, anna, agency, verified
):
    with provider.transaction() as tx:
        consents.give(tx, anna.id, agency.id, ["openid", "name", "email"])
    _, before, tokens = told(signed_in)
    assert "email" in before

    narrowed = registered(provider, ["name"])
    assert narrowed.metadata.agreed_claims == ("name",)
    after = signed_in.get("/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json
    assert after.keys() == {"sub", "name", "verified_claims"}


def test_without_an_agreement_the_scopes_bound_what_is_told(provider, signed_in, anna, verified):
    agency = registered(provider, [])
    with provider.transaction() as tx:
        names = registry.find(tx.connection, agency.id).metadata.scope
        assert "tax_number" in names
        everything = ["name", "email", "email_verified", "birthdate", "tax_number", "given_name", "family_name"]
        consents.give(tx, anna.id, agency.id, ["openid", *everything, "middle_name", "gender", "locale", "updated_at"])
        rest = ["nickname", "preferred_username", "profile", "picture", "website", "zoneinfo"]
        consents.give(tx, anna.id, agency.id, rest)
    _, userinfo, _ = told(signed_in)

    assert {"name", "birthdate", "tax_number", "email_verified"} <= userinfo.keys()
