"""RFC 7592 section 2.2: what of a change somebody must look at first."""

from dataclasses import fields, replace

import pytest

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.registration_change import HARMLESS, changed, to_approve
from tests.protocol.builders import CALLBACK, EC, ED, a_client

OTHER = "https://revenue.example.org/other"
KEYS = [{"keys": [key.as_dict(private=False)]} for key in (EC, ED)]


def wider(before, after):
    return to_approve(a_client(**before), a_client(**after))


def test_the_same_again_is_no_change():
    assert changed(a_client(), a_client()) == ()
    assert wider({}, {}) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"redirect_uris": [CALLBACK, OTHER]}, {"redirect_uris": [CALLBACK]}),
        ({}, {"scope": "openid"}),
        ({}, {"grant_types": ["authorization_code"]}),
        ({}, {"agreed_claims": ["email"]}),
        ({"agreed_claims": ["email", "name"]}, {"agreed_claims": ["email"]}),
        ({"require_pkce": False}, {"require_pkce": True}),
        ({}, {"dpop_bound_access_tokens": True}),
        ({}, {"require_pushed_authorization_requests": True}),
        ({"signing": True}, {"signing": False}),
        ({"single_factor": True}, {"single_factor": False}),
        ({"jwks": KEYS[0]}, {"jwks": KEYS[1]}),
        ({}, {"contacts": ["it@revenue.example.org"]}),
        ({"resources": ["https://revenue.example.org/api"]}, {}),
    ],
)
def test_less_or_safer_or_other_keys_need_no_approval_and_the_way_back_does(before, after):
    assert wider(before, after) == ()
    back = set(changed(a_client(**after), a_client(**before))) - {"jwks", "contacts", "response_types"}
    assert set(wider(after, before)) == back


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("client_name", "Tax"),
        ("agency", "Another"),
        ("purpose", "To know more"),
        ("redirect_uris", [OTHER]),
        ("scope", "openid profile email national_id"),
        ("agreed_claims", ["national_identifier"]),
        ("subject_type", "public"),
        ("jwks_uri", "https://revenue.example.org/jwks"),
        ("token_endpoint_auth_method", "none"),
        ("backchannel_logout_uri", "https://revenue.example.org/logout"),
        ("logo_uri", "https://revenue.example.org/logo.png"),
        ("default_acr_values", ["urn:tessera:loa:low"]),
        ("default_max_age", 3600),
        ("id_token_signed_response_alg", "ES256"),
        ("application_type", "native"),
    ],
)
def test_more_or_something_else_waits(member, value):
    assert member in wider({}, {member: value})


@pytest.mark.parametrize("member", ["tls_client_auth_subject_dn", "tls_client_auth_san_dns", "frontchannel_logout_uri"])
def test_another_certificate_or_another_place_to_tell_waits(member):
    assert to_approve(a_client(), replace(a_client(), **{member: "x"})) == (member,)


def test_a_name_in_another_language_is_a_name():
    assert wider({}, {"client_name#ar": "ض"}) == ("localised_names",)


def test_other_subjects_wait_even_if_they_come_from_fewer_addresses():
    sector = {"sector_identifier_uri": "https://tax.example.org/sector.json"}
    assert "sector_identifier_uri" in wider(sector, {})
    two = ["https://a.example.org/cb", "https://b.example.org/cb"]
    before = {"redirect_uris": two, "subject_type": "public"}
    assert "sector_identifier_uri" in wider(before, {**before, "redirect_uris": two[1:]})


def test_a_member_is_harmless_only_if_somebody_said_so():
    members = {one.name for one in fields(ClientMetadata)}
    assert set(HARMLESS) < members
    assert not {"client_id", "client_name", "agency", "profile", "token_endpoint_auth_method"} & set(HARMLESS)
