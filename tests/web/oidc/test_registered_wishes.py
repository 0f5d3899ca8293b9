"""What a developer asks for and would lose in silence: encryption."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.protocol.registration import UNSUPPORTED
from tests.web.oidc.registering import Developer, a_developer


@pytest.fixture
def settings(settings):
    return replace(settings, registration="approval")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def developer(client, provider) -> Developer:
    return a_developer(client, provider)


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
