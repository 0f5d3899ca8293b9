"""Attacks on registration over the network: asking for more, for another's, unseen, too often, and from within."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from idp.domain.clients import invitations, registrations, registry
from idp.foundation.randomness import octets
from idp.foundation.refusal import Refusal
from idp.journeys.clients import manage
from idp.journeys.clients.apply import apply
from idp.journeys.console import registrations as console
from idp.journeys.console.authority import Staff
from idp.protocol.access_token import Kind, mint
from tests.builders import a_citizen
from tests.web.oidc.registering import POLICY, WISH, Developer, a_developer, an_administrator, bearer

TAKEN_OVER = {
    "status": "active",
    "secret_digest": "0",
    "decided_by": "adele",
    "invitation_id": "1",
    "fingerprint": None,
    "created_at": 1,
    "updated_at": 1,
}
MORE = {
    "client_id": "revenue",
    "client_secret": "chosen by me, so that I know it",
    "registration_access_token": "chosen",
    "profile": "high-assurance",
    "agency": "Police",
    "signing": True,
    "single_factor": True,
    "require_pkce": False,
    "subject_type": "public",
    "scope": "openid national_id",
    "grant_types": ["authorization_code", "client_credentials"],
    "token_endpoint_auth_method": "none",
    "redirect_uris": ["https://evil.example/cb"],
    "post_logout_redirect_uris": ["https://evil.example/"],
    "backchannel_logout_uri": "https://169.254.169.254/latest/meta-data",
    "initiate_login_uri": "https://evil.example/",
    "sector_identifier_uri": "https://revenue.example/sector.json",
    "resources": ["https://records.police.example/api"],
    "agreed_claims": ["national_identifier"],
}
SHOWN = {
    "logo_uri": "https://169.254.169.254/logo.png",
    "policy_uri": "https://10.0.0.1/",
    "tos_uri": "https://localhost:9/",
    "client_uri": "https://internal.example/",
    "initiate_login_uri": "https://agency.example/login",
    "backchannel_logout_uri": "https://agency.example/logout",
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
def adele(provider) -> Staff:
    return an_administrator(a_citizen(provider, roles=("administrator",)).id)


def everything(provider) -> list[registry.Client]:
    with provider.reading() as connection:
        return list(registry.listing(connection).sound)


@pytest.mark.parametrize("member", MORE)
def test_nothing_can_be_asked_for_that_the_invitation_does_not_give(developer, provider, member):
    refused = developer.registers(**{member: MORE[member]})
    assert refused.status_code == 400
    assert member in refused.json["error_description"]
    assert everything(provider) == []

    developer.registers()
    refused = developer.changes(**{member: MORE[member]})
    assert refused.status_code == 400
    (kept,) = everything(provider)
    assert kept.metadata.redirect_uris == tuple(WISH["redirect_uris"])


def test_no_column_of_ours_is_a_member(developer, adele):
    assert developer.registers(**TAKEN_OVER).json["status"] == "pending"
    assert developer.changes(**TAKEN_OVER).json["status"] == "pending"
    assert not developer.record.active
    assert developer.fingerprint
    assert not set(TAKEN_OVER) & set(developer.record.metadata.document())


def test_a_change_that_waits_gives_nothing_yet(developer, client, adele):
    developer.registers()
    developer.is_approved(adele)
    developer.changes(redirect_uris=["https://agency.example/cb", "https://agency.example/open?next="])
    query = {"client_id": developer.client_id, "response_type": "code", "code_challenge": "x" * 43}
    answer = client.get("/oidc/authorize", query_string={**query, "redirect_uri": "https://agency.example/open?next="})
    assert answer.status_code == 400
    assert "Location" not in answer.headers


@pytest.mark.parametrize("kind", [Kind.INVITATION, Kind.REGISTRATION, Kind.ACCESS])
def test_guessing_tokens_finds_nothing_and_changes_nothing(developer, client, provider, kind):
    developer.registers()
    before = everything(provider)
    answers = []
    for _ in range(20):
        headers = bearer(mint(kind, octets(32)))
        answers.append(client.post("/oidc/register", json=WISH, headers=headers))
        answers.append(client.get(developer.path, headers=headers))
    assert {answer.status_code for answer in answers} == {401}
    assert everything(provider) == before


def test_an_invitation_is_no_key_to_what_was_registered_by_it(developer, client):
    developer.registers()
    for method in ("GET", "PUT", "DELETE"):
        answer = client.open(developer.path, method=method, json=WISH, headers=bearer(developer.invitation))
        assert answer.status_code == 401


@pytest.mark.parametrize("address", ["?token={}", "?access_token={}", "?registration_access_token={}"])
def test_a_token_in_an_address_is_no_token(developer, client, address):
    developer.registers()
    assert client.get(developer.path + address.format(developer.token)).status_code == 401


def test_nothing_is_fetched_because_somebody_registers(developer, provider, adele, monkeypatch):
    called = []
    monkeypatch.setattr(socket, "create_connection", lambda *where, **_: called.append(where))
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: called.append(where))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: called.append(where) or [])
    developer.registers(**SHOWN)
    developer.changes(**SHOWN)
    developer.is_approved(adele)

    assert developer.reads().json["logo_uri"] == SHOWN["logo_uri"]
    assert called == []


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_no_document_is_fetched_from_a_private_address_even_if_its_host_was_invited(
    client, provider, host, monkeypatch
):
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: called.append(where))
    developer = a_developer(client, provider, replace(POLICY, hosts=(host, "agency.example")))
    refused = developer.registers(sector_identifier_uri=f"https://{host}/latest/meta-data")

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_client_metadata")
    assert "cannot be fetched" in refused.json["error_description"]
    assert called == []
    assert developer.registers().status_code == 201, "it cost no use of the invitation"
    assert developer.changes(sector_identifier_uri=f"https://{host}/latest/meta-data").status_code == 400


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """What each of `count` threads got, or was refused with."""
    got: list[object] = []

    def run() -> None:
        try:
            got.append(work())
        except Refusal as refusal:
            got.append(refusal.code)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_an_invitation_is_not_used_more_often_by_using_it_at_once(client, provider):
    token = a_developer(client, provider, uses=3).invitation
    got = at_once(12, lambda: apply(provider, token, WISH)["client_id"])

    assert got.count("invalid_token") == 9
    assert len(everything(provider)) == 3
    with provider.reading() as connection:
        assert [one.uses_left for one in invitations.listing(connection)] == [0]


def test_one_of_several_decisions_counts(developer, provider, adele):
    developer.registers()
    seen = developer.fingerprint
    got = at_once(8, lambda: console.approve(provider, adele, developer.client_id, seen))
    assert sorted(map(str, got)) == ["None", *["clients.nothing_waits"] * 7]


def test_a_decision_by_somebody_whose_role_was_taken_away_is_none(developer, provider):
    developer.registers()
    former = an_administrator(a_citizen(provider).id)
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        developer.is_approved(former)
    assert not developer.record.active


def test_a_client_that_was_deleted_comes_back_by_no_change(developer, provider, adele):
    """Neither by a change that was sent before, nor by an approval that was looked at before."""
    developer.registers()
    seen = developer.fingerprint
    developer.ends()
    assert developer.changes().status_code == 401
    with pytest.raises(Refusal, match=r"clients\.nothing_waits"):
        console.approve(provider, adele, developer.client_id, seen)
    assert everything(provider) == []


def test_a_client_that_is_deleted_while_it_changes_is_gone(developer, provider):
    """A change that came after the end must not write the client anew, as one that nobody approved."""
    developer.registers()
    request = {**WISH, "client_id": developer.client_id}
    changes = iter([False] * 3 + [True] + [False] * 3)

    def work() -> object:
        if next(changes):
            return manage.end(provider, developer.client_id, developer.token)
        return manage.change(provider, developer.client_id, developer.token, request)["status"]

    got = at_once(7, work)
    assert set(got) <= {"pending", "invalid_token", None}
    assert everything(provider) == []


def test_a_resource_of_another_client_is_had_neither_by_asking_first_nor_by_asking_last(client, provider, adele):
    """And neither refusal spends anything: no use of the invitation, and not the decision."""
    policy = replace(POLICY, freedoms=("resource_server",))
    api = {"resources": ["https://agency.example/api"]}
    first, second = a_developer(client, provider, policy), a_developer(client, provider, policy)
    first.registers()
    first.is_approved(adele)
    first.changes(**api)
    assert second.registers(**api).status_code == 201

    with pytest.raises(Refusal, match="another client registered"):
        first.is_approved(adele)
    assert first.fingerprint
    third = a_developer(client, provider, policy)
    assert "another client registered" in third.registers(**api).json["error_description"]
    assert third.registers().status_code == 201
    assert "another client registered" in third.changes(**api).json["error_description"]
    second.ends()
    first.is_approved(adele)
    assert first.record.metadata.resources == ("https://agency.example/api",)


def test_what_is_kept_of_tokens_and_secrets_cannot_be_used(developer, provider, client):
    developer.registers()
    with provider.reading() as connection:
        kept = registrations.find(connection, developer.client_id)
    assert client.get(developer.path, headers=bearer(kept.token_digest)).status_code == 401
    assert developer.token not in str(kept)
    assert developer.told["client_secret"] not in str(kept) + str(developer.record)


def test_a_policy_is_that_of_the_invitation_and_not_of_a_newer_one(developer, client, provider):
    developer.registers()
    a_developer(client, provider, replace(POLICY, scopes=("openid", "national_id")))
    assert "national_id" in developer.changes(scope="openid national_id").json["error_description"]
