"""OpenID Connect Core section 5: asking for claims, and telling them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.claims import ClaimsRequest, requested_claims, select
from idp.protocol.errors import OAuthError
from idp.protocol.scopes import CLAIMS_OF, claims_of, supported_claims

ANNA = {
    "given_name": "Anna",
    "middle_name": "Maria",
    "family_name": "Eriksson",
    "birthdate": "1974-08-12",
    "email": "anna@example.org",
    "email_verified": True,
    "phone_number": "+46701234567",
    "address": {
        "street_address": "Gatan 1",
        "postal_code": "65344",
        "locality": "Karlstad",
        "country": "SE",
        "floor": 3,
    },
    "place_of_birth.country": "SE",
    "place_of_birth.locality": "Lund",
    "nationalities": ["SE", ""],
    "tax_number": "7408129999",
    "updated_at": 1_700_000_000,
}
VERIFIED = {"verification": {"trust_framework": None}, "claims": {"given_name": None, "tax_number": None}}
MEMBERS = ["id_token", "userinfo", "verified_claims", "claims", "verification", "evidence"]
WORDS = [*MEMBERS, "type", "value", "values", "essential", "name"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


def told(*scopes, **attributes):
    return select(requested_claims(scopes, ClaimsRequest()).userinfo, attributes)


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("email", ("email", "email_verified")),
        ("phone", ("phone_number", "phone_number_verified")),
        ("address", ("address",)),
        ("tax_number", ("tax_number",)),
        ("national_id", ("national_identifier",)),
        ("birth", ("birthdate", "place_of_birth", "nationalities")),
        ("offline_access", ()),
        ("unknown", ()),
    ],
)
def test_a_scope_stands_for_its_claims(scope, claims):
    assert claims_of([scope]) == claims


def test_profile_stands_for_the_fourteen_standard_claims():
    assert len(CLAIMS_OF["profile"]) == 14
    assert set(CLAIMS_OF["profile"]) < set(supported_claims())


def test_scope_claims_are_told_at_userinfo_and_never_in_the_id_token():
    requested = requested_claims(CLAIMS_OF, ClaimsRequest())
    assert requested.id_token == ()
    assert set(requested.userinfo) == set(supported_claims())


def test_the_claims_parameter_puts_claims_where_it_says():
    request = ClaimsRequest.parse('{"id_token": {"given_name": {"essential": true}}, "userinfo": {"tax_number": null}}')
    requested = requested_claims(["email"], request)
    assert requested.id_token == ("given_name",)
    assert requested.userinfo == ("email", "email_verified", "tax_number")
    assert requested.essential == {"given_name"}
    assert requested.names == ("email", "email_verified", "tax_number", "given_name")


def test_consent_is_asked_for_verified_claims_too():
    request = ClaimsRequest.from_document({"userinfo": {"verified_claims": VERIFIED}, "id_token": {"acr": None}})
    assert requested_claims(["openid"], request).names == ("given_name", "tax_number")


def test_a_client_asks_by_claims_for_no_more_than_by_scope():
    asked = {
        "userinfo": {"name": None, "tax_number": None, "verified_claims": [VERIFIED]},
        "id_token": {"auth_time": None},
    }
    kept = ClaimsRequest.from_document(asked).restricted_to(["openid", "profile"])
    assert set(kept.userinfo) == {"name", "verified_claims"}
    assert kept.userinfo["verified_claims"] == [{**VERIFIED, "claims": {"given_name": None}}]
    assert set(kept.id_token) == {"auth_time"}
    assert ClaimsRequest.from_document(asked).restricted_to(["openid"]).userinfo == {}


def test_an_agreement_bounds_scopes_claims_and_verified_claims_alike():
    asked = {
        "userinfo": {"name": None, "tax_number": {"essential": True}, "verified_claims": VERIFIED},
        "id_token": {"acr": {"essential": True}, "sub": {"value": "x"}, "email": None, "verified_claims": [VERIFIED]},
    }
    request = ClaimsRequest.from_document(asked)
    requested = requested_claims(["openid", "profile", "email"], request, ["given_name", "email"])
    assert requested.userinfo == ("sub", "given_name", "email")
    assert requested.id_token == ("acr", "sub", "email")
    assert requested.essential == {"acr"}
    assert requested.verified_userinfo == {**VERIFIED, "claims": {"given_name": None}}
    assert requested.verified_id_token == [{**VERIFIED, "claims": {"given_name": None}}]
    assert requested.names == ("given_name", "email")


def test_an_agreement_that_names_nothing_of_what_is_asked_leaves_nothing():
    request = ClaimsRequest.from_document({"userinfo": {"verified_claims": VERIFIED, "name": None}})
    requested = requested_claims(["profile"], request, ["email"])
    assert (requested.userinfo, requested.verified_userinfo, requested.names) == ((), None, ())


def test_without_an_agreement_a_client_has_all_that_its_scopes_stand_for():
    assert requested_claims(["email"], ClaimsRequest(), ()) == requested_claims(["email"], ClaimsRequest())


@given(st.sets(st.sampled_from(supported_claims()), min_size=1), st.sets(st.sampled_from([*CLAIMS_OF])), JSON)
def test_nothing_that_is_asked_for_in_any_way_goes_beyond_the_agreement(agreed, scopes, asked):
    try:
        request = ClaimsRequest.from_document({"userinfo": asked, "id_token": asked})
    except OAuthError:
        return
    assert set(requested_claims(scopes, request, agreed).names) <= agreed


def test_essential_says_that_a_claim_matters_and_its_absence_is_no_error():
    """OpenID Connect Core section 5.5.1."""
    request = ClaimsRequest.from_document({"userinfo": {"nickname": {"essential": True}}})
    requested = requested_claims(["openid"], request)
    assert requested.essential == {"nickname"}
    assert select(requested.userinfo, ANNA) == {}


def test_a_request_survives_being_stored():
    asked = {
        "userinfo": {"name": {"essential": True}, "verified_claims": [VERIFIED]},
        "id_token": {"sub": {"value": "x"}},
    }
    request = ClaimsRequest.from_document(asked)
    assert ClaimsRequest.from_document(json.loads(json.dumps(request.document()))) == request


@pytest.mark.parametrize(
    ("wish", "values"),
    [
        (None, ()),
        ({"value": "a"}, ("a",)),
        ({"values": ["a", 7, "b"]}, ("a", "b")),
        ({"value": 7}, ()),
        ({"essential": True}, ()),
    ],
    ids=str,
)
def test_the_values_asked_for_are_texts(wish, values):
    assert ClaimsRequest.from_document({"id_token": {"acr": wish}}).values("acr") == values


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"a"',
        '{"userinfo": []}',
        '{"userinfo": 7}',
        '{"userinfo": {"name": 7}}',
        '{"userinfo": {"name": []}}',
        '{"userinfo": {"name": true}}',
        '{"userinfo": {"name": {"essential": "yes"}}}',
        '{"userinfo": {"name": {"essential": 1}}}',
        '{"userinfo": {"name": {"values": "a"}}}',
        '{"userinfo": {"name": null, "name": null}}',
        '{"userinfo": {}, "userinfo": {}}',
        '{"userinfo": {"name": {"value": NaN}}}',
        '{"userinfo": {"name": {"value": "\\ud800"}}}',
        '{"userinfo": ' + "[" * 20 + "]" * 20 + "}",
        '{"userinfo": {' + ",".join(f'"c{n}": null' for n in range(65)) + "}}",
        '{"userinfo": {"verified_claims": null}}',
        '{"userinfo": {"verified_claims": []}}',
        '{"userinfo": {"verified_claims": {}}}',
        '{"userinfo": {"verified_claims": {"verification": {}, "claims": {}}}}',
        '{"userinfo": {"verified_claims": {"verification": {}, "claims": null}}}',
        '{"userinfo": {"verified_claims": {"claims": {"name": null}}}}',
        '{"userinfo": {"verified_claims": {"verification": null, "claims": {"name": null}}}}',
        '{"userinfo": {"verified_claims": {"verification": {"evidence": {}}, "claims": {"name": null}}}}',
        '{"userinfo": {"verified_claims": {"verification": {"evidence": [{}]}, "claims": {"name": null}}}}',
        '{"id_token": {"verified_claims": {"verification": {"evidence": [{"type": {}}]}, "claims": {"a": 1}}}}',
    ],
    ids=range(28),
)
def test_a_malformed_claims_parameter_is_an_invalid_request(text):
    with pytest.raises(OAuthError) as refusal:
        ClaimsRequest.parse(text)
    assert refusal.value.code == "invalid_request"


@given(st.text(max_size=100) | JSON.map(json.dumps))
def test_any_claims_parameter_is_read_or_refused_and_nothing_else_happens(text):
    try:
        request = ClaimsRequest.parse(text)
    except OAuthError:
        return
    assert ClaimsRequest.from_document(request.document()) == request
    requested_claims(["openid"], request.restricted_to(CLAIMS_OF))


def test_members_of_the_parameter_that_nobody_knows_are_ignored():
    assert ClaimsRequest.parse('{"future": [1], "userinfo": null}') == ClaimsRequest()
    assert ClaimsRequest.parse('{"userinfo": {"name": {"hue": 1}}}') == ClaimsRequest(userinfo={"name": {}})


def test_a_whole_person_is_told():
    assert told("openid", "profile", "email", "phone", "address", "birth", "tax_number", **ANNA) == {
        "name": "Anna Maria Eriksson",
        "given_name": "Anna",
        "middle_name": "Maria",
        "family_name": "Eriksson",
        "birthdate": "1974-08-12",
        "updated_at": 1_700_000_000,
        "email": "anna@example.org",
        "email_verified": True,
        "phone_number": "+46701234567",
        "phone_number_verified": False,
        "address": {
            "formatted": "Gatan 1\n65344 Karlstad\nSE",
            "street_address": "Gatan 1",
            "locality": "Karlstad",
            "postal_code": "65344",
            "country": "SE",
        },
        "tax_number": "7408129999",
        "place_of_birth": {"country": "SE", "locality": "Lund"},
        "nationalities": ["SE"],
    }


def test_the_recorded_name_comes_before_one_put_together():
    assert told("profile", **ANNA, name="Eriksson Anna")["name"] == "Eriksson Anna"


def test_somebody_with_a_single_name_has_no_family_name():
    assert told("profile", given_name="Suharto") == {"name": "Suharto", "given_name": "Suharto"}


@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}, 0])
@pytest.mark.parametrize("claim", ["given_name", "address", "nationalities", "place_of_birth", "email"])
def test_what_is_missing_is_left_out(claim, nothing):
    assert select([claim], {claim: nothing}) == {}


@pytest.mark.parametrize("value", [True, 1.5, "1700000000", None])
def test_updated_at_is_a_whole_number(value):
    assert select(["updated_at"], {"updated_at": value}) == {}


@pytest.mark.parametrize("value", ["true", 1, None, False, "false"])
def test_an_email_is_verified_only_by_true_itself(value):
    assert select(["email_verified"], {"email": "a@b", "email_verified": value}) == {"email_verified": False}


def test_nothing_is_verified_that_is_not_there():
    assert select(["email_verified"], {"email_verified": True}) == {}


def test_an_address_may_be_one_text():
    assert select(["address"], {"address": "Gatan 1\nKarlstad"}) == {"address": {"formatted": "Gatan 1\nKarlstad"}}


def test_claims_about_the_sign_in_are_not_read_from_the_record():
    assert (
        select(["sub", "acr", "amr", "auth_time", "sid"], dict.fromkeys(["sub", "acr", "amr", "auth_time", "sid"], "x"))
        == {}
    )
