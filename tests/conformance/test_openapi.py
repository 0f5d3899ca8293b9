"""Schemathesis reads the published description, and asks for everything in it in ways that nobody thought of."""

import logging
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks as answers
from schemathesis.specs.openapi.schemas import OpenApiSchema

from idp.app import create_app
from idp.config import Settings
from idp.domain.clients.registry import Client
from idp.domain.grants import grants
from idp.foundation.randomness import octets
from idp.journeys.provider import Provider
from idp.protocol.access_token import Kind, mint
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.fixtures.storage import Clock
from tests.journeys.signing.conftest import PDF, RETURN_URI, SIGNING
from tests.web.oidc.bound import a_grant
from tests.web.oidc.conftest import CHALLENGE
from tests.web.oidc.registering import POLICY, WISH, a_developer, bearer

SECRET = "a-secret-of-the-agency-0123456789"
BASIC = {"Authorization": f"Basic {b64encode(f'agency:{SECRET}'.encode()).decode()}"}
CONFORM = [
    checks.not_a_server_error,
    answers.status_code_conformance,
    answers.content_type_conformance,
    answers.response_headers_conformance,
    answers.response_schema_conformance,
]
AS_DESCRIBED, NOT_AS_DESCRIBED = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
BOUNDED = examples(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application with everything that may be switched on, and nobody shut out for failing too often."""
    on = {"certificate_header": "X-SSL-Client-Cert", "trusted_proxies": ("127.0.0.1",), "registration": "approval"}
    app = create_app(replace(settings, client_failures=1_000_000, **on), clock)
    yield app
    app.extensions["provider"].store.dispose()


@pytest.fixture
def described(app: Flask) -> OpenApiSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def operations(described: OpenApiSchema) -> dict[str, APIOperation]:
    return {one.ok().definition.raw["operationId"]: one.ok() for one in described.get_all_operations()}


@dataclass
class Known:
    """Somebody who is let in: what to send, by the name of an operation."""

    headers: dict[str, dict[str, str]]
    places: dict[str, str]
    bodies: dict[str, dict[str, Any]]

    def of(self, operation: APIOperation) -> dict[str, Any]:
        """The headers and the place in the address for an operation."""
        (tag,) = operation.tags
        names = {parameter.name for parameter in operation.path_parameters}
        name = operation.definition.raw["operationId"]
        headers = self.headers.get(name, self.headers.get(tag, {}))
        return {"headers": headers, "path_parameters": {name: self.places[name] for name in names}}


def a_token(provider: Provider, client: Client, scope: str, grant: str | None = None) -> str:
    token = mint(Kind.ACCESS, octets(32))
    with provider.transaction() as tx:
        grants.add_access_token(tx, token, client.id, scope, 900, grant)
    return token


@pytest.fixture
def known(app: Flask) -> Known:
    """A service that may do everything, with a citizen's token, a ceremony and a registration of its own."""
    provider = app.extensions["provider"]
    agency = a_client(provider, client_id="agency", secret=SECRET, **SIGNING)
    persons = a_token(provider, agency, "openid", a_grant(provider, a_citizen(provider), agency).id)
    own = bearer(a_token(provider, agency, "signing"))
    wanted = {"document": b64encode(PDF).decode(), "title": "A", "reason": "B", "return_uri": RETURN_URI}
    ceremony = app.test_client().post("/api/signing/requests", json=wanted, headers=own).json["id"]
    developer = a_developer(app.test_client(), provider, POLICY, uses=1000)
    developer.registers()
    pushed = {
        "client_id": "agency",
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return Known(
        {
            "oauth": BASIC,
            "openid": bearer(persons),
            "signing": own,
            "register": bearer(developer.invitation),
            "registration": bearer(developer.told["registration_access_token"]),
        },
        {"ceremony_id": ceremony, "client_id": developer.client_id},
        {
            "token": {"grant_type": "client_credentials", "scope": "signing"},
            "push": pushed,
            "introspect": {"token": persons},
            "revoke": {"token": "unknown"},
            "register": WISH,
            "changeClient": WISH | {"client_id": developer.client_id},
            "prepare": wanted,
        },
    )


def test_the_description_is_valid(described):
    described.validate()


SUCCEEDS = {"push": 201, "register": 201, "endClient": 204, "prepare": 201, "cancel": 204}
"""With another status than 200."""
NOT_SIGNED = {"signedDocument", "signedDocumentHead"}


def test_each_operation_succeeds_as_it_is_described(described, known):
    for name, operation in operations(described).items():
        sent = {"body": known.bodies[name]} if name in known.bodies else {}
        kind = next((one.media_type for one in operation.body), None)
        case = operation.Case(**known.of(operation), **sent, media_type=kind)
        answer = case.call_and_validate(checks=CONFORM)
        assert answer.status_code == (409 if name in NOT_SIGNED else SUCCEEDS.get(name, 200)), (name, answer.text)


@pytest.mark.parametrize(
    ("who", "mode"),
    [("a stranger", AS_DESCRIBED), ("a known service", AS_DESCRIBED), ("a known service", NOT_AS_DESCRIBED)],
    ids=["a stranger", "a known service", "a service that errs"],
)
def test_whatever_is_asked_the_answer_is_one_that_is_described(described, known, who, mode, caplog):
    caplog.set_level(logging.ERROR)
    asked = 0
    for operation in operations(described).values():
        credentials = known.of(operation) if who == "a known service" else {}
        if mode is AS_DESCRIBED or has_parts(operation):
            asked += fuzzed(operation, mode, credentials)
    assert asked > 100


def has_parts(operation: APIOperation) -> bool:
    """Whether anything can be sent that differs from its description."""
    return any((list(operation.path_parameters), list(operation.headers), list(operation.body)))


def fuzzed(operation: APIOperation, mode: GenerationMode, credentials: dict[str, Any]) -> int:
    """How often the operation was asked, and always answered as it should be."""
    count = 0

    @BOUNDED
    @given(operation.as_strategy(generation_mode=mode))
    def asks(case):
        nonlocal count
        count += 1
        case.path_parameters = {**(case.path_parameters or {}), **credentials.get("path_parameters", {})}
        case.call_and_validate(checks=CONFORM, headers=credentials.get("headers"))

    asks()
    return count
