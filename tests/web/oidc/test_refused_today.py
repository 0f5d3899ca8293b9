"""What a service can do whose registration was in order once and is refused by today's rules: nothing."""

from dataclasses import replace

import pytest

from idp.domain.clients.directory import Directory
from idp.journeys.oidc.access_tokens import living
from idp.journeys.oidc.client_credentials import client_credentials
from tests.builders import FAULT, REDIRECT_URI, refused_today
from tests.web.oidc.conftest import AGENCY_AUTH, VERIFIER, WAGES, a_code, a_server, authorize


@pytest.fixture
def stricter(provider, agency):
    refused_today(provider.store, agency.id)
    return agency


def test_its_request_is_a_page_and_nobody_is_sent_to_its_address(signed_in, stricter):
    answer = signed_in.get(authorize(), headers={"Accept": "text/html"})

    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "We cannot continue" in answer.text
    assert FAULT not in answer.text


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("token", {"grant_type": "client_credentials"}),
        ("introspect", {"token": "of-somebody"}),
        ("revoke", {"token": "of-somebody"}),
        ("par", {"client_id": "agency"}),
    ],
)
def test_its_program_is_no_client(client, stricter, path, form):
    answer = client.post(f"/oidc/{path}", data=form, auth=AGENCY_AUTH)

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert FAULT not in answer.text


def test_what_it_was_given_before_is_worth_nothing(provider, agency, signed_in, client):
    form = {"grant_type": "authorization_code", "code": a_code(signed_in), "redirect_uri": REDIRECT_URI}
    answer = client.post("/oidc/token", data=form | {"code_verifier": VERIFIER}, auth=AGENCY_AUTH)
    refused_today(provider.store, agency.id)
    assert living(later(provider), answer.json["access_token"]) is None


def test_its_own_token_is_worth_nothing_though_no_row_of_it_is_kept(provider, wages):
    batch = a_server(provider, "batch", [], grant_types=["client_credentials"], scope="wages:read")
    token = client_credentials(provider, batch, {"resource": WAGES})["access_token"]
    assert living(later(provider), token) is not None
    refused_today(provider.store, "batch")

    assert living(later(provider), token) is None


def later(provider):
    """Seconds later, when nothing is cached of the registrations."""
    return replace(provider, clients=Directory(provider.store))
