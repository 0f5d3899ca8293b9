"""The FAPI 2.0 Message Signing plan: signed requests and signed answers, beside everything of the security profile."""

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws

from tests.conformance.conftest import OTHER, RSA
from tests.conformance.party import ISSUER
from tests.conformance.plan import COMPLETE, Plan, published
from tests.holders import b64

SIGNING = Plan("fapi2-security-profile-final-", *published("fapi2-security-profile-final-", "S"))
"""What signing adds or changes; the rest of the plan is that of the security profile, module by module."""
HOUR = 3600
NONE = b64(b'{"alg":"none"}')


@pytest.fixture
def bank(bank):
    return lambda *key, **metadata: bank(*key, profile="fapi2-message-signing", **metadata)


@pytest.fixture
def first(bank):
    return bank()


@SIGNING.replays("happy-flow", "par-without-duplicate-parameters")
def test_a_signed_and_pushed_request_gets_a_signed_answer_and_a_bound_token(bank, first):
    for party in (first, bank(OTHER)):
        window = party.window()
        answer = party.signs_in(window, party.by_reference(party.pushes(state="s", nonce="n")))
        sent = parse_qs(urlsplit(window.at).query)
        assert sent.keys() == {"response"}
        assert jws.extract_compact(sent["response"][0].encode()).headers()["alg"] == "ES256"
        assert (answer["iss"], answer["aud"], answer["state"]) == (ISSUER, party.client.id, "s")
        assert answer.keys() == {"iss", "aud", "exp", "code", "state"}
        tokens = party.redeems(answer["code"]).json
        assert party.reads(tokens["id_token"])["nonce"] == "n"
        assert party.userinfo(tokens["access_token"]).status_code == 200
        assert party.userinfo(tokens["access_token"], scheme="Bearer").status_code == 401


@SIGNING.replays("user-rejects-authentication")
def test_who_turns_back_is_told_in_a_signed_answer(first):
    window = first.window().goes(first.address(state="s")).submits("/cancel")
    assert parse_qs(urlsplit(window.at).query).keys() == {"response"}
    told = first.told(window.at)
    assert (told["error"], told["state"], told["aud"]) == ("access_denied", "s", first.client.id)


ACCEPTED = {
    "ensure-request-object-with-multiple-aud-succeeds": {"aud": [ISSUER, "https://other.example"]},
    "ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted": {"nbf": 8},
}


@SIGNING.replays(*ACCEPTED)
def test_an_odd_request_object_that_is_right_is_taken(first, clock):
    for module, claims in ACCEPTED.items():
        said = {name: clock.now + value if name == "nbf" else value for name, value in claims.items()}
        pushed = first.pushes(signed=first.an_object(claims=said))
        assert "code" in first.signs_in(first.window(), first.by_reference(pushed)), module


INSIDE = {
    "ensure-different-nonce-inside-and-outside-request-object": {},
    "ensure-different-state-inside-and-outside-request-object": {},
    "state-only-outside-request-object-not-used": {"state": None},
    "ensure-authorization-request-with-long-nonce": {"nonce": "n" * 384},
    "ensure-authorization-request-with-long-state": {"state": "s" * 1024},
}


@SIGNING.replays(*INSIDE)
def test_only_what_stands_inside_counts_whatever_its_length(first):
    for module, changes in INSIDE.items():
        asked = {"state": "inside", "nonce": "inside"} | changes
        form = {"request": first.an_object(**asked), "state": "outside", "nonce": "outside"}
        address = first.by_reference(first.posts("/oidc/par", form), state="outside", nonce="outside")
        answer = first.signs_in(first.window(), address)
        claims = first.reads(first.redeems(answer["code"]).json["id_token"])
        assert (answer.get("state"), claims["nonce"]) == (asked["state"], asked["nonce"]), module


def unsigned(party):
    claims = party.an_object().split(".")[1]
    return f"{NONE}.{claims}."


def spoiled(party):
    head, claims, signature = party.an_object().split(".")
    return f"{head}.{claims}.{signature[:-8]}{'A' * 8}"


OBJECTS = {
    "ensure-request-object-without-exp-fails": lambda party, _: party.an_object(claims={"exp": None}),
    "ensure-request-object-without-nbf-fails": lambda party, _: party.an_object(claims={"nbf": None}),
    "ensure-expired-request-object-fails": lambda party, now: party.an_object(claims={"exp": now - 300}),
    "ensure-request-object-with-bad-aud-fails": (
        lambda party, _: party.an_object(claims={"aud": "https://other.example"})
    ),
    "ensure-request-object-with-exp-over-60-fails": (
        lambda party, now: party.an_object(claims={"exp": now + HOUR + 600})
    ),
    "ensure-request-object-with-nbf-over-60-fails": (
        lambda party, now: party.an_object(claims={"nbf": now - HOUR - 600})
    ),
    "ensure-signed-request-object-with-RS256-fails": lambda party, _: party.an_object(RSA, "RS256"),
    "ensure-request-object-signature-algorithm-is-not-none": lambda party, _: unsigned(party),
    "ensure-request-object-with-invalid-signature-fails": lambda party, _: spoiled(party),
    "ensure-matching-key-in-authorization-request": lambda party, _: party.an_object(OTHER),
}
REQUESTS = {
    "ensure-request-object-without-redirect-uri-fails": ({"redirect_uri": None}, "invalid_request"),
    "ensure-response-type-code-idtoken-fails": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "ensure-response-type-token-fails": ({"response_type": "token"}, "unsupported_response_type"),
    "par-authorization-request-containing-request_uri": ({"request_uri": "urn:x"}, "invalid_request_object"),
    "par-ensure-pkce-required": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "par-plain-pkce-rejected": ({"code_challenge_method": "plain"}, "invalid_request"),
}


@SIGNING.replays(*OBJECTS)
def test_a_request_object_that_is_wrong_is_refused_when_it_is_pushed(first, clock):
    told = {module: first.pushes(signed=wrong(first, clock.now)) for module, wrong in OBJECTS.items()}
    found = {module: (answer.status_code, answer.json.get("error")) for module, answer in told.items()}
    assert found == dict.fromkeys(OBJECTS, (400, "invalid_request_object"))


@SIGNING.replays(*REQUESTS)
def test_what_the_profile_forbids_inside_is_refused_when_it_is_pushed(first):
    told = {module: first.pushes(**changes) for module, (changes, _) in REQUESTS.items()}
    found = {module: (answer.status_code, answer.json.get("error")) for module, answer in told.items()}
    assert found == {module: (400, error) for module, (_, error) in REQUESTS.items()}


@SIGNING.replays(
    "ensure-unsigned-request-at-par-endpoint-fails", "ensure-unsigned-authorization-request-without-using-par-fails"
)
def test_nothing_is_heard_that_is_not_signed_and_pushed(first):
    plain = first.posts("/oidc/par", first.request())
    assert (plain.status_code, plain.json["error"]) == (400, "invalid_request")
    for address in (first.front(), first.front(request=first.an_object())):
        window = first.window().goes(address)
        assert (window.status, window.at) == (400, "/oidc/authorize")


@SIGNING.replays("par-attempt-reuse-request_uri", "par-attempt-to-use-expired-request_uri")
def test_a_reference_works_once_and_in_its_time(first, clock):
    window, address = first.window(), first.address()
    assert "code" in first.signs_in(window, address)
    assert window.goes(address).status == 400
    late = first.address()
    clock.advance(600)
    assert window.goes(late).status == 400


def test_every_module_of_the_plan_is_replayed():
    assert SIGNING.gaps(globals()) == COMPLETE
