"""The plan of OpenID Connect for Identity Assurance over OpenID Connect Core."""

import pytest

from idp.protocol.assurance import Level
from idp.protocol.identity_assurance import CLAIMS, timestamp
from tests.builders import a_citizen
from tests.conformance.party import asking
from tests.conformance.plan import COMPLETE, Plan

ASSURANCE = Plan(
    "ekyc-server-",
    "happypath",
    "happypath-emptyobject",
    "happypath-essentialfalse",
    "unknown-claim-omitted",
    "unknown-essential-claim-omitted",
    "unknown-claim-specialchars-omitted",
    "one-claim-with-random-value-omitted",
    "request-only-in-idtoken",
    "request-only-in-userinfo",
    "testuserprovidedrequest",
    "testbasedonuserinfo-defaults",
    "test-userinfo-notfoundinop",
)
FRAMEWORK = {"trust_framework": None}
NAME = {"given_name": "Ann"}
RANDOM = "0b9e0d1c-5cb5-4f6e-9d3d-1f6f7f3c2b11"


@pytest.fixture
def anna(provider):
    """Somebody whom the operator imported as verified against the population register."""
    return a_citizen(provider, assurance=Level.HIGH)


@pytest.fixture
def party(a_party):
    return a_party(scope="openid profile email")


def told(party, **places):
    """`verified_claims` of the ID token and of user information, asked for by place."""
    claims = asking(**{place: {"verified_claims": template} for place, template in places.items()})
    tokens = party.tokens(claims=claims)
    id_token, userinfo = party.reads(tokens["id_token"]), party.userinfo(tokens["access_token"]).json
    assert id_token["sub"] == userinfo["sub"]
    return id_token.get("verified_claims"), userinfo.get("verified_claims")


def template(claims, **verification):
    return {"verification": FRAMEWORK | verification, "claims": claims}


def answer(provider, claims, **verification):
    return {"verification": {"trust_framework": provider.trust_framework, **verification}, "claims": claims}


@ASSURANCE.replays("happypath")
def test_metadata_says_what_can_be_verified_and_how(client, provider):
    published = client.get("/.well-known/openid-configuration").json

    assert published["verified_claims_supported"] is True
    assert published["trust_frameworks_supported"] == [provider.trust_framework]
    assert published["claims_in_verified_claims_supported"] == list(CLAIMS)
    assert published["evidence_supported"] == ["document", "electronic_record"]
    for what in ("documents_supported", "documents_check_methods_supported", "electronic_records_supported"):
        assert published[what], what


HAPPY = {"happypath": None, "happypath-emptyobject": {}, "happypath-essentialfalse": {"essential": False}}


@ASSURANCE.replays(*HAPPY)
def test_a_claim_is_told_as_verified_however_it_is_wished_for(provider, party):
    for module, wish in HAPPY.items():
        asked = {"verification": {"trust_framework": wish}, "claims": {"given_name": wish}}
        assert told(party, id_token=asked, userinfo=asked) == (answer(provider, NAME),) * 2, module


OMITTED = {
    "unknown-claim-omitted": {"unknown_to_everybody": None},
    "unknown-essential-claim-omitted": {"unknown_to_everybody": {"essential": True}},
    "unknown-claim-specialchars-omitted": {"claim%1/a&,.b": None},
    "one-claim-with-random-value-omitted": {"family_name": {"value": RANDOM}},
}


@ASSURANCE.replays(*OMITTED)
def test_what_is_unknown_or_cannot_be_met_is_left_out_and_the_rest_is_told(provider, party):
    for module, wish in OMITTED.items():
        asked = template({"given_name": None} | wish)
        assert told(party, id_token=asked, userinfo=asked) == (answer(provider, NAME),) * 2, module
        alone = template(wish)
        assert told(party, id_token=alone, userinfo=alone) == (None, None), module


UNMET = (
    {"trust_framework": {"value": "another"}},
    {"trust_framework": {"values": ["another", "and another"]}},
    {"assurance_level": {"value": "low"}},
    {"evidence": [{"type": {"value": "vouch"}}]},
    {"evidence": [{"type": {"value": "electronic_record"}, "check_details": [{"check_method": {"value": "vpip"}}]}]},
)


@ASSURANCE.replays("one-claim-with-random-value-omitted")
def test_a_verification_that_does_not_meet_the_request_is_no_error_and_is_not_told(party, clock):
    asked = [template({"given_name": None}, **unmet) for unmet in UNMET]
    assert told(party, id_token=asked, userinfo=asked) == (None, None)
    clock.advance(100)
    old = template({"given_name": None}, time={"max_age": 50})
    assert told(party, userinfo=old) == (None, None)


@ASSURANCE.replays("request-only-in-idtoken", "request-only-in-userinfo")
def test_it_is_told_only_where_it_was_asked_for(provider, party):
    asked = template({"given_name": None})
    assert told(party, id_token=asked) == (answer(provider, NAME), None)
    assert told(party, userinfo=asked) == (None, answer(provider, NAME))


@ASSURANCE.replays("testuserprovidedrequest", "testbasedonuserinfo-defaults")
def test_everything_that_was_recorded_is_told_to_who_asks_for_it(provider, party, clock):
    check = {"check_method": None, "organization": None, "time": None}
    record = {"type": {"value": "electronic_record"}, "check_details": [check], "record": {"type": None}}
    wish = {"assurance_level": {"value": "high"}, "time": {"max_age": 3600}, "verification_process": None}
    claims = {"given_name": "Ann", "birthdate": "1990-05-17"}
    asked = template(dict.fromkeys(claims), **wish, evidence=[record])

    _, seen = told(party, userinfo=asked)
    at = timestamp(clock.now)
    evidence = {
        "type": "electronic_record",
        "check_details": [{"check_method": "data", "organization": "Population Register", "time": at}],
        "record": {"type": "population_register"},
    }
    recorded = {"assurance_level": "high", "time": at, "verification_process": "import", "evidence": [evidence]}
    assert seen == answer(provider, claims, **recorded)


@ASSURANCE.replays("test-userinfo-notfoundinop")
def test_what_the_metadata_does_not_name_is_never_told_as_verified(provider, party):
    asked = template({"given_name": None, "email": None, "nickname": None}, unheard_of=None)
    assert told(party, userinfo=asked) == (None, answer(provider, NAME))
    assert told(party, userinfo=template({"email": None})) == (None, None)


def test_every_module_of_the_plan_is_replayed():
    assert ASSURANCE.gaps(globals()) == COMPLETE
