"""The proofs that the OpenID Foundation's FAPI 2.0 plan sends to a resource, and what must become of each.

Module fapi2-security-profile-final-dpop-negative-tests, with its neighbours about `nbf`, `exp` and ten seconds of skew.
"""

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.builders import a_citizen, a_client
from tests.holders import a_proof, ath, b64
from tests.web.oidc.bound import Bound, bound_tokens

KEY, OTHER = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
RSA = RSAKey.generate_key(2048)
NONE = b64(b'{"alg":"none","typ":"dpop+jwt"}')
HEADER = {"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY.as_dict(private=False)}


@pytest.fixture
def held(app, provider) -> Bound:
    """An access token of a FAPI client, bound to KEY."""
    agency = a_client(
        provider,
        secret=None,
        profile="fapi2-security",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [KEY.as_dict(private=False)]},
        id_token_signed_response_alg="ES256",
    )
    return bound_tokens(app, provider, a_citizen(provider), agency, KEY)


def good(held: Bound) -> dict[str, str]:
    """Proofs that are odd and right."""
    now, url = held.now, "http://localhost/oidc/userinfo"
    return {
        "as it should be": held.proof(),
        "ten seconds ago": held.proof(iat=now - 10),
        "ten seconds ahead": held.proof(iat=now + 10),
        "nbf now and exp in five minutes": held.proof(nbf=now, exp=now + 300),
        "htu with query and fragment": held.proof(htu=f"{url}?allthedoors#programmed"),
        "htu in capitals": held.proof(htu="HTTP://LOCALHOST/oidc/userinfo"),
        "htu with the default port": held.proof(htu="http://localhost:80/oidc/userinfo"),
        "members that nobody knows": held.proof(header={"tx_id": now}, tx_id_key=now),
        "with a nonce": held.proof(nonce=held.nonce()),
        "with a nonce and a clock that is wrong": held.proof(nonce=held.nonce(), iat=now - 3600),
    }


def bad(held: Bound) -> dict[str, str]:
    """Proofs that are wrong in one thing each."""
    now, right = held.now, held.proof()
    head, claims, signature = right.split(".")
    private = KEY.as_dict(private=True)
    return {
        "two proofs in one header": f"{held.proof()}, {held.proof()}",
        "an empty header": "",
        "not a JWT": f"{head}.{claims}",
        "typ is missing": held.proof(header={"typ": None}),
        "typ is another": held.proof(header={"typ": "dpop+jwt+wrongyousee"}),
        "alg is missing": held.proof(header={"alg": None, "alg2": "ES256"}),
        "alg is none": f"{NONE}.{claims}.",
        "alg is none, signed": held.proof(header={"alg": "none"}),
        "alg is another": held.proof(header={"alg": "PS256"}),
        "RS256 for a FAPI client": a_proof(RSA, now, alg="RS256", ath=ath(held.token)),
        "jwk is missing": held.proof(header={"jwk": None}),
        "jwk is private": held.proof(header={"jwk": private}),
        "jwk is symmetric": held.proof(header={"jwk": {"kty": "oct", "k": "AAAA"}}),
        "the key is at an address": held.proof(header={"jku": "https://evil.example/keys"}),
        "a critical extension": held.proof(header={"crit": ["exp"]}),
        "the signature is wrong": f"{head}.{claims}.{signature[:-8]}{'A' * 8}",
        "another key signed": held.proof(OTHER, header=HEADER),
        "another key": held.proof(OTHER),
        "jti is missing": held.proof(jti=None),
        "htm is missing": held.proof(htm=None),
        "htm is another": held.proof(htm="PUT"),
        "htm is lower case": held.proof(htm="get"),
        "htu is missing": held.proof(htu=None),
        "htu is another": held.proof(htu="http://localhost/oidc/userinfoohnonotagain"),
        "htu is no text": held.proof(htu=["http://localhost/oidc/userinfo"]),
        "iat is missing": held.proof(iat=None),
        "iat is no number": held.proof(iat=str(now)),
        "iat is an hour ago": held.proof(iat=now - 3600),
        "iat is an hour ahead": held.proof(iat=now + 3600),
        "exp is over": held.proof(exp=now - 1),
        "nbf is far": held.proof(nbf=now + 3600),
        "ath is missing": held.proof(ath=None),
        "ath is another": held.proof(ath=ath("another")),
        "a nonce that is none of ours": held.proof(nonce="made up"),
    }


def test_every_right_proof_is_taken_and_answered_with_a_nonce(held):
    answers = {name: held.ask(proof) for name, proof in good(held).items()}

    assert {name: answer.json for name, answer in answers.items() if answer.status_code != 200} == {}
    assert {answer.headers["DPoP-Nonce"] for answer in answers.values()} == {held.nonce()}


def test_every_wrong_proof_is_refused_with_a_challenge_and_the_next_right_one_is_taken(held):
    answers = {name: held.ask(proof) for name, proof in bad(held).items()}

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    challenges = {name: answer.headers["WWW-Authenticate"] for name, answer in answers.items()}
    assert [
        name for name, told in challenges.items() if not told.startswith("DPoP error=") or "algs=" not in told
    ] == []
    codes = {answer.json["error"] for answer in answers.values()}
    assert codes == {"invalid_dpop_proof", "invalid_token", "use_dpop_nonce"}
    assert answers["a nonce that is none of ours"].json["error"] == "use_dpop_nonce"
    assert answers["another key"].json["error"] == "invalid_token"
    assert held.ask(held.proof()).status_code == 200


def test_a_proof_is_taken_once(held):
    proof = held.proof()

    assert [held.ask(proof).status_code for _ in range(3)] == [200, 401, 401]
    assert held.ask(held.proof(jti="the same")).status_code == 200
    assert held.ask(held.proof(jti="the same")).json["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP", "dPoP"])
def test_the_name_of_the_scheme_may_be_written_in_any_case(held, scheme):
    assert held.ask(held.proof(), scheme=scheme).status_code == 200


def test_a_bound_token_is_no_bearer_token_and_needs_a_proof(held):
    refused = [
        held.ask(None),
        held.ask(None, scheme="Bearer"),
        held.ask(held.proof(), scheme="Bearer"),
        held.http.post("/oidc/userinfo", data={"access_token": held.token}),
        held.http.post("/oidc/userinfo", data={"access_token": held.token}, headers={"DPoP": held.proof(htm="POST")}),
    ]

    assert {answer.status_code for answer in refused} == {401}
    assert {"sub" in answer.json for answer in refused} == {False}
    assert "DPoP algs=" in refused[1].headers["WWW-Authenticate"]
