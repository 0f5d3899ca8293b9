"""RFC 7591 section 2 and its relatives: client metadata."""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey

from idp.protocol.errors import OAuthError
from idp.protocol.jwk_set import public_keys, published
from idp.protocol.registration import parse_metadata
from idp.protocol.registration_rules import fault_of_secret
from tests.protocol.builders import CALLBACK, EC, ED, RSA, a_client, metadata

PUBLIC = {"keys": [EC.as_dict(private=False), RSA.as_dict(private=False), ED.as_dict(private=False)]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def refusal_of(**members):
    with pytest.raises(OAuthError) as refusal:
        a_client(**members)
    return refusal.value


def test_what_is_left_out_has_the_standard_default():
    client = parse_metadata({"client_id": "c", "redirect_uris": [CALLBACK]})
    assert client.grant_types == ("authorization_code",)
    assert client.response_types == ("code",)
    assert client.token_endpoint_auth_method == "client_secret_basic"
    assert client.id_token_signed_response_alg == "RS256"
    assert client.scope == ("openid", "profile", "email", "phone", "address")
    assert client.default_max_age is None


def test_what_is_left_out_has_the_safer_default_where_the_choice_is_ours():
    client = parse_metadata({"client_id": "c", "redirect_uris": [CALLBACK]})
    assert client.subject_type == "pairwise"
    assert client.require_pkce
    assert not client.signing
    assert client.profile == "standard"


def test_null_counts_as_left_out():
    assert a_client(subject_type=None) == parse_metadata({**metadata(), "subject_type": None, "jwks": None})


def test_a_registration_survives_being_written_and_read():
    client = a_client(
        jwks=PUBLIC,
        token_endpoint_auth_method="private_key_jwt",
        require_pkce=False,
        default_max_age=0,
        signing=True,
        agency="Ministry of Finance",
        post_logout_redirect_uris=["https://revenue.example.org/bye"],
        **{"client_name#ar": "مصلحة الضرائب"},
    )
    assert parse_metadata(json.loads(json.dumps(client.document()))) == client


def test_a_service_is_called_by_its_name_in_the_language_asked_for():
    client = a_client(**{"client_name#ar": "مصلحة الضرائب", "client_name#zh-Hant": " ", "client_name#!": "x"})
    assert client.name("ar") == "مصلحة الضرائب"
    assert client.name("zh-Hant") == client.name() == "Revenue Service"


def test_the_agency_and_the_purpose_are_told_in_the_language_asked_for():
    told = {
        "agency": "Ministry of Finance",
        "purpose": "To show taxes.",
        "agency#ar": "وزارة المالية",
        "purpose#ar": "لعرض الضرائب.",
    }
    client = a_client(**told)
    assert (client.agency_in("ar"), client.purpose_in("ar")) == (told["agency#ar"], told["purpose#ar"])
    assert (client.agency_in("zh-Hant"), client.purpose_in("")) == (told["agency"], told["purpose"])
    assert told.items() <= client.document().items()
    assert parse_metadata(client.document()) == client


def test_members_that_nobody_knows_are_ignored():
    assert a_client(extra={"a": [1]}, application_type="web") == a_client()


@given(st.dictionaries(st.sampled_from(sorted(metadata(jwks=1, contacts=1, signing=1, profile=1))), JSON))
def test_any_document_is_read_or_refused_and_nothing_else_happens(document):
    try:
        parse_metadata({**metadata(), **document})
    except OAuthError as error:
        assert error.facts["faults"]  # noqa: PT017 (either outcome is right)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("client_id", None),
        ("client_id", ""),
        ("client_id", "a b"),
        ("client_id", "x" * 129),
        ("client_id", "é"),
        ("client_id", 7),
        ("client_name", 7),
        ("client_name", "x" * 201),
        ("client_name", "a\u202eb"),
        ("client_name", "a\nb"),
        ("redirect_uris", CALLBACK),
        ("redirect_uris", [7]),
        ("redirect_uris", [CALLBACK] * 51),
        ("grant_types", "authorization_code"),
        ("grant_types", ["implicit"]),
        ("grant_types", ["password"]),
        ("grant_types", ["authorization_code", 7]),
        ("response_types", ["token"]),
        ("response_types", ["code id_token"]),
        ("token_endpoint_auth_method", ["none"]),
        ("token_endpoint_auth_signing_alg", "HS256"),
        ("token_endpoint_auth_signing_alg", "none"),
        ("scope", ["openid"]),
        ("scope", 'open"id'),
        ("scope", "openid  profile"),
        ("default_acr_values", "high"),
        ("default_max_age", -1),
        ("default_max_age", True),
        ("default_max_age", 1.5),
        ("default_max_age", "60"),
        ("default_max_age", 2**31),
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("subject_type", "Pairwise"),
        ("sector_identifier_uri", "http://revenue.example.org/"),
        ("backchannel_logout_uri", "http://10.0.0.1/"),
        ("backchannel_logout_session_required", "true"),
        ("initiate_login_uri", "http://revenue.example.org/login"),
        ("logo_uri", "javascript:alert(1)"),
        ("policy_uri", "data:text/html,x"),
        ("tos_uri", 7),
        ("client_uri", "//evil.example"),
        ("contacts", "a@example.org"),
        ("contacts", [7]),
        ("require_pkce", "false"),
        ("require_pkce", 0),
        ("profile", "fapi2"),
        ("agency", 7),
        ("purpose", "x" * 301),
        ("signing", 1),
        ("jwks_uri", "http://localhost/jwks"),
        ("jwks_uri", "http://revenue.example.org/jwks"),
        ("sector_identifier_uri", "http://localhost/sector.json"),
        ("userinfo_signed_response_alg", "none"),
        ("introspection_signed_response_alg", "HS256"),
        ("resources", ["https://wages.example.org/#part"]),
        ("resources", ["/api"]),
        ("access_token_format", "JWT"),
        ("id_token_encrypted_response_alg", "RSA-OAEP"),
        ("dpop_bound_access_tokens", "yes"),
        ("require_pushed_authorization_requests", "yes"),
    ],
)
def test_a_wrong_member_is_named(member, value):
    refusal = refusal_of(**{member: value})
    assert member in refusal.reason
    assert refusal.code == ("invalid_redirect_uri" if member == "redirect_uris" else "invalid_client_metadata")


def test_the_profiles_that_exist_are_named():
    assert "exist here: standard" in refusal_of(profile="fapi2").reason


def test_every_fault_is_listed_at_once():
    refusal = refusal_of(client_name=7, scope=8, redirect_uris=["http://evil.example", "javascript:x"], signing="yes")
    assert len(refusal.facts["faults"]) == 5
    assert all(fault in refusal.reason for fault in refusal.facts["faults"])


def test_a_wrong_redirect_uri_alone_has_its_own_code_and_place():
    refusal = refusal_of(redirect_uris=[CALLBACK, "https://a.example/#x"])
    assert refusal.code == "invalid_redirect_uri"
    assert "number 2" in refusal.reason


@pytest.mark.parametrize(
    ("members", "about"),
    [
        ({"redirect_uris": None}, "redirect_uris is missing"),
        ({"redirect_uris": []}, "redirect_uris is missing"),
        ({"response_types": []}, "belong together"),
        ({"grant_types": ["client_credentials"], "response_types": ["code"]}, "belong together"),
        ({"grant_types": ["refresh_token"], "response_types": []}, "refresh_token needs"),
        (
            {"grant_types": ["authorization_code", "client_credentials"], "token_endpoint_auth_method": "none"},
            "client_credentials needs",
        ),
        ({"token_endpoint_auth_method": "none", "require_pkce": False}, "require_pkce cannot be false"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "jwks is missing"),
        ({"redirect_uris": [CALLBACK, "https://other.example/cb"]}, "sector_identifier_uri is missing"),
    ],
    ids=str,
)
def test_members_must_agree(members, about):
    assert about in refusal_of(**members).reason


def test_keys_are_registered_or_published_but_not_both():
    keys = {"keys": [EC.as_dict(private=False)]}
    by_address = a_client(token_endpoint_auth_method="private_key_jwt", jwks_uri="https://revenue.example.org/jwks")
    assert (by_address.jwks, by_address.jwks_uri) == (None, "https://revenue.example.org/jwks")
    assert a_client(token_endpoint_auth_method="private_key_jwt", jwks=keys).jwks_uri == ""
    assert "exclude each other" in refusal_of(jwks=keys, jwks_uri="https://revenue.example.org/jwks").reason


def test_hs256_belongs_to_client_secret_jwt_alone():
    signs = {"token_endpoint_auth_method": "client_secret_jwt"}
    assert a_client(**signs, token_endpoint_auth_signing_alg="HS256")
    assert "signing_alg is not one of this" in refusal_of(**signs, token_endpoint_auth_signing_alg="ES256").reason
    assert "needs a token_endpoint_auth_method" in refusal_of(**signs, profile="fapi2-security").reason


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "client_secret_jwt"])
def test_who_authenticates_by_a_secret_has_one(method):
    client = a_client(token_endpoint_auth_method=method)
    assert fault_of_secret(client, "s" * 32) is None
    assert "is missing" in str(fault_of_secret(client, None))
    for secret in ("", "s" * 513, 7, ["s" * 32], True):
        assert "is not a text" in str(fault_of_secret(client, secret))
    strong = "32 or more" in str(fault_of_secret(client, "s" * 31))
    assert strong == (method == "client_secret_jwt")  # RFC 7518 section 3.2


def test_who_has_no_use_for_a_secret_needs_none():
    assert fault_of_secret(a_client(token_endpoint_auth_method="none"), None) is None


def test_a_client_of_its_own_needs_no_redirect_uri():
    client = parse_metadata(
        {"client_id": "svc", "grant_types": ["client_credentials"], "redirect_uris": [], "scope": "api"}
    )
    assert (client.response_types, client.scope, client.sector) == ((), ("api",), "")


def test_a_sector_is_the_one_host_or_that_of_the_sector_identifier():
    hosts = [CALLBACK, "https://other.example/cb"]
    assert a_client().sector == "revenue.example.org"
    assert (
        a_client(redirect_uris=hosts, sector_identifier_uri="https://tax.example.org/s.json").sector
        == "tax.example.org"
    )
    assert a_client(redirect_uris=hosts, subject_type="public").subject_type == "public"


@pytest.mark.parametrize(
    ("grants", "offline"), [(["authorization_code"], False), (["authorization_code", "refresh_token"], True)], ids=str
)
def test_offline_access_goes_with_the_refresh_grant(grants, offline):
    assert ("offline_access" in a_client(grant_types=grants).allowed_scopes) is offline
    assert ("offline_access" in a_client(grant_types=grants, scope="openid offline_access").allowed_scopes) is offline


def test_public_keys_of_three_kinds_are_taken():
    client = a_client(jwks=PUBLIC, token_endpoint_auth_method="private_key_jwt")
    assert [key.kid for key in public_keys(client.jwks)] == ["ec", "rsa", "ed"]


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        [],
        {"keys": []},
        {"keys": {}},
        {"keys": [7]},
        {"keys": [{}]},
        {"keys": [EC.as_dict(private=True)]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [ED.as_dict(private=True)]},
        {"keys": [OctKey.generate_key(256).as_dict()]},
        {"keys": [{**EC.as_dict(private=False), "k": "c2VjcmV0"}]},
        {"keys": [{**EC.as_dict(private=False), "use": "enc"}]},
        {"keys": [{**EC.as_dict(private=False), "x": "AAAA"}]},
        {"keys": [{**EC.as_dict(private=False), "x": 7}]},
        {"keys": [{**EC.as_dict(private=False), "crv": "P-999"}]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": [{**RSA.as_dict(private=False), "n": "AQAB"}]},
        {"keys": [{**RSA.as_dict(private=False), "e": 65537}]},
        {"keys": [{"kty": "AKP", "alg": "ML-DSA-65", "pub": "AA"}]},
        {"keys": [EC.as_dict(private=False), EC.as_dict(private=False)]},
        {"keys": [EC.as_dict(private=False)] * 11},
    ],
    ids=range(21),
)
def test_a_key_set_that_is_no_set_of_public_signing_keys_is_refused(jwks):
    assert "jwks" in refusal_of(jwks=jwks).reason


def test_a_small_rsa_key_is_refused():
    modulus = urlsafe_b64encode(b"\x80" + b"\1" * 127).rstrip(b"=").decode()
    assert "1024 bits" in refusal_of(jwks={"keys": [{"kty": "RSA", "e": "AQAB", "n": modulus}]}).reason


def test_we_publish_no_private_member():
    assert not {"d", "p", "q"} & set().union(*published([EC, RSA, ED])["keys"])


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "client_name": st.text("abc é", min_size=1, max_size=20),
            "client_name#ar": st.text("ضصث", min_size=1, max_size=20),
            "subject_type": st.sampled_from(["pairwise", "public"]),
            "default_max_age": st.integers(0, 10_000),
            "require_pkce": st.booleans(),
            "single_factor": st.booleans(),
            "contacts": st.lists(st.sampled_from(["a@b.example", "c@d.example"]), unique=True),
            "scope": st.lists(st.sampled_from(["openid", "email", "phone"]), min_size=1, unique=True).map(" ".join),
            "resources": st.just(["https://revenue.example.org/api"]),
        },
    )
)
def test_whatever_is_registered_is_read_as_it_was_told(members):
    client = a_client(**members)
    assert parse_metadata(json.loads(json.dumps(client.document()))) == client
