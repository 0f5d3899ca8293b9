"""What a developer asks for and would lose in silence: encryption, and words in other languages."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.journeys.clients.register import register
from idp.protocol.registration import UNSUPPORTED
from tests.builders import a_citizen
from tests.web.oidc.registering import MADE_HERE, WISH, Developer, a_developer, an_administrator, bearer

IN_LANGUAGES = {
    "purpose": "To show you your taxes.",
    "purpose#ar": "لعرض الضرائب.",
    "purpose#zh-Hant": "為您顯示稅務。",
    "client_name#ar": "الضرائب",
}


@pytest.fixture
def settings(settings):
    return replace(settings, registration="approval")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def developer(client, provider) -> Developer:
    return a_developer(client, provider)


@pytest.fixture
def adele(provider):
    return an_administrator(a_citizen(provider, roles=("administrator",)).id)


@pytest.fixture
def approved(developer, adele) -> Developer:
    assert developer.registers().status_code == 201
    developer.is_approved(adele)
    return developer


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_who_asks_for_encryption_is_refused_by_name_and_does_not_get_plain_answers(developer, name):
    asks = {name: "A128GCM" if name.endswith("_enc") else "RSA-OAEP-256"}
    answer = developer.registers(**asks)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    assert f"{name} is not supported." in answer.json["error_description"]

    assert developer.registers(**{name: None}).status_code == 201
    answer = developer.changes(**asks)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    assert name in answer.json["error_description"]


def test_what_is_said_in_several_languages_is_kept_and_told_back(developer):
    assert IN_LANGUAGES.items() <= developer.registers(**IN_LANGUAGES).json.items()
    assert IN_LANGUAGES.items() <= developer.reads().json.items()
    assert developer.record.metadata.purpose_in("ar") == IN_LANGUAGES["purpose#ar"]
    assert developer.record.metadata.name("ar") == IN_LANGUAGES["client_name#ar"]


def test_other_words_in_another_language_wait_for_approval(approved, adele):
    told = approved.changes(**IN_LANGUAGES).json
    assert "purpose#ar" not in told
    assert IN_LANGUAGES.items() <= told["pending_change"].items()
    approved.is_approved(adele)
    assert IN_LANGUAGES.items() <= approved.reads().json.items()


def test_words_in_another_language_are_good_or_ignored_as_in_an_import(developer, provider):
    said = {
        "purpose#ar": "a\u202eb",
        "purpose#!": "x",
        "purpose#zh-Hant": "x" * 201,
        "purpose#": "x",
        "purpose#de": " x ",
    }
    told = developer.registers(**said, **{"logo_uri#ar": "https://agency.example/ar"}).json
    imported = register(provider, {"client_id": "imported", **WISH, **said}, "s" * 32, "operator")
    tagged = {name: value for name, value in told.items() if "#" in name}
    assert tagged == {"purpose#de": "x"}
    assert developer.record.metadata.localised_purposes == imported.metadata.localised_purposes == {"de": "x"}


def test_how_the_agency_is_called_in_another_language_is_not_the_clients_to_say(developer):
    answer = developer.registers(**{"agency#ar": "وزارة المالية"})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_client_metadata")
    assert "agency#ar is for the operator to register." in answer.json["error_description"]
    assert developer.registers().status_code == 201
    assert developer.changes(**{"agency#ar": "وزارة المالية"}).status_code == 400


def test_what_the_operator_said_of_the_agency_may_be_repeated_and_not_replaced(approved, provider, client):
    named = {"agency#ar": "وزارة المالية"}
    document = approved.record.metadata.document() | named
    register(provider, document, approved.told["client_secret"], "operator")
    told = approved.reads().json
    sent = {name: value for name, value in told.items() if name not in MADE_HERE}

    assert named.items() <= told.items()
    assert client.put(approved.path, json=sent, headers=bearer(approved.token)).json == told
    assert approved.changes(**{"agency#ar": "وزارة أخرى"}).status_code == 400
    assert approved.changes(**named, **{"agency#de": "Ministerium"}).status_code == 400
