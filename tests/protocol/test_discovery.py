"""OpenID Connect Discovery section 3: the document is complete and true."""

import json

import pytest

from idp.protocol import authorization, client_metadata, identity_assurance, jose, scopes
from idp.protocol.discovery import Enabled, metadata
from tests.protocol.builders import ISSUER

ENDPOINTS = {
    f"{name}_endpoint": f"{ISSUER}/{name}"
    for name in ("authorization", "token", "userinfo", "revocation", "introspection", "end_session")
} | {"jwks_uri": f"{ISSUER}/jwks"}
DOCUMENT = metadata(Enabled(ISSUER, ENDPOINTS, ui_locales=("en", "zh-Hant", "ar"), trust_frameworks=("arcadia",)))


def test_everything_that_is_required_is_there():
    required = {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "trust_frameworks_supported",
        "claims_in_verified_claims_supported",
        "evidence_supported",
        "documents_supported",
        "electronic_records_supported",
    }
    assert required <= DOCUMENT.keys()
    assert not [name for name, value in DOCUMENT.items() if value in ([], "", None)]


def test_it_is_json():
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_it_says_how_requests_are_signed_and_that_unsigned_ones_are_not():
    assert DOCUMENT["request_parameter_supported"] is True
    assert DOCUMENT["request_uri_parameter_supported"] is True
    assert DOCUMENT["require_request_uri_registration"] is True
    assert DOCUMENT["request_object_signing_alg_values_supported"] == list(jose.REQUEST_OBJECT.algorithms)
    assert "none" not in DOCUMENT["request_object_signing_alg_values_supported"]


def test_it_says_how_answers_are_sent_and_signed():
    assert DOCUMENT["response_modes_supported"] == ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"]
    assert DOCUMENT["authorization_signing_alg_values_supported"] == list(jose.AUTHORIZATION_RESPONSE.algorithms)


def test_what_is_asked_of_some_clients_only_is_not_said_of_all():
    assert DOCUMENT["require_pushed_authorization_requests"] is False
    assert DOCUMENT["require_signed_request_object"] is False


def test_it_says_what_the_rules_accept():
    assert DOCUMENT["scopes_supported"] == list(scopes.CLAIMS_OF)
    assert set(scopes.supported_claims()) < set(DOCUMENT["claims_supported"])
    assert DOCUMENT["prompt_values_supported"] == list(authorization.PROMPTS)
    assert DOCUMENT["grant_types_supported"] == list(client_metadata.GRANT_TYPES)
    assert DOCUMENT["code_challenge_methods_supported"] == ["S256"]
    assert set(DOCUMENT["id_token_signing_alg_values_supported"]) == set(jose.ID_TOKEN.algorithms)
    algorithms = DOCUMENT["token_endpoint_auth_signing_alg_values_supported"]
    assert set(algorithms) == {*jose.CLIENT_ASSERTION.algorithms, *jose.SECRET_ASSERTION.algorithms}
    assert set(DOCUMENT["userinfo_signing_alg_values_supported"]) == set(jose.USER_INFORMATION.algorithms)
    assert set(DOCUMENT["introspection_signing_alg_values_supported"]) == set(jose.INTROSPECTION.algorithms)
    assert "RS256" in DOCUMENT["id_token_signing_alg_values_supported"]
    assert DOCUMENT["authorization_response_iss_parameter_supported"] is True


def test_it_names_the_types_of_authorization_details():
    """RFC 9396 section 10."""
    told = metadata(Enabled(ISSUER, ENDPOINTS, detail_types=("tax_payment",)))
    assert told["authorization_details_types_supported"] == ["tax_payment"]


def test_both_channels_of_logout_say_which_session():
    for channel in ("back", "front"):
        assert DOCUMENT[f"{channel}channel_logout_supported"] is True
        assert DOCUMENT[f"{channel}channel_logout_session_supported"] is True


def test_nobody_introspects_without_proving_who_they_are():
    assert "none" not in DOCUMENT["introspection_endpoint_auth_methods_supported"]


def test_it_promises_the_checks_that_are_recorded_and_no_others():
    assert DOCUMENT["documents_check_methods_supported"] == list(identity_assurance.CHECK_METHODS)
    assert DOCUMENT["documents_supported"] == list(identity_assurance.DOCUMENTS)


def test_it_offers_the_one_display_there_is_whatever_else_may_be_asked_for():
    """Core 3.1.2.1: a provider may show what it finds right; it must not promise that a wish changes anything."""
    assert DOCUMENT["display_values_supported"] == ["page"]
    assert set(DOCUMENT["display_values_supported"]) < set(authorization.DISPLAYS)


def test_levels_scopes_and_pages_are_those_of_the_installation():
    links = {"op_policy_uri": f"{ISSUER}/privacy"}
    told = metadata(Enabled(ISSUER, ENDPOINTS, acr_values=("low",), own_scopes=("signing",), links=links))
    assert told["acr_values_supported"] == ["low"]
    assert told["scopes_supported"] == [*scopes.CLAIMS_OF, "signing"]
    assert told["op_policy_uri"] == f"{ISSUER}/privacy"
    assert not {"op_policy_uri", "op_tos_uri"} & DOCUMENT.keys()


def test_what_is_not_there_is_not_promised():
    bare = metadata(Enabled(ISSUER, {"token_endpoint": f"{ISSUER}/token"}))
    assert bare["backchannel_logout_supported"] is False
    assert bare["frontchannel_logout_supported"] is False
    assert "authorization_details_types_supported" not in bare
    assert not {
        name for name in bare if name.startswith(("introspection", "revocation", "trust", "evidence", "documents"))
    }


def test_it_says_by_which_algorithms_a_key_may_be_proved():
    assert DOCUMENT["dpop_signing_alg_values_supported"] == list(jose.DPOP_PROOF.algorithms)


def test_certificates_are_promised_only_where_they_arrive():
    methods = DOCUMENT["token_endpoint_auth_methods_supported"]
    assert not {"tls_client_auth", "self_signed_tls_client_auth"} & set(methods)
    assert DOCUMENT["tls_client_certificate_bound_access_tokens"] is False
    assert "mtls_endpoint_aliases" not in DOCUMENT


@pytest.mark.parametrize("authorities", [True, False])
def test_a_certificate_of_an_authority_needs_an_authority(authorities):
    told = metadata(Enabled(ISSUER, ENDPOINTS, certificates=True, certificate_authorities=authorities))
    assert ("tls_client_auth" in told["token_endpoint_auth_methods_supported"]) is authorities
    assert "self_signed_tls_client_auth" in told["introspection_endpoint_auth_methods_supported"]
    assert told["tls_client_certificate_bound_access_tokens"] is True


def test_a_second_address_is_told_where_a_client_may_show_a_certificate_and_nowhere_else():
    other = "https://mtls.example.org"
    told = metadata(Enabled(ISSUER, ENDPOINTS, certificates=True, mtls_url=other))
    named = ("token", "userinfo", "revocation", "introspection")
    assert told["mtls_endpoint_aliases"] == {f"{name}_endpoint": f"{other}/{name}" for name in named}
