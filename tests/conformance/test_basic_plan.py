"""The Basic plan of OpenID Connect; what the dynamic, comprehensive and third-party plans add is beside it."""

import json
import math
from base64 import urlsafe_b64encode
from collections import Counter

import pytest

from idp.protocol.scopes import claims_of
from tests.conformance.party import ISSUER, asking
from tests.conformance.plan import COMPLETE, Plan, published
from tests.web.oidc.conftest import CHALLENGE, VERIFIER
from tests.web.pages import Window

BASIC = Plan("oidcc-", *published("oidcc-", "B"))
OTHERS = Plan("oidcc-", *published("oidcc-", "IH", beside="BbCDT"))
"""What only the implicit and the hybrid plans ask."""
EVERYTHING = "openid profile email address phone"


@pytest.fixture
def party(a_party):
    return a_party()


def entropy(text):
    """As the suite counts it: Shannon's, of the characters, times how many there are."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) * len(text)


@BASIC.replays("server", "userinfo-get", "userinfo-post-header")
def test_a_code_brings_tokens_and_nothing_that_was_not_asked_for(party):
    asked = {"state": "the state", "nonce": "the nonce"}
    answer = party.signs_in(party.window(), party.address(**asked))
    response = party.redeems(answer["code"])
    tokens, claims = response.json, party.reads(response.json["id_token"])

    assert (answer["state"], answer["iss"]) == ("the state", ISSUER)
    assert response.headers["Cache-Control"] == "no-store"
    assert (tokens["token_type"], tokens["expires_in"] > 0) == ("Bearer", True)
    assert claims.keys() == {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"}
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, party.client.id, "the nonce")
    assert min(entropy(answer["code"]), entropy(tokens["access_token"])) > 96
    shown = {"Authorization": f"Bearer {tokens['access_token']}"}
    for told in (party.http.get("/oidc/userinfo", headers=shown), party.http.post("/oidc/userinfo", headers=shown)):
        assert (told.status_code, told.json) == (200, {"sub": claims["sub"]})


@BASIC.replays("userinfo-post-body")
def test_user_information_is_told_to_a_token_in_the_body(party):
    token = party.tokens()["access_token"]
    assert party.http.post("/oidc/userinfo", data={"access_token": token}).json["sub"]


@BASIC.replays("ensure-request-without-nonce-succeeds-for-code-flow")
def test_without_a_nonce_there_is_none(party):
    assert "nonce" not in party.reads(party.tokens(nonce=None)["id_token"])


@BASIC.replays("response-type-missing")
def test_a_request_without_a_response_type_goes_back_as_an_error(party):
    told = party.told(party.window().goes(party.front(response_type=None, state="s")).at)
    assert (told["error"], told["state"]) == ("invalid_request", "s")


@OTHERS.answers_otherwise(
    "for the implicit and hybrid flows, which we refuse whatever their nonce is", "ensure-request-without-nonce-fails"
)
def test_no_token_ever_comes_through_the_browser(client, party):
    for flow in ("id_token", "id_token token", "code id_token", "code token", "code id_token token"):
        told = party.told(party.window().goes(party.front(response_type=flow, nonce=None)).at)
        assert told["error"] == "unsupported_response_type", flow
    assert client.get("/.well-known/openid-configuration").json["response_types_supported"] == ["code"]


SCOPES = {
    "scope-profile": "profile",
    "scope-email": "email",
    "scope-address": "address",
    "scope-phone": "phone",
    "scope-all": "profile email address phone",
}


@BASIC.replays(*SCOPES)
def test_a_scope_brings_every_one_of_its_claims_at_user_information_and_none_in_the_id_token(party):
    kinds = {"email_verified": bool, "phone_number_verified": bool, "address": dict, "updated_at": int}
    for module, scope in SCOPES.items():
        tokens = party.tokens(scope=f"openid {scope}")
        told = party.userinfo(tokens["access_token"]).json
        promised = set(claims_of(scope.split()))

        assert told.keys() == promised | {"sub"}, module
        assert promised.isdisjoint(party.reads(tokens["id_token"])), module
        assert [name for name, value in told.items() if type(value) is not kinds.get(name, str)] == [], module
        assert told.get("updated_at", 0) < 10**11, "milliseconds"


HARMLESS = {
    "display-page": {"display": "page"},
    "display-popup": {"display": "popup"},
    "ensure-request-with-unknown-parameter-succeeds": {"extra": "foobar"},
    "login-hint": {"login_hint": "annie@people.example"},
    "ui-locales": {"ui_locales": "se fr en"},
    "claims-locales": {"claims_locales": "se"},
    "ensure-request-with-valid-pkce-succeeds": {"code_challenge": CHALLENGE, "code_challenge_method": "S256"},
}


@BASIC.replays(*HARMLESS)
def test_what_may_be_sent_breaks_nothing(party):
    for module, sent in HARMLESS.items():
        verifier = {"code_verifier": VERIFIER} if "code_challenge" in sent else {}
        answer = party.redeems(party.code(**sent), **verifier)
        assert party.userinfo(answer.json["access_token"]).status_code == 200, module


@BASIC.replays("alternate-happy-flow")
def test_neither_the_order_of_scopes_nor_that_of_parameters_counts(party):
    asked = party.request(scope=" ".join(reversed(EVERYTHING.split())))
    window = party.window()
    address = "/oidc/authorize?" + "&".join(f"{name}={asked[name].replace(' ', '+')}" for name in reversed(asked))
    told = party.redeems(party.signs_in(window, address)["code"]).json
    assert party.userinfo(told["access_token"]).json.keys() == set(claims_of(EVERYTHING.split()))


@BASIC.replays("ensure-other-scope-order-succeeds")
def test_openid_need_not_be_the_first_scope(party):
    tokens = party.tokens(scope="email openid")
    assert party.userinfo(tokens["access_token"]).json.keys() == {"sub", "email", "email_verified"}
    assert "email" not in party.reads(tokens["id_token"])


@BASIC.replays("ensure-request-with-acr-values-succeeds")
def test_every_advertised_level_may_be_wished_for_and_one_of_them_is_told(client, party):
    every = client.get("/.well-known/openid-configuration").json["acr_values_supported"]
    assert party.reads(party.tokens(acr_values=" ".join(every))["id_token"])["acr"] in every


@BASIC.replays("claims-essential")
def test_an_essential_claim_comes_where_it_was_asked_for(party):
    tokens = party.tokens(claims=asking(userinfo={"name": {"essential": True}}))
    assert party.userinfo(tokens["access_token"]).json["name"].startswith("Ann Citizen")


@pytest.fixture
def signed_in(party, clock):
    """A browser in which somebody signed in to the party a minute ago, and what the ID token said then."""
    window = party.window()
    known = party.tokens(window)
    clock.advance(60)
    return window, known["id_token"], party.reads(known["id_token"])


AGAIN = {"prompt-login": {"prompt": "login"}, "max-age-1": {"max_age": "1"}}


@BASIC.replays(*AGAIN)
@pytest.mark.parametrize("module", AGAIN)
def test_who_must_sign_in_again_does_and_the_time_is_the_later_one(party, signed_in, module):
    window, _, before = signed_in
    shown = Window(window.client).goes(party.front(**AGAIN[module]))
    assert shown.page.form("/authenticate")
    after = party.reads(party.tokens(window, **AGAIN[module])["id_token"])
    assert (after["sub"], after["auth_time"]) == (before["sub"], before["auth_time"] + 60)


SILENT = {
    "prompt-none-logged-in": {"prompt": "none"},
    "max-age-10000": {"max_age": "10000"},
    "id-token-hint": {"prompt": "none", "id_token_hint": None},
}


@BASIC.replays(*SILENT)
@pytest.mark.parametrize("module", SILENT)
def test_who_is_signed_in_is_not_asked_and_the_time_stays(party, signed_in, module):
    window, id_token, before = signed_in
    asks = {name: value or id_token for name, value in SILENT[module].items()}
    code = party.told(window.client.get(party.front(**asks)).location)["code"]
    after = party.reads(party.redeems(code).json["id_token"])
    assert {name: after[name] for name in ("sub", "auth_time", "sid")} == {
        name: before[name] for name in ("sub", "auth_time", "sid")
    }


@BASIC.replays("prompt-none-not-logged-in")
def test_nobody_is_asked_in_silence(party):
    assert party.told(party.window().goes(party.front(prompt="none")).at)["error"] == "login_required"


@BASIC.replays("codereuse", "codereuse-30seconds")
@pytest.mark.parametrize("seconds", [0, 30])
def test_a_code_works_once_and_its_second_use_ends_what_the_first_brought(party, clock, seconds):
    code = party.code()
    token = party.redeems(code).json["access_token"]
    clock.advance(seconds)
    again = party.redeems(code)
    assert (again.status_code, again.json["error"]) == (400, "invalid_grant")
    assert party.userinfo(token).status_code == 401


@BASIC.replays("ensure-registered-redirect-uri")
def test_an_address_that_is_not_registered_is_a_page(party):
    window = party.window().goes(party.front(redirect_uri="https://agency.example/other"))
    assert (window.status, window.at) == (400, "/oidc/authorize")


@BASIC.replays("ensure-post-request-succeeds")
def test_a_request_may_be_posted_from_the_services_own_page(party):
    window = party.window().posts("/oidc/authorize", **party.request(state="s"))
    assert party.continues(window)["state"] == "s"


@BASIC.replays("server-client-secret-post")
def test_a_secret_may_be_posted_by_who_registered_so(a_party):
    party = a_party(token_endpoint_auth_method="client_secret_post")
    identity = {"client_id": party.client.id, "client_secret": party.secret}
    assert party.redeems(party.code(), identity=identity).status_code == 200


@BASIC.answers_otherwise(
    "for providers that take request objects without a signature, which ours does not advertise",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "ensure-request-object-with-redirect-uri",
)
@pytest.mark.parametrize("beside", [None, "https://agency.example/other"])
def test_a_request_object_without_a_signature_is_said_not_to_be_supported(client, party, beside):
    inside = urlsafe_b64encode(json.dumps(party.request()).encode()).rstrip(b"=").decode()
    outside = {} if beside is None else {"redirect_uri": beside}
    answer = party.http.get(party.front(request=f"eyJhbGciOiJub25lIn0.{inside}.", **outside))

    if beside is None:
        assert party.told(answer.location)["error"] == "request_not_supported"
    else:
        assert (answer.status_code, answer.location) == (400, None)
    told = client.get("/.well-known/openid-configuration").json
    assert "none" not in told["request_object_signing_alg_values_supported"]


@BASIC.replays("refresh-token")
def test_a_refresh_token_works_for_the_client_that_was_given_it(party, a_party):
    first = party.tokens(scope="openid offline_access", prompt="consent")
    second = party.refreshes(first["refresh_token"])
    assert party.userinfo(second.json["access_token"]).status_code == 200
    before, after = (party.reads(tokens["id_token"]) for tokens in (first, second.json))
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    stolen = a_party().refreshes(second.json["refresh_token"])
    assert (stolen.status_code, stolen.json["error"]) == (400, "invalid_grant")


def test_every_module_of_the_plan_is_replayed():
    assert BASIC.gaps(globals()) == OTHERS.gaps(globals()) == COMPLETE
