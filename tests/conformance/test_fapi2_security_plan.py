"""The FAPI 2.0 Security Profile plan, in each of its variants; certificates come through the proxy's header."""

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from idp.protocol.scopes import CLAIMS_OF
from tests.builders import REDIRECT_URI, a_client
from tests.conformance.conftest import KEY, OTHER, RSA
from tests.conformance.party import CERTIFICATE_HEADER, ISSUER, Party, asking
from tests.conformance.plan import COMPLETE, Plan, published
from tests.conformance.variants import VARIANTS, renewed, thieves
from tests.holders import Authority, a_proof, self_signed
from tests.web.oidc.conftest import VERIFIER

FAPI = Plan("fapi2-security-profile-final-", *published("fapi2-security-profile-final-", "F"))
NEXT = ECKey.generate_key("P-256")
PAR = f"{ISSUER}/oidc/par"
PROXY = "127.0.0.1"
MTLS = "http://localhost:8443"


@pytest.fixture
def authority(clock):
    return Authority(clock.now)


@pytest.fixture
def settings(settings, authority, tmp_path):
    """A proxy hands over certificates, too; the operator named whose."""
    file = tmp_path / "authorities.pem"
    file.write_bytes(authority.pem)
    told = {"certificate_header": CERTIFICATE_HEADER, "trusted_proxies": (PROXY,), "client_ca": file, "mtls_url": MTLS}
    return replace(settings, **told)


@pytest.fixture(params=VARIANTS, ids=str)
def variant(request):
    """How the clients of this run prove who they are, and what their tokens are bound to."""
    return request.param


BY_PROOF, BY_ASSERTION, BY_CERTIFICATE = (
    pytest.mark.parametrize("variant", [one for one in VARIANTS if fits(one)], ids=str, indirect=True)
    for fits in (
        lambda one: one.bound == "dpop",
        lambda one: one.asserts,
        lambda one: not one.asserts,
    )
)
"""For the modules that are about one way to prove something."""


@pytest.fixture
def bank(variant, app, provider, clock, anna, authority):
    """Registers a client of the profile in this variant; it signs with `key` whatever it signs."""

    def make(key=KEY, **metadata):
        name = f"{key.kid}.agency.example"
        holder = variant.certificate(authority, clock.now, name)
        terms = variant.registration(key, holder, name, RSA) | {"id_token_signed_response_alg": "ES256"}
        scope = "openid profile email address phone"
        client = a_client(provider, secret=None, **{"profile": "fapi2-security", "scope": scope} | terms | metadata)
        signs, proves = key if variant.asserts else None, key if variant.bound == "dpop" else None
        return Party(app, client, anna, clock, signs=signs, key=proves, certificate=holder, pushing=True)

    return make


@pytest.fixture
def first(bank):
    return bank()


@pytest.fixture
def second(bank):
    """The plan's second client, which has two addresses."""
    return bank(OTHER, redirect_uris=[REDIRECT_URI, f"{REDIRECT_URI}?dummy1=lorem&dummy2=ipsum"])


def refusals(answers):
    """Status and error of each, by module."""
    return {name: (answer.status_code, answer.json.get("error")) for name, answer in answers.items()}


@FAPI.replays("discovery-end-point-verification")
def test_metadata_promises_what_the_profile_needs(client):
    told = client.get("/.well-known/openid-configuration").json

    assert told["pushed_authorization_request_endpoint"] == PAR
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "code" in told["response_types_supported"]
    assert {one.method for one in VARIANTS} <= set(told["token_endpoint_auth_methods_supported"])
    assert {"ES256", "PS256"} <= set(told["token_endpoint_auth_signing_alg_values_supported"])
    assert {"ES256", "PS256"} & set(told["id_token_signing_alg_values_supported"])
    assert {"ES256", "PS256"} <= set(told["dpop_signing_alg_values_supported"])
    assert told["tls_client_certificate_bound_access_tokens"] is True
    assert told["mtls_endpoint_aliases"]["pushed_authorization_request_endpoint"] == f"{MTLS}/oidc/par"


@FAPI.replays("happy-flow", "ensure-holder-of-key-required", "par-without-duplicate-parameters")
def test_two_clients_are_served_and_a_token_is_of_use_to_its_holder_alone(first, second):
    second.redirect_uri = f"{REDIRECT_URI}?dummy1=lorem&dummy2=ipsum"
    for party, stranger in ((first, OTHER), (second, KEY)):
        pushed = party.pushes(state="s", nonce="n")
        assert pushed.json["expires_in"] < 600
        answer = party.signs_in(party.window(), party.by_reference(pushed))
        assert (answer["state"], answer["iss"]) == ("s", ISSUER)
        response = party.redeems(answer["code"])
        ours, another = ("DPoP", "Bearer") if party.key else ("Bearer", "DPoP")
        assert (response.json["token_type"], response.headers["Cache-Control"]) == (ours, "no-store")
        claims = party.reads(response.json["id_token"])
        assert (claims["nonce"], claims["aud"]) == ("n", party.client.id)
        token = response.json["access_token"]
        assert party.userinfo(token).json["sub"] == claims["sub"]
        refused = [thief.userinfo(token) for thief in thieves(party, stranger)]
        refused.append(party.userinfo(token, scheme=another))
        assert [one.status_code for one in refused] == [401, 401, 401]


@FAPI.replays("ensure-holder-of-key-required", "ensure-client-id-in-token-endpoint")
@BY_CERTIFICATE
def test_nobody_is_believed_for_the_certificate_of_another_and_the_code_stays(first, second, clock):
    code, request = first.code(), first.request()
    others = {"nobody's": self_signed(clock.now), "another's": second.certificate, "none": None}
    wrong = {whose: replace(first, certificate=holder) for whose, holder in others.items()}
    for post in (lambda party: party.redeems(code), lambda party: party.posts("/oidc/par", request)):
        assert refusals({whose: post(party) for whose, party in wrong.items()}) == dict.fromkeys(
            wrong, (401, "invalid_client")
        )
    said = first.redeems(code, identity={"client_id": second.client.id})
    assert (said.status_code, said.json["error"]) == (401, "invalid_client")
    assert first.redeems(code).status_code == 200


@FAPI.replays("ensure-holder-of-key-required")
def test_no_token_without_a_key(first, variant):
    code = first.code()
    plain = (replace(first, key=None) if first.key else replace(first, certificate=None)).redeems(code)
    unknown = variant.bound == "certificate" and not variant.asserts
    expected = (401, "invalid_client") if unknown else (400, "invalid_request")
    assert (plain.status_code, plain.json["error"]) == expected
    assert first.redeems(code).status_code == 200


@FAPI.replays("user-rejects-authentication")
def test_who_turns_back_is_told_to_the_service(first):
    window = first.window().goes(first.address(state="s")).submits("/cancel")
    told = first.told(window.at)
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "s", ISSUER)


TEXTS = {
    "ensure-authorization-request-without-state-success": {"state": None},
    "ensure-authorization-request-without-nonce-success": {"nonce": None},
    "ensure-authorization-request-with-64-char-nonce-success": {"nonce": "n" * 64},
    "ensure-authorization-request-with-long-nonce": {"nonce": "n" * 384},
    "ensure-authorization-request-with-long-state": {"state": "s" * 1024},
    "ensure-other-scope-order-succeeds": {"scope": "email profile openid"},
}


@FAPI.replays(*TEXTS)
def test_state_and_nonce_come_back_as_they_were_sent_or_not_at_all(first):
    for module, changes in TEXTS.items():
        asked = {"state": "the state", "nonce": "the nonce"} | changes
        answer = first.signs_in(first.window(), first.address(**asked))
        claims = first.reads(first.redeems(answer["code"]).json["id_token"])
        assert (answer.get("state"), claims.get("nonce")) == (asked["state"], asked["nonce"]), module


@FAPI.replays("test-claims-parameter-identity-claims")
def test_every_claim_of_the_metadata_comes_by_name(client, first):
    supported = set(client.get("/.well-known/openid-configuration").json["claims_supported"])
    mine = {claim for scope in ("profile", "email", "address", "phone") for claim in CLAIMS_OF[scope]}
    assert mine <= supported
    wish = dict.fromkeys(sorted(supported))
    tokens = first.tokens(claims=asking(userinfo=wish, id_token=wish))
    assert mine <= first.reads(tokens["id_token"]).keys()
    assert mine <= first.userinfo(tokens["access_token"]).json.keys()


@FAPI.replays("access-token-type-header-case-sensitivity")
def test_the_scheme_may_be_written_in_any_case(first):
    schemes = ("dpop", "DPOP", "dPoP") if first.key else ("bearer", "BEARER", "bEaReR")
    token = first.tokens()["access_token"]
    assert [first.userinfo(token, scheme=scheme).status_code for scheme in schemes] == [200] * 3


PROOFS = {
    "check-dpop-proof-nbf-exp": {"nbf": 0, "exp": 60},
    "ensure-dpopproof-with-iat-10seconds-before-succeeds": {"iat": -10},
    "ensure-dpopproof-with-iat-10seconds-after-succeeds": {"iat": 10},
}


@FAPI.replays(*PROOFS)
@BY_PROOF
def test_clocks_may_differ_by_ten_seconds(first, clock):
    window = first.window()
    for module, members in PROOFS.items():
        proof = first.proof(**{name: clock.now + seconds for name, seconds in members.items()})
        assert first.redeems(first.code(window), proof=proof).status_code == 200, module
    for members in ({"iat": 3600}, {"iat": -3600}, {"nbf": 3600}, {"exp": -60}):
        proof = first.proof(**{name: clock.now + seconds for name, seconds in members.items()})
        assert first.redeems(first.code(window), proof=proof).json["error"] == "invalid_dpop_proof", members


@FAPI.replays("dpop-negative-tests")  # at a resource, each of its proofs is in test_dpop
@BY_PROOF
def test_a_proof_for_something_else_is_none(first):
    code = first.code()
    wrong = [{"htm": "GET"}, {"htu": PAR}, {"jti": None}, {"iat": None}, {"header": {"typ": "JWT"}}]
    answers = [first.redeems(code, proof=first.proof(**members)) for members in wrong]
    assert {(one.status_code, one.json["error"]) for one in answers} == {(400, "invalid_dpop_proof")}
    assert first.redeems(code).status_code == 200


def par_proof(party, key):
    return a_proof(key, party.now(), htm="POST", htu=PAR)


@FAPI.replays(
    "ensure-dpopproof-at-par-endpoint-binding-success",
    "ensure-dpop-auth-code-binding-success",
    "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt",
    "ensure-token-endpoint-fails-with-mismatched-dpop-jkt",
    "ensure-mismatched-dpop-jkt-fails",
)
@BY_PROOF
def test_a_code_is_bound_to_the_key_that_was_proven_or_named_beside_its_request(first):
    window, named = first.window(), {"dpop_jkt": KEY.thumbprint()}
    for binding in ({"proof": par_proof(first, KEY)}, named, named | {"proof": par_proof(first, KEY)}):
        pushed = first.by_reference(first.pushes(**binding))
        assert first.redeems(first.signs_in(window, pushed)["code"]).status_code == 200
    for binding in ({"proof": par_proof(first, KEY)}, named):
        code = first.signs_in(window, first.by_reference(first.pushes(**binding)))["code"]
        answer = first.redeems(code, proof=first.proof(OTHER))
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    mismatched = first.pushes(proof=par_proof(first, OTHER), **named)
    assert (mismatched.status_code, mismatched.json["error"]) == (400, "invalid_request")


@FAPI.replays(
    "state-only-outside-request-object-not-used",
    "ensure-different-nonce-inside-and-outside-request-object",
    "ensure-different-state-inside-and-outside-request-object",
)
@pytest.mark.parametrize("state", [None, "inside"])
def test_what_stands_beside_the_reference_is_not_used(first, state):
    address = first.by_reference(first.pushes(state=state, nonce="inside"), state="outside", nonce="outside")
    answer = first.signs_in(first.window(), address)
    assert answer.get("state") == state
    assert first.reads(first.redeems(answer["code"]).json["id_token"])["nonce"] == "inside"


UNFIT = {
    "plain-fapi-tolerate-unregistered-redirect-uri": ({"redirect_uri": "https://agency.example/x"}, "invalid_request"),
    "ensure-redirect-uri-in-authorization-request": ({"redirect_uri": None}, "invalid_request"),
    "ensure-request-object-without-redirect-uri-fails": ({"redirect_uri": None}, "invalid_request"),
    "ensure-response-type-code-idtoken-fails": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "ensure-response-type-token-fails": ({"response_type": "token"}, "unsupported_response_type"),
    "par-ensure-pkce-required": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "par-plain-pkce-rejected": ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    "par-authorization-request-containing-request_uri-form-param": (
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        "invalid_request",
    ),
}


@FAPI.replays(*UNFIT)
def test_what_the_profile_forbids_is_refused_when_it_is_pushed(first):
    answers = {module: first.pushes(**changes) for module, (changes, _) in UNFIT.items()}
    assert refusals(answers) == {module: (400, error) for module, (_, error) in UNFIT.items()}


@FAPI.replays("par-attempt-invalid-http-method")
def test_nothing_is_pushed_by_another_method(first):
    form = first.request() | first.identity()
    answers = [first.http.open("/oidc/par", method=method, data=form) for method in ("GET", "PUT")]
    assert [answer.status_code for answer in answers] == [405, 405]


@FAPI.replays("ensure-unsigned-authorization-request-without-using-par-fails")
def test_nothing_is_heard_in_front(first):
    window = first.window().goes(first.front())
    assert (window.status, window.at) == (400, "/oidc/authorize")


ASSERTIONS = {
    "ensure-signed-client-assertion-with-RS256-fails": lambda party, _: party.asserts(RSA, "RS256"),
    "ensure-client-assertion-in-token-endpoint": lambda party, _: {"client_id": party.client.id},
    "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails": lambda party, now: party.identity(exp=now - 300),
    "ensure-client-assertion-with-wrong-aud-fails": lambda party, _: party.identity(aud="https://other.example"),
    "ensure-client-assertion-with-no-sub-fails": lambda party, _: party.identity(sub=None),
    "ensure-client-id-in-token-endpoint": lambda party, _: party.identity() | {"client_id": "another"},
    "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails": (
        lambda party, now: party.identity(nbf=now + 61)
    ),
    "par-test-array-as-audience-fails": lambda party, _: party.identity(aud=[ISSUER]),
    "par-test-par-endpoint-url-as-audience-fails": lambda party, _: party.identity(aud=PAR),
    "par-test-token-endpoint-url-as-audience-fails": lambda party, _: party.identity(aud=f"{ISSUER}/oidc/token"),
}


@FAPI.replays(
    *ASSERTIONS,
    "ensure-invalid-client-assertions-fail",
    "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted",
)
@BY_ASSERTION
def test_nobody_is_believed_for_an_assertion_that_is_wrong_and_the_code_stays(first, clock):
    code, request = first.code(), {name: value for name, value in first.request().items() if name != "client_id"}
    tokens = {module: first.redeems(code, identity=wrong(first, clock.now)) for module, wrong in ASSERTIONS.items()}
    pushed = {
        module: first.posts("/oidc/par", request, identity=wrong(first, clock.now))
        for module, wrong in ASSERTIONS.items()
    }

    assert refusals(tokens) == refusals(pushed) == dict.fromkeys(ASSERTIONS, (401, "invalid_client"))
    soon = first.identity(nbf=clock.now + 8)
    assert first.posts("/oidc/par", first.request(), identity=soon).status_code == 201
    assert first.redeems(code).status_code == 200


@FAPI.replays(
    "ensure-authorization-code-is-bound-to-client",
    "ensure-pkce-code-verifier-required",
    "incorrect-pkce-code-verifier-rejected",
    "ensure-token-endpoint-fails-with-expired-auth-code",
)
def test_a_code_is_worth_nothing_to_who_cannot_show_everything_in_time(first, second, clock):
    window = first.window()
    answers = {
        "another client": second.redeems(first.code(window)),
        "no verifier": first.redeems(first.code(window), code_verifier=None),
        "another verifier": first.redeems(first.code(window), code_verifier=VERIFIER[::-1] + "x"),
    }
    code = first.code(window)
    clock.advance(60)
    answers["too late"] = first.redeems(code)
    assert refusals(answers) == dict.fromkeys(answers, (400, "invalid_grant"))


@FAPI.replays("attempt-reuse-authorization-code-after-one-second")
def test_a_second_use_of_a_code_ends_the_token_of_the_first(first, clock):
    code = first.code()
    token = first.redeems(code).json["access_token"]
    clock.advance(1)
    assert first.redeems(code).json["error"] == "invalid_grant"
    assert first.userinfo(token).status_code == 401


@FAPI.replays("refresh-token")
def test_a_refresh_token_is_bound_to_its_client_lets_the_key_change_and_stays(bank, second, authority, clock):
    first = bank(scope="openid offline_access")
    kept = first.tokens(scope="openid offline_access", prompt="consent")["refresh_token"]
    assert second.refreshes(kept).json["error"] == "invalid_grant"
    kept = first.tokens(scope="openid offline_access", prompt="consent")["refresh_token"]

    later = replace(first, key=NEXT) if first.key else renewed(first, authority)
    answer = later.refreshes(kept).json
    assert later.userinfo(answer["access_token"]).status_code == 200
    assert first.userinfo(answer["access_token"]).status_code == 401
    clock.advance(30)
    assert first.refreshes(kept).status_code == 200


@FAPI.replays("par-ensure-reused-request-uri-prior-to-auth-completion-succeeds", "par-attempt-reuse-request_uri")
def test_a_reference_survives_a_reload_and_is_spent_by_success(first):
    window, address = first.window(), first.address()
    assert "code" in first.signs_in(window.goes(address), address)
    assert (window.goes(address).status, window.at) == (400, "/oidc/authorize")


@FAPI.replays("par-attempt-to-use-expired-request_uri", "par-attempt-to-use-request_uri-for-different-client")
def test_a_reference_belongs_to_its_client_and_ends_with_its_time(first, second, clock):
    pushed = first.pushes()
    stolen = second.window().goes(second.by_reference(pushed))
    clock.advance(pushed.json["expires_in"])
    late = first.window().goes(first.by_reference(pushed))
    assert {(window.status, window.at) for window in (stolen, late)} == {(400, "/oidc/authorize")}


def test_every_module_of_the_plan_is_replayed():
    assert FAPI.gaps(globals()) == COMPLETE
