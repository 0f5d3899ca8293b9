"""Registration with a software statement (RFC 7591 section 2.3)."""

import json
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey

from idp.protocol import jose
from tests.builders import a_citizen
from tests.web.oidc.registering import Developer, a_developer, an_administrator

DIRECTORY = "https://directory.example"
KEY = ECKey.generate_key("P-256", {"kid": "directory"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "directory"})


@pytest.fixture
def settings(settings, tmp_path):
    file = tmp_path / "authorities.json"
    file.write_text(json.dumps({DIRECTORY: {"keys": [KEY.as_dict(private=False)]}}))
    return replace(settings, registration="approval", software_authorities=file)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def developer(client, provider) -> Developer:
    return a_developer(client, provider)


@pytest.fixture
def adele(provider):
    return an_administrator(a_citizen(provider, roles=("administrator",)).id)


def statement(key=KEY, **claims):
    document = {"iss": DIRECTORY, "software_id": "tax-1", "client_name": "Revenue Service", **claims}
    return jose.sign(jose.SOFTWARE_STATEMENT, document, key, "directory", "ES256")


def test_what_an_authority_says_beats_what_the_developer_says(developer):
    signed = statement()
    told = developer.registers(client_name="Mine", **{"client_name#ar": "لي"}, software_statement=signed).json

    assert (told["client_name"], told["software_id"], told["software_statement"]) == (
        "Revenue Service",
        "tax-1",
        signed,
    )
    assert "client_name#ar" not in told
    assert developer.reads().json["software_statement"] == signed


@pytest.mark.parametrize(
    ("signed", "error"),
    [
        (statement(iss="https://nobody.example"), "unapproved_software_statement"),
        (statement(OTHER_KEY), "invalid_software_statement"),
        (statement(exp=1_799_999_999), "invalid_software_statement"),
        ("x", "invalid_software_statement"),
        ({"iss": DIRECTORY}, "invalid_software_statement"),
    ],
    ids=["of nobody", "of another key", "of yesterday", "a word", "an object"],
)
def test_a_statement_that_is_not_good_has_its_own_error_and_costs_nothing(developer, signed, error):
    answer = developer.registers(software_statement=signed)
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert developer.registers().status_code == 201


def test_an_authority_gives_no_more_than_the_invitation(developer):
    answer = developer.registers(software_statement=statement(scope="openid tax_number", signing=True))
    assert answer.json["error"] == "invalid_client_metadata"
    assert "tax_number" in answer.json["error_description"]


def test_an_authority_that_states_encryption_is_not_half_believed(developer):
    answer = developer.registers(software_statement=statement(userinfo_encrypted_response_alg="ECDH-ES"))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    assert "userinfo_encrypted_response_alg is not supported." in answer.json["error_description"]


def test_a_statement_is_not_shed_by_leaving_it_out(developer, adele):
    developer.registers(software_statement=statement())
    developer.is_approved(adele)
    told = developer.changes(client_name="Mine", contacts=["a"]).json
    assert (told["client_name"], told["contacts"], told["status"]) == ("Revenue Service", ["a"], "active")
    assert "pending_change" not in told


def test_a_newer_statement_of_the_same_software_waits_like_any_change(developer, adele):
    developer.registers(software_statement=statement())
    developer.is_approved(adele)
    newer = statement(client_name="Revenue")
    told = developer.changes(software_statement=newer).json

    assert (told["client_name"], told["pending_change"]["client_name"]) == ("Revenue Service", "Revenue")
    assert told["software_statement"] == newer
    developer.is_approved(adele)
    assert developer.record.metadata.client_name == "Revenue"


def test_a_statement_of_another_software_is_refused(developer, adele):
    developer.registers(software_statement=statement())
    answer = developer.changes(software_statement=statement(software_id="tax-2"))
    assert answer.json["error"] == "invalid_software_statement"


def test_one_that_has_run_out_meanwhile_still_holds(developer, clock):
    signed = statement(exp=clock.now + 60)
    developer.registers(software_statement=signed)
    clock.advance(61)
    assert developer.changes(software_statement=signed).json["client_name"] == "Revenue Service"
