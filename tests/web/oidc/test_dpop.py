"""DPoP at the token endpoint and after it (RFC 9449 sections 5 to 10)."""

from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from idp.app import create_app
from idp.foundation import once
from idp.foundation.randomness import octets
from idp.protocol.access_token import Kind, mint
from tests.builders import REDIRECT_URI, a_client
from tests.holders import a_proof, ath
from tests.web.oidc.bound import a_grant
from tests.web.oidc.conftest import VERIFIER

TOKEN_ENDPOINT = "http://localhost/oidc/token"
KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
SECRET = "a-secret-of-the-agency"


class Program:
    """A client of the token endpoint that holds KEY."""

    def __init__(self, http, clock, client):
        self.http, self.clock, self.client = http, clock, client

    def post(self, form, proof, path="/oidc/token"):
        auth = None if self.client.metadata.is_public else (self.client.id, SECRET)
        public = {"client_id": self.client.id} if auth is None else {}
        headers = [("DPoP", one) for one in ([proof] if isinstance(proof, str) else proof or [])]
        return self.http.post(path, data=form | public, auth=auth, headers=headers)

    def redeem(self, code, proof=None):
        kept = {"code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
        return self.post({"grant_type": "authorization_code", **kept}, proof)

    def refresh(self, token, proof=None):
        return self.post({"grant_type": "refresh_token", "refresh_token": token}, proof)

    def proof(self, key=KEY, **members):
        return a_proof(key, self.clock.now, **({"htm": "POST", "htu": TOKEN_ENDPOINT} | members))

    def userinfo(self, token, key=None, scheme="DPoP"):
        headers = {"Authorization": f"{scheme} {token}"}
        if key is not None:
            headers["DPoP"] = a_proof(key, self.clock.now, ath=ath(token))
        return self.http.get("/oidc/userinfo", headers=headers)


@pytest.fixture
def a_program(client, provider, clock):
    return lambda **metadata: Program(client, clock, a_client(provider, **({"secret": SECRET} | metadata)))


@pytest.fixture
def program(a_program):
    return a_program()


@pytest.fixture
def public(a_program):
    return a_program(secret=None)


@pytest.fixture
def a_code(provider, anna):
    def make(program, **context):
        code = mint(Kind.CODE, octets(32))
        a_grant(provider, anna, program.client, code, **context)
        return code

    return make


def test_a_proof_binds_the_token_and_everybody_is_told(program, a_code):
    answer = program.redeem(a_code(program), program.proof())
    told = program.post({"token": answer.json["access_token"]}, None, "/oidc/introspect").json

    assert (answer.status_code, answer.json["token_type"]) == (200, "DPoP")
    assert answer.headers["DPoP-Nonce"]
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": KEY.thumbprint()})


def test_without_a_proof_a_plain_client_has_a_bearer_token(program, a_code):
    answer = program.redeem(a_code(program))

    assert answer.json["token_type"] == "Bearer"
    assert "DPoP-Nonce" not in answer.headers
    assert program.userinfo(answer.json["access_token"], scheme="Bearer").status_code == 200


def test_a_token_that_is_bound_to_nothing_is_not_shown_as_if_it_were(program, a_code):
    token = program.redeem(a_code(program)).json["access_token"]

    assert program.userinfo(token, KEY).status_code == 401
    assert program.userinfo(token).status_code == 401


def test_a_bound_token_is_of_use_to_the_holder_of_its_key_alone(program, a_code):
    token = program.redeem(a_code(program), program.proof()).json["access_token"]

    assert program.userinfo(token, KEY).status_code == 200
    assert program.userinfo(token, OTHER).status_code == 401
    assert program.userinfo(token, scheme="Bearer").status_code == 401
    assert program.userinfo(token).status_code == 401


def test_who_is_registered_for_proofs_gets_nothing_without_and_keeps_the_code(a_program, a_code):
    program = a_program(dpop_bound_access_tokens=True)
    code = a_code(program)
    refused = program.redeem(code)

    assert (refused.status_code, refused.json["error"]) == (400, "invalid_request")
    assert program.redeem(code, program.proof()).json["token_type"] == "DPoP"


def test_a_wrong_proof_is_refused_before_the_code_is_spent(program, a_code):
    code = a_code(program)
    wrong = [
        program.proof(htm="GET"),
        program.proof(htu="http://localhost/oidc/userinfo"),
        program.proof(iat=program.clock.now - 60),
        "",
        [program.proof(), program.proof()],
    ]
    answers = [program.redeem(code, proof) for proof in wrong]

    assert {(answer.status_code, answer.json["error"]) for answer in answers} == {(400, "invalid_dpop_proof")}
    assert {answer.headers["DPoP-Nonce"] != "" for answer in answers} == {True}
    assert program.redeem(code, program.proof()).status_code == 200


def test_a_proof_is_used_once_whatever_for(program, a_code):
    proof = program.proof()

    assert program.redeem(a_code(program), proof).status_code == 200
    assert program.redeem(a_code(program), proof).json["error"] == "invalid_dpop_proof"


def test_a_proof_can_never_be_used_again_even_when_it_is_forgotten(program, provider, a_code, clock):
    proof = program.proof(iat=clock.now + 10)
    assert program.redeem(a_code(program), proof).status_code == 200
    for _ in range(8):
        clock.advance(20)
        with provider.transaction() as tx:
            once.sweep(tx)
        assert program.redeem(a_code(program), proof).json["error"] == "invalid_dpop_proof"


def test_a_code_asked_for_with_a_key_is_redeemed_with_that_key(program, a_code):
    bound = {"jkt": KEY.thumbprint()}

    assert program.redeem(a_code(program, **bound), program.proof()).status_code == 200
    for proof in (program.proof(OTHER), None):
        code = a_code(program, **bound)
        assert program.redeem(code, proof).json["error"] == "invalid_grant"
        assert program.redeem(code, program.proof()).json["error"] == "invalid_grant"


def test_a_client_that_proves_who_it_is_may_refresh_with_a_new_key(program, a_code):
    first = program.redeem(a_code(program, jkt=KEY.thumbprint()), program.proof()).json
    second = program.refresh(first["refresh_token"], program.proof(OTHER)).json

    assert second["token_type"] == "DPoP"
    assert program.userinfo(second["access_token"], OTHER).status_code == 200
    assert program.userinfo(second["access_token"], KEY).status_code == 401


@pytest.mark.parametrize("thief", ["another key", "no key"])
def test_a_public_clients_refresh_token_is_worth_nothing_without_its_key(public, a_code, thief):
    first = public.redeem(a_code(public), public.proof()).json
    second = public.refresh(first["refresh_token"], public.proof()).json
    stolen = public.refresh(second["refresh_token"], public.proof(OTHER) if thief == "another key" else None)

    assert second["token_type"] == "DPoP"
    assert stolen.json["error"] == "invalid_grant"


def test_a_public_client_that_begins_to_prove_a_key_keeps_to_it(public, a_code):
    first = public.redeem(a_code(public)).json
    second = public.refresh(first["refresh_token"], public.proof()).json

    assert public.refresh(second["refresh_token"]).json["error"] == "invalid_grant"


def test_a_clients_own_token_is_bound_too(a_program):
    program = a_program(grant_types=["client_credentials"], redirect_uris=[], scope="", dpop_bound_access_tokens=True)
    answer = program.post({"grant_type": "client_credentials"}, program.proof())

    assert (answer.json["token_type"], answer.status_code) == ("DPoP", 200)
    assert program.post({"grant_type": "client_credentials"}, None).json["error"] == "invalid_request"


@pytest.fixture
def strict(settings, clock):
    """The application of an operator who wants nonces."""
    app = create_app(replace(settings, dpop_nonce="required"), clock)
    yield app
    app.extensions["provider"].store.dispose()


def test_where_nonces_are_required_the_first_answer_brings_one(strict, program, a_code):
    program.http = strict.test_client()
    code = a_code(program)
    asked = program.redeem(code, program.proof())
    nonce = asked.headers["DPoP-Nonce"]
    answer = program.redeem(code, program.proof(nonce=nonce))
    token = answer.json["access_token"]
    shown = {"Authorization": f"DPoP {token}"}
    again = program.http.get(
        "/oidc/userinfo", headers=shown | {"DPoP": a_proof(KEY, program.clock.now, ath=ath(token))}
    )

    assert (asked.status_code, asked.json["error"]) == (400, "use_dpop_nonce")
    assert answer.status_code == 200
    assert (again.status_code, again.json["error"]) == (401, "use_dpop_nonce")
    assert again.headers["WWW-Authenticate"].startswith('DPoP error="use_dpop_nonce"')
    proof = a_proof(KEY, program.clock.now, ath=ath(token), nonce=again.headers["DPoP-Nonce"])
    assert program.http.get("/oidc/userinfo", headers=shown | {"DPoP": proof}).status_code == 200
