"""The Basic plan of OpenID Connect, with what the dynamic, comprehensive and third-party plans add to it."""

import json
import math
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from idp.domain.clients import published_keys
from idp.domain.grants import consents
from idp.foundation.keyring import rotation
from idp.protocol.registration_policy import Policy
from idp.protocol.scopes import CLAIMS_OF
from tests import origin as origins
from tests.assertions import public
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.conformance.party import ISSUER, TOKEN_ENDPOINT, Party, asking
from tests.conformance.plan import COMPLETE, Plan
from tests.web.oidc.conftest import CHALLENGE, VERIFIER
from tests.web.oidc.registering import a_developer, an_administrator
from tests.web.pages import Window

BASIC = Plan(
    "oidcc-",
    "server",
    "response-type-missing",
    "idtoken-signature",
    "idtoken-unsigned",
    "idtoken-rs256",
    "userinfo-get",
    "userinfo-post-header",
    "userinfo-post-body",
    "userinfo-rs256",
    "ensure-request-without-nonce-succeeds-for-code-flow",
    "ensure-request-without-nonce-fails",
    "scope-profile",
    "scope-email",
    "scope-address",
    "scope-phone",
    "scope-all",
    "alternate-happy-flow",
    "display-page",
    "display-popup",
    "prompt-login",
    "prompt-none-not-logged-in",
    "prompt-none-logged-in",
    "max-age-1",
    "max-age-10000",
    "ensure-request-with-unknown-parameter-succeeds",
    "id-token-hint",
    "login-hint",
    "ui-locales",
    "claims-locales",
    "ensure-request-with-acr-values-succeeds",
    "claims-essential",
    "codereuse",
    "codereuse-30seconds",
    "ensure-registered-redirect-uri",
    "ensure-redirect-uri-in-authorization-request",
    "redirect-uri-query-OK",
    "redirect-uri-query-mismatch",
    "redirect-uri-query-added",
    "redirect-uri-regfrag",
    "ensure-post-request-succeeds",
    "server-client-secret-post",
    "unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "request-uri-unsigned",
    "request-uri-signed-rs256",
    "ensure-request-object-with-redirect-uri",
    "refresh-token",
    "refresh-token-rp-key-rotation",
    "ensure-request-with-valid-pkce-succeeds",
    "ensure-client-assertion-with-iss-aud-succeeds",
    "registration-jwks-uri",
    "registration-logo-uri",
    "registration-policy-uri",
    "registration-tos-uri",
    "registration-sector-uri",
    "registration-sector-bad",
    "server-rotate-keys",
    "3rd_party-init-login",
    "3rd_party-init-login-nohttps",
)
SECRET = "a-secret-of-the-basic-client-0123456789"
EVERYTHING = "openid profile email address phone"
RSA, NEXT_RSA = (RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256"}) for kid in ("first", "second"))
UNSIGNED = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    with origins.serving(tmp_path_factory.mktemp("origin")) as origin:
        yield origin


@pytest.fixture
def settings(settings, origin):
    """The operator registers over the network, and allows and trusts the relying party's own server."""
    allowed = (f"localhost:{origin.port}",)
    return replace(settings, registration="approval", outbound_allow=allowed, outbound_ca=origin.authority)


@pytest.fixture
def a_party(app, provider, clock, anna):
    """A plain client of the plan: no PKCE, unless a test says otherwise."""

    def make(*, signs=None, redirect_uri=REDIRECT_URI, secret=SECRET, agreed=True, **metadata):
        method = {} if signs is None else {"token_endpoint_auth_method": "private_key_jwt", "jwks": public(RSA)}
        if "jwks_uri" in metadata:
            del method["jwks"]
        terms = {"require_pkce": False, "scope": f"{EVERYTHING} offline_access", "redirect_uris": [redirect_uri]}
        client = a_client(provider, secret=None if signs else secret, **terms | method | metadata)
        if agreed:
            with provider.transaction() as tx:
                consents.give(tx, anna.id, client.id, ["openid", "offline_access", *everything()])
        ways = {"signs": signs, "secret": "" if signs else secret}
        return Party(app, client, anna, clock, redirect_uri=redirect_uri, **ways)

    return make


def everything():
    return [claim for scope in EVERYTHING.split() for claim in CLAIMS_OF[scope]]


@pytest.fixture
def party(a_party):
    return a_party()


@pytest.fixture
def developer(client, provider):
    return a_developer(client, provider, Policy("Ministry", hosts=("agency.example", "localhost")), uses=9)


@pytest.fixture
def approved(app, provider, clock, anna, developer):
    """Registers a client over the network and has it approved; the party it then is."""

    def register(**metadata):
        answer = developer.registers(**metadata)
        assert answer.status_code == 201, answer.text
        developer.is_approved(an_administrator(a_citizen(provider, roles=("administrator",)).id))
        secret = developer.told.get("client_secret", "")
        return Party(app, developer.record, anna, clock, secret=secret, redirect_uri="https://agency.example/cb")

    return register


def is_a_page(window_or_answer):
    status = window_or_answer.status if isinstance(window_or_answer, Window) else window_or_answer.status_code
    return status == 400 and REDIRECT_URI not in str(getattr(window_or_answer, "at", ""))


def entropy(text):
    """As the suite counts it: Shannon's, of the characters, times how many there are."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares) * len(text)


@BASIC.replays("server", "idtoken-signature", "idtoken-rs256", "userinfo-get", "userinfo-post-header")
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
    assert jws.extract_compact(tokens["id_token"].encode()).headers()["alg"] == "RS256"
    assert min(entropy(answer["code"]), entropy(tokens["access_token"])) > 96
    shown = {"Authorization": f"Bearer {tokens['access_token']}"}
    for told in (party.http.get("/oidc/userinfo", headers=shown), party.http.post("/oidc/userinfo", headers=shown)):
        assert (told.status_code, told.json) == (200, {"sub": claims["sub"]})


@BASIC.replays("userinfo-post-body")
def test_user_information_is_told_to_a_token_in_the_body(party):
    token = party.tokens()["access_token"]
    assert party.http.post("/oidc/userinfo", data={"access_token": token}).json["sub"]


@BASIC.replays("userinfo-rs256")
def test_user_information_is_signed_for_who_registered_so(a_party):
    party = a_party(userinfo_signed_response_alg="RS256")
    tokens = party.tokens()
    told = party.reads(party.userinfo(tokens["access_token"]).text)
    assert (told["sub"], told["aud"]) == (party.reads(tokens["id_token"])["sub"], party.client.id)


@BASIC.replays("ensure-request-without-nonce-succeeds-for-code-flow")
def test_without_a_nonce_there_is_none(party):
    assert "nonce" not in party.reads(party.tokens(nonce=None)["id_token"])


@BASIC.replays("response-type-missing")
def test_a_request_without_a_response_type_goes_back_as_an_error(party):
    told = party.told(party.window().goes(party.front(response_type=None, state="s")).at)
    assert (told["error"], told["state"]) == ("invalid_request", "s")


@BASIC.answers_otherwise(
    "for the implicit and hybrid flows, which we refuse whatever their nonce is", "ensure-request-without-nonce-fails"
)
@pytest.mark.parametrize("flow", ["id_token", "id_token token", "code id_token", "code token", "code id_token token"])
def test_no_token_ever_comes_through_the_browser(client, a_party, flow):
    party = a_party(agreed=False)
    told = party.told(party.window().goes(party.front(response_type=flow, nonce=None)).at)
    assert told["error"] == "unsupported_response_type"
    assert client.get("/.well-known/openid-configuration").json["response_types_supported"] == ["code"]


@BASIC.answers_otherwise("for providers that advertise ID tokens without a signature", "idtoken-unsigned")
def test_an_id_token_is_never_unsigned(client, developer):
    told = client.get("/.well-known/openid-configuration").json
    assert "none" not in told["id_token_signing_alg_values_supported"]
    assert developer.registers(id_token_signed_response_alg="none").json["error"] == "invalid_client_metadata"


SCOPES = {
    "scope-profile": "profile",
    "scope-email": "email",
    "scope-address": "address",
    "scope-phone": "phone",
    "scope-all": "profile email address phone",
}


@BASIC.replays(*SCOPES)
@pytest.mark.parametrize("module", SCOPES)
def test_a_scope_brings_every_one_of_its_claims_at_user_information_and_none_in_the_id_token(party, module):
    tokens = party.tokens(scope=f"openid {SCOPES[module]}")
    told = party.userinfo(tokens["access_token"]).json
    promised = {claim for scope in SCOPES[module].split() for claim in CLAIMS_OF[scope]}

    assert told.keys() == promised | {"sub"}
    assert promised.isdisjoint(party.reads(tokens["id_token"]))
    kinds = {"email_verified": bool, "phone_number_verified": bool, "address": dict, "updated_at": int}
    assert [name for name, value in told.items() if type(value) is not kinds.get(name, str)] == []
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
@pytest.mark.parametrize("module", HARMLESS)
def test_what_may_be_sent_breaks_nothing(party, module):
    verifier = {"code_verifier": VERIFIER} if "pkce" in module else {}
    answer = party.redeems(party.code(**HARMLESS[module]), **verifier)
    assert party.userinfo(answer.json["access_token"]).status_code == 200


@BASIC.replays("alternate-happy-flow")
def test_neither_the_order_of_scopes_nor_that_of_parameters_counts(party):
    asked = party.request(scope=" ".join(reversed(EVERYTHING.split())))
    window = party.window()
    address = "/oidc/authorize?" + "&".join(f"{name}={asked[name].replace(' ', '+')}" for name in reversed(asked))
    told = party.redeems(party.signs_in(window, address)["code"]).json
    assert party.userinfo(told["access_token"]).json.keys() == set(everything())


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
