"""What discovery promises, what protocol/ knows and what the application serves are one list."""

import re
from collections.abc import Iterator
from dataclasses import replace
from inspect import unwrap
from urllib.parse import urlsplit

import pytest
from flask import Flask

from idp.app import create_app
from idp.config import Settings
from idp.web.oidc.machine import Machine
from tests.architecture.source import ROOT
from tests.fixtures.storage import Clock

PROMISED_BY = {
    "authorization": "authorization_endpoint",
    "introspection": "introspection_endpoint",
    "signed_introspection": "introspection_signing_alg_values_supported",
    "revocation": "revocation_endpoint",
    "logout": "backchannel_logout_supported",
    "pkce": "code_challenge_methods_supported",
    "identity_assurance": "trust_frameworks_supported",
    "response_mode": "response_modes_supported",
    "claims": "claims_parameter_supported",
    "pushed_request": "pushed_authorization_request_endpoint",
    "request_object": "request_parameter_supported",
    "signed_response": "authorization_signing_alg_values_supported",
    "rich_authorization": "authorization_details_types_supported",
    "dpop": "dpop_signing_alg_values_supported",
    "mutual_tls": "tls_client_certificate_bound_access_tokens",
    "device": "device_authorization_endpoint",
    "ciba": "backchannel_authentication_endpoint",
}
"""A specification's file, and the metadata member that tells relying parties of it."""


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application with everything switched on that an operator may switch on."""
    on = {"certificate_header": "X-SSL-Client-Cert", "trusted_proxies": ("127.0.0.1",), "registration": "approval"}
    app = create_app(replace(settings, **on), clock)
    yield app
    app.extensions["provider"].store.dispose()


@pytest.fixture
def promised(client):
    return client.get("/.well-known/openid-configuration").json


def served(app: Flask) -> set[str]:
    """Every path that is answered: pages by Flask, programs before it."""
    machine = unwrap(app.wsgi_app)
    assert isinstance(machine, Machine)
    return {rule.rule for rule in app.url_map.iter_rules()} | machine.methods.keys()


@pytest.mark.parametrize("file", PROMISED_BY)
def test_a_specification_is_promised_if_and_only_if_it_is_there(promised, file):
    there = (ROOT / "idp" / "protocol" / f"{file}.py").exists()

    assert bool(promised.get(PROMISED_BY[file])) == there


def test_every_promised_endpoint_is_served(promised, app: Flask):
    paths, pages = served(app), app.url_map.bind("localhost")
    endpoints = {name: urlsplit(url).path for name, url in promised.items() if name.endswith(("_endpoint", "_uri"))}

    assert {name: path for name, path in endpoints.items() if path not in paths and not pages.test(path)} == {}


def test_every_oidc_endpoint_is_promised_or_a_page_below_one(promised, app: Flask):
    known = tuple(urlsplit(url).path for url in promised.values() if isinstance(url, str) and urlsplit(url).path)
    ours = {path for path in served(app) if path.startswith("/oidc/")}

    assert {path for path in ours if not path.startswith(known)} == set()


METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE"}
"""Of a path in the description. OPTIONS is none: browsers ask by themselves, and Flask answers it everywhere."""


def called_by_programs(app: Flask) -> set[tuple[str, str]]:
    """Path and method of all that the WSGI door and the signing API answer."""
    machine = unwrap(app.wsgi_app)
    assert isinstance(machine, Machine)
    api = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    pairs = [(path, method) for path, methods in machine.methods.items() for method in methods & METHODS]
    pairs += [(rule.rule, method) for rule in api for method in (rule.methods or set()) - {"OPTIONS"}]
    return {(re.sub(r"<[^>]*>", "{}", path), method) for path, method in pairs}


def described(client) -> set[tuple[str, str]]:
    paths = client.get("/openapi.json").json["paths"]
    pairs = [(path, method.upper()) for path, item in paths.items() for method in item if method.upper() in METHODS]
    return {(re.sub(r"{[^}]*}", "{}", path), method) for path, method in pairs}


def test_every_path_that_programs_call_is_described_with_its_methods_and_nothing_else_is(client, app: Flask):
    assert described(client) == called_by_programs(app)


def test_what_is_switched_off_is_not_described(settings: Settings, clock: Clock):
    app = create_app(settings, clock)
    client = app.test_client()

    assert described(client) == called_by_programs(app)
    assert not [path for path, _ in described(client) if "register" in path]
    assert "certificate" not in client.get("/openapi.json").json["components"]["securitySchemes"]
    app.extensions["provider"].store.dispose()


def test_the_description_may_be_read_by_any_script_and_kept_for_a_while(client):
    answer = client.get("/openapi.json")

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.head("/openapi.json").headers["Content-Length"] == str(len(answer.data))
