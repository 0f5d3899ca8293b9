"""Registering a service: all of it looked at first, then written at once."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from idp.domain.clients import registry
from idp.domain.clients.tables import clients
from idp.journeys.clients.register import checked, register, write
from idp.protocol.errors import OAuthError
from tests import origin as origins
from tests.builders import REDIRECT_URI

SECRET = "a-secret-that-signs-0123456789-abcdef"
OTHER = "https://other.example/callback"


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture
def settings(settings, origin):
    origin.pages.clear()
    origin.heard.clear()
    return replace(settings, outbound_allow=(f"localhost:{origin.port}",), outbound_ca=origin.authority)


def document(**changes):
    standard = {"client_id": "revenue", "redirect_uris": [REDIRECT_URI, OTHER], "subject_type": "public"}
    return {name: value for name, value in (standard | changes).items() if value is not None}


def refused(provider, secret=SECRET, **changes):
    with pytest.raises(OAuthError) as refusal:
        register(provider, document(**changes), secret, "operator")
    with provider.reading() as connection:
        assert registry.listing(connection).sound == []
    return refusal.value


def rows(provider):
    with provider.reading() as connection:
        return list(connection.execute(select(clients)))


def test_a_service_is_registered_and_its_secret_kept_as_a_digest(provider):
    client = register(provider, document(), SECRET, "operator")
    assert (client.id, client.sealed_secret) == ("revenue", None)
    assert client.secret_digest == registry.secret_digest(provider.client_secret_key, "revenue", SECRET)


def test_the_secret_of_who_signs_with_it_is_sealed(provider):
    client = register(provider, document(token_endpoint_auth_method="client_secret_jwt"), SECRET, "operator")
    assert registry.open_secret(provider.client_secret_box, client) == SECRET.encode()
    assert SECRET.encode() not in client.sealed_secret


def test_no_secret_is_written_into_the_metadata(provider):
    register(provider, document(client_secret=SECRET), SECRET, "operator")
    assert SECRET not in repr(rows(provider))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
def test_a_client_with_a_secret_needs_one(provider, method):
    for secret in (None, "", 7, ["x"], "x" * 513):
        refusal = refused(provider, secret, token_endpoint_auth_method=method)
        assert (refusal.code, "client_secret" in refusal.reason) == ("invalid_client_metadata", True)


def test_hs256_needs_a_secret_of_32_octets(provider):
    """RFC 7518 section 3.2."""
    for secret in ("x" * 31, "x" * 31 + " ", "é" * 32, "-----BEGIN PUBLIC KEY-----" + "x" * 32):
        assert "32 or more" in refused(provider, secret, token_endpoint_auth_method="client_secret_jwt").reason


def test_a_sector_that_names_its_addresses_is_accepted(provider, origin):
    url = origin.put("/sector", [OTHER, REDIRECT_URI, "https://third.example/cb"])
    client = register(provider, document(sector_identifier_uri=url, subject_type="pairwise"), SECRET, "operator")
    assert client.metadata.sector == "localhost"
    assert origin.heard == ["/sector"]


def test_one_that_lacks_an_address_is_refused(provider, origin):
    url = origin.put("/sector", [REDIRECT_URI])
    refusal = refused(provider, sector_identifier_uri=url)
    assert refusal.code == "invalid_client_metadata"
    assert OTHER in refusal.reason


def test_one_that_is_no_list_of_texts_is_refused(provider, origin):
    for listed in ({}, "text", None, [1], [[REDIRECT_URI]], {REDIRECT_URI: 1}):
        assert "JSON array" in refused(provider, sector_identifier_uri=origin.put("/sector", listed)).reason


def test_one_that_cannot_be_read_is_refused(provider, origin):
    url = origin.put("/sector", [])
    for body in (b"", b"[", b'["a", NaN]', b"[" * 100 + b"]" * 100, b"\xff", b"[" + b" " * 70_000 + b"]"):
        origin.pages["/sector"].body = body
        assert "sector_identifier_uri cannot be" in refused(provider, sector_identifier_uri=url).reason


def test_one_that_cannot_be_fetched_is_refused(provider, origin):
    assert "not_there" in refused(provider, sector_identifier_uri=origin.url("/nothing")).reason
    origin.put("/sector", [REDIRECT_URI, OTHER])
    moved = origin.put("/moved", [], status=302, headers={"Location": origin.url("/sector")})
    assert "not_there" in refused(provider, sector_identifier_uri=moved).reason
    assert origin.heard == ["/moved"]
    assert "address_refused" in refused(provider, sector_identifier_uri="https://169.254.169.254/latest").reason
    assert "must be https" in refused(provider, sector_identifier_uri="http://localhost/sector").reason


def test_what_was_checked_is_not_fetched_again_until_it_changes(provider, origin):
    url = origin.put("/sector", [REDIRECT_URI, OTHER])
    register(provider, document(sector_identifier_uri=url), SECRET, "operator")
    origin.put("/sector", [], status=500)
    register(
        provider,
        document(sector_identifier_uri=url, client_name="Revenue", redirect_uris=[OTHER, REDIRECT_URI]),
        SECRET,
        "operator",
    )
    assert origin.heard == []
    for changes in ({"redirect_uris": [REDIRECT_URI]}, {"sector_identifier_uri": url + "?2"}):
        with pytest.raises(OAuthError, match="cannot be fetched"):
            register(provider, document(**{"sector_identifier_uri": url} | changes), SECRET, "operator")
    assert origin.heard == ["/sector", "/sector?2"]


def test_nothing_is_fetched_for_a_registration_that_is_wrong_anyhow(provider, origin):
    url = origin.put("/sector", [REDIRECT_URI, OTHER])
    refused(provider, sector_identifier_uri=url, scope=7)
    refused(provider, None, sector_identifier_uri=url)
    assert origin.heard == []


def test_keys_at_an_address_are_not_fetched_to_register(provider, origin):
    register(
        provider,
        document(jwks_uri=origin.url("/jwks"), token_endpoint_auth_method="private_key_jwt"),
        None,
        "operator",
    )
    assert origin.heard == []


def test_several_are_checked_before_any_is_written(provider):
    first, second = (checked(provider, document(client_id=name), SECRET) for name in ("one", "two"))
    assert rows(provider) == []
    with provider.transaction() as tx:
        assert [write(tx, each, "operator").id for each in (first, second)] == ["one", "two"]
