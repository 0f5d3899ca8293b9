"""OpenID Connect for Identity Assurance: a request is a template, and what does not meet it is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.identity_assurance import (
    Check,
    Evidence,
    Verification,
    build,
    check_request,
    claim_names,
    restricted,
    timestamp,
)
from tests.protocol.builders import NOW

ANNA = {"given_name": "Anna", "family_name": "Eriksson", "birthdate": "1974-08-12", "email": "anna@example.org"}
PASSPORT = Evidence(
    type="document",
    kind="passport",
    number="L898902C3",
    issuer="Passport Office",
    country="ARC",
    issued_on="2022-04-16",
    expires_on="2032-04-15",
    checks=(Check("vpip", at=NOW - 100, organisation="Civil Registry"), Check("pvp")),
)
REGISTER = Evidence(
    type="electronic_record",
    kind="population_register",
    issuer="Civil Registry",
    country="ARC",
    checks=(Check("data"),),
)
VERIFICATION = Verification(
    trust_framework="arcadia",
    assurance_level="high",
    at=NOW - 1000,
    claims=("given_name", "family_name", "birthdate"),
    process="case-1",
    evidence=(PASSPORT, REGISTER),
)
NAME = {"given_name": None}


def asked(verification, claims=NAME):
    return check_request({"verification": verification, "claims": claims})


def told(verification, claims=NAME, recorded=VERIFICATION):
    return build(asked(verification, claims), recorded, ANNA, NOW)


def a_document(**members):
    return {"trust_framework": None, "evidence": [{"type": {"value": "document"}, **members}]}


def test_a_bare_request_is_told_the_framework_and_the_claims_and_no_more():
    assert told({"trust_framework": None}) == {
        "verification": {"trust_framework": "arcadia"},
        "claims": {"given_name": "Anna"},
    }


def test_the_framework_is_told_even_if_the_request_forgot_it():
    assert told({})["verification"] == {"trust_framework": "arcadia"}


def test_what_is_named_is_told():
    verification = {"trust_framework": None, "assurance_level": None, "time": None, "verification_process": None}
    assert told(verification)["verification"] == {
        "trust_framework": "arcadia",
        "assurance_level": "high",
        "time": timestamp(NOW - 1000),
        "verification_process": "case-1",
    }


def test_evidence_is_told_as_far_as_the_template_goes():
    evidence = [{"type": {"value": "document"}, "document_details": {"type": None, "issuer": {"country_code": None}}}]
    assert told({"trust_framework": None, "evidence": evidence})["verification"]["evidence"] == [
        {"type": "document", "document_details": {"type": "passport", "issuer": {"country_code": "ARC"}}}
    ]


def test_the_document_number_is_told_only_to_who_asks_for_it():
    silent = [{"type": {"value": "document"}, "document_details": {"date_of_expiry": None}}]
    curious = [{"type": {"value": "document"}, "document_details": {"document_number": None}}]
    assert "L898902C3" not in str(told({"evidence": silent}))
    assert "L898902C3" in str(told({"evidence": curious}))


def test_templates_of_evidence_are_alternatives():
    evidence = [
        {"type": {"value": "electronic_record"}, "record": {"type": None, "source": {"name": None}}},
        {"type": {"value": "vouch"}},
        {"type": {"value": "document"}, "check_details": [{"check_method": None, "organization": None, "time": None}]},
    ]
    assert told({"evidence": evidence})["verification"]["evidence"] == [
        {
            "type": "document",
            "check_details": [
                {"check_method": "vpip", "organization": "Civil Registry", "time": timestamp(NOW - 100)},
                {"check_method": "pvp"},
            ],
        },
        {"type": "electronic_record", "record": {"type": "population_register", "source": {"name": "Civil Registry"}}},
    ]


@pytest.mark.parametrize("member", ["evidence", "unheard_of", "assurance_process"])
def test_what_is_not_gone_into_is_not_told(member):
    assert told({member: None})["verification"] == {"trust_framework": "arcadia"}


@pytest.mark.parametrize(
    "verification",
    [
        {"trust_framework": {"value": "eidas"}},
        {"trust_framework": {"values": ["eidas", "nist_800_63A"]}},
        {"trust_framework": {"values": []}},
        {"trust_framework": {"values": "arcadia"}},
        {"trust_framework": {"value": None}},
        {"trust_framework": None, "assurance_level": {"value": "low"}},
        {"trust_framework": None, "time": {"max_age": 999}},
        {"trust_framework": None, "time": {"max_age": "1e9"}},
        {"trust_framework": None, "assurance_process": {"value": "x"}},
        {"trust_framework": None, "evidence": [{"type": {"value": "vouch"}}]},
        a_document(document_details={"type": {"value": "idcard"}}),
        a_document(document_details={"date_of_issuance": {"max_age": 60}}),
        a_document(check_details=[{"check_method": {"value": "vcrypt"}}]),
        a_document(method={"value": "pipp"}),
    ],
    ids=range(14),
)
def test_a_constraint_that_is_not_met_withholds_everything(verification):
    assert told(verification) is None


@pytest.mark.parametrize(
    "verification",
    [
        {"trust_framework": {"value": "arcadia"}},
        {"trust_framework": {"values": ["eidas", "arcadia"]}},
        {"trust_framework": None, "time": {"max_age": 1000}},
        a_document(check_details=[{"check_method": {"value": "pvp"}}]),
    ],
    ids=range(4),
)
def test_a_constraint_that_is_met_withholds_nothing(verification):
    assert told(verification)["claims"] == {"given_name": "Anna"}


def test_a_date_counts_from_its_last_second():
    issued = {"type": {"value": "document"}, "document_details": {"date_of_issuance": {"max_age": 0}}}
    last_second = 1_650_153_599  # 2022-04-16T23:59:59Z
    assert build(asked({"evidence": [issued]}), VERIFICATION, ANNA, last_second)
    assert build(asked({"evidence": [issued]}), VERIFICATION, ANNA, last_second + 1) is None


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"given_name": None, "email": None}, {"given_name": "Anna"}),
        ({"given_name": {"value": "Anna"}, "family_name": {"value": "Svensson"}}, {"given_name": "Anna"}),
        ({"birthdate": {"max_age": 10**10}}, {"birthdate": "1974-08-12"}),
        ({"birthdate": {"max_age": 10}, "given_name": None}, {"given_name": "Anna"}),
    ],
    ids=str,
)
def test_a_claim_that_was_not_verified_or_does_not_meet_its_wish_is_left_out(claims, expected):
    assert told({}, claims)["claims"] == expected


@pytest.mark.parametrize("claims", [{"email": None}, {"nationalities": None}, {"unknown": None}], ids=str)
def test_without_claims_there_are_no_verified_claims(claims):
    assert told({}, claims) is None


def test_somebody_who_never_verified_has_no_verified_claims():
    assert told({}, recorded=None) is None


def test_each_template_of_a_list_is_answered_by_itself():
    gold, arcadia = asked({"trust_framework": {"value": "gold"}}), asked({"trust_framework": {"value": "arcadia"}})
    assert len(build([gold, arcadia, arcadia], VERIFICATION, ANNA, NOW)) == 2
    assert build([gold], VERIFICATION, ANNA, NOW) is None


WORDS = ["type", "value", "values", "max_age", "trust_framework", "document_details", "check_details", "record", "time"]
TEMPLATES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["document", "arcadia", "passport", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.dictionaries(st.sampled_from(["trust_framework", "evidence", "time"]), TEMPLATES),
    st.dictionaries(st.sampled_from(["given_name", "email"]), TEMPLATES, min_size=1),
)
def test_whatever_is_asked_the_answer_is_valid_or_none(verification, claims):
    answer = build({"verification": verification, "claims": claims}, VERIFICATION, ANNA, NOW)
    if answer is not None:
        assert answer["verification"]["trust_framework"] == "arcadia"
        assert answer["claims"] == {"given_name": "Anna"}
        assert all("type" in evidence for evidence in answer["verification"].get("evidence", []))


@given(TEMPLATES | st.dictionaries(st.sampled_from(["verification", "claims"]), TEMPLATES))
def test_any_request_has_the_right_shape_or_is_refused_and_nothing_else_happens(value):
    try:
        request = check_request(value)
    except OAuthError as error:
        assert error.code == "invalid_request"  # noqa: PT017 (either outcome is right)
    else:
        assert restricted(request, claim_names(request)) == request
        assert restricted(request, []) is None
