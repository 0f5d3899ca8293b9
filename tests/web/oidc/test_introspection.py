"""RFC 7662 and RFC 9701 over HTTP: who may ask about a token, and in which form."""

from joserfc import jwt
from joserfc.jwk import KeySet

from idp.domain.clients import registry
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.journeys.oidc.subjects import subject_for
from tests.web.oidc.conftest import (
    AGENCY_AUTH,
    ARCHIVE,
    SERVER_SECRET,
    WAGES,
    a_code,
    a_server,
    a_token_response,
    introspected,
)

JWT = "application/token-introspection+jwt"
INACTIVE = {"active": False}


def asked(http, token, accept=JWT, auth=("archive", SERVER_SECRET)):
    return http.post("/oidc/introspect", data={"token": token}, auth=auth, headers={"Accept": accept})


def signed(http, answer, algorithm="RS256"):
    assert answer.headers["Content-Type"] == JWT
    decoded = jwt.decode(answer.text, KeySet.import_key_set(http.get("/oidc/jwks").json), algorithms=[algorithm])
    assert decoded.header["typ"] == "token-introspection+jwt"
    return decoded.claims


def test_a_server_learns_what_it_needs_about_a_token_for_it(provider, client, signed_in, anna, archive):
    told = introspected(client, a_token_response(client, a_code(signed_in, ARCHIVE)).json["access_token"], "archive")

    assert told == {
        "active": True,
        "iss": "http://localhost",
        "client_id": "agency",
        "scope": "openid",
        "token_type": "Bearer",
        "iat": provider.store.now(),
        "exp": provider.store.now() + 900,
        "aud": ARCHIVE,
        "sub": subject_for(provider, archive, anna.id),
        "acr": told["acr"],
        "auth_time": provider.store.now(),
    }


def test_a_server_learns_nothing_about_tokens_for_others(client, signed_in, wages, archive):
    for resources in ((WAGES,), ()):
        token = a_token_response(client, a_code(signed_in, *resources)).json["access_token"]
        assert introspected(client, token, "archive") == INACTIVE


def test_the_client_may_ask_about_its_own_token_and_sees_its_own_subject(
    provider, client, signed_in, anna, agency, wages
):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]
    told = asked(client, token, "application/json", AGENCY_AUTH).json

    assert told["active"] is True
    assert told["sub"] == subject_for(provider, agency, anna.id)


def test_a_token_ends_for_its_server_with_its_time_its_person_and_its_client(
    provider, client, signed_in, anna, wages, clock
):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]
    assert introspected(client, token, "wages")["active"] is True

    with provider.transaction() as tx:
        registry.set_status(tx, "agency", registry.SUSPENDED, "staff", "closed")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    assert introspected(client, token, "wages") == INACTIVE
    with provider.transaction() as tx:
        registry.set_status(tx, "agency", registry.ACTIVE, "staff", "open again")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    assert introspected(client, token, "wages")["active"] is True

    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.LOCKED, "staff", "stolen")
    assert introspected(client, token, "wages") == INACTIVE
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.ACTIVE, "staff", "found")
    clock.advance(900)
    assert introspected(client, token, "wages") == INACTIVE


def test_who_accepts_it_gets_a_signed_response_addressed_to_it(provider, client, signed_in, archive):
    token = a_token_response(client, a_code(signed_in, ARCHIVE)).json["access_token"]
    answer = asked(client, token)
    claims = signed(client, answer)

    assert answer.headers["Cache-Control"] == "no-store"
    assert claims.keys() == {"iss", "aud", "iat", "token_introspection"}
    assert (claims["iss"], claims["aud"], claims["iat"]) == ("http://localhost", "archive", provider.store.now())
    assert claims["token_introspection"] == introspected(client, token, "archive")


def test_a_signed_response_about_a_foreign_token_says_nothing_either(client, signed_in, wages, archive):
    token = a_token_response(client, a_code(signed_in, WAGES)).json["access_token"]

    assert signed(client, asked(client, token))["token_introspection"] == INACTIVE


def test_it_is_signed_with_the_registered_algorithm_for_who_registered_one(provider, client):
    a_server(provider, "archive", [ARCHIVE], introspection_signed_response_alg="ES256")

    assert signed(client, asked(client, "unknown", "*/*"), "ES256")["token_introspection"] == INACTIVE
    assert asked(client, "unknown", "application/json").json == INACTIVE


def test_nobody_is_told_anything_without_proving_who_it_is(client, archive):
    answer = asked(client, "unknown", auth=("archive", "wrong"))

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["Content-Type"] == "application/json"
