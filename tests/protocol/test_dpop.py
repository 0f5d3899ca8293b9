"""RFC 9449 section 4.3: what a proof must be like, check by check."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.protocol import dpop, jose
from idp.protocol.client_profile import FAPI_ALGORITHMS
from idp.protocol.dpop import Expected
from idp.protocol.errors import OAuthError
from tests.holders import a_proof, ath, b64, signed
from tests.protocol.builders import EC, ED, NOW, OTHER_EC, RSA

URL = "https://id.example.org/oidc/userinfo"
TOKEN = "tat_the-token"
NONCES = dpop.nonces(b"k" * 32, NOW)


def proof(key=EC, **members):
    return a_proof(key, NOW, **{"htu": URL, "ath": ath(TOKEN), **members})


def expected(**members):
    return Expected(**{"method": "GET", "urls": (URL,), "nonces": NONCES, "token": TOKEN, **members})


def verified(header, now=NOW, **members):
    return dpop.verify(header, expected(**members), now)


def refused(header, now=NOW, code="invalid_dpop_proof", **members):
    with pytest.raises(OAuthError) as refusal:
        verified(header, now, **members)
    assert refusal.value.code == code
    return refusal.value.reason


def test_a_proof_tells_the_thumbprint_of_its_key():
    told = verified(proof(jti="an identifier"))

    assert (told.jkt, told.jti) == (EC.thumbprint(), "an identifier")


@pytest.mark.parametrize(
    ("key", "alg"), [(EC, "ES256"), (RSA, "PS256"), (RSA, "RS256"), (ED, "Ed25519")], ids=dpop.ALGORITHMS
)
def test_every_algorithm_that_is_promised_is_verified(key, alg):
    assert verified(proof(key, alg=alg)).jkt == key.thumbprint()


def test_a_large_rsa_key_fits():
    key = RSAKey.generate_key(8192)

    assert verified(proof(key, alg="PS256")).jkt == key.thumbprint()


def test_one_header_holds_one_proof():
    assert "one DPoP header" in refused(f"{proof()},{proof()}")


@pytest.mark.parametrize("header", ["", " ", "nonsense", "a.b", "a.b.c", "...", f"{proof()}.x", f" {proof()}", "é.é.é"])
def test_what_is_no_jwt_is_no_proof(header):
    refused(header)


def test_a_huge_header_is_refused_unread():
    assert "too large" in refused(proof(jti="x" * 20_000))


@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat", "ath"])
def test_every_claim_is_needed(claim):
    refused(proof(**{claim: None}))


@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat", "ath"])
@pytest.mark.parametrize("value", [[], {}, True, 1.5, ["GET"], {"a": 1}, ""], ids=repr)
def test_a_claim_of_the_wrong_type_is_refused(claim, value):
    refused(proof(**{claim: value}))


@pytest.mark.parametrize("typ", [None, "JWT", "at+jwt", "dpop", "dpop+jwt+wrong", "", 7, ["dpop+jwt"]])
def test_the_type_is_that_of_a_proof(typ):
    refused(proof(header={"typ": typ}))


@pytest.mark.parametrize("alg", [None, "none", "None", "HS256", "ES384", "EdDSA", "", 0, ["ES256"]], ids=repr)
def test_the_algorithm_is_asymmetric_and_one_of_ours(alg):
    refused(proof(header={"alg": alg}))


def test_a_proof_by_a_shared_secret_is_none():
    secret = OctKey.generate_key(256)
    header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": secret.as_dict(private=True)}

    refused(signed(secret, "HS256", header, {"jti": "j", "htm": "GET", "htu": URL, "iat": NOW, "ath": ath(TOKEN)}))


def test_a_client_may_be_held_to_fewer_algorithms():
    assert "algorithm" in refused(proof(RSA, alg="RS256"), algorithms=FAPI_ALGORITHMS)
    assert verified(proof(RSA, alg="PS256"), algorithms=FAPI_ALGORITHMS)


@pytest.mark.parametrize("alg", ["RS256", "PS256", "Ed25519"])
def test_the_algorithm_is_that_of_the_key(alg):
    refused(proof(header={"alg": alg}))


def test_the_signature_is_by_the_key_in_the_header():
    refused(proof(OTHER_EC, header={"jwk": EC.as_dict(private=False)}))


@pytest.mark.parametrize("cut", [slice(0, -2), slice(0, -86)])
def test_a_damaged_signature_is_refused(cut):
    refused(proof()[cut])


def test_other_claims_under_the_same_signature_are_refused():
    head, _, signature = proof().split(".")
    claims = {"jti": "j", "htm": "GET", "htu": URL, "iat": NOW, "ath": ath(TOKEN)}

    refused(f"{head}.{b64(json.dumps(claims).encode())}.{signature}")


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], "key", {}, {"kty": "EC"}, {"kty": []}, {"kty": {}}, {"kty": "oct", "k": "AAAA"}),
        *(EC.as_dict(private=False) | wrong for wrong in ({"crv": []}, {"x": 7}, {"y": None}, {"kid": 7}, {"use": []})),
        *({"kty": "RSA", "n": modulus, "e": "AQAB"} for modulus in (7, "", "é", "AA==", [])),
        *({"kty": "OKP", "crv": "Ed25519", "x": point} for point in (None, "", "AA", [])),
    ],
)
def test_the_header_holds_a_public_key(value):
    refused(proof(header={"jwk": value}))


@pytest.mark.parametrize("key", [EC, RSA, ED], ids=["EC", "RSA", "OKP"])
def test_a_private_key_is_refused(key):
    alg = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519"}[key.key_type]

    assert "private" in refused(proof(key, alg=alg, header={"jwk": key.as_dict(private=True)}))


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ({"kty": "RSA", "n": b64(b"\xff" * 128), "e": "AQAB"}, "has 1024 bits"),
        ({"kty": "RSA", "n": b64(b"\xff" * 1280), "e": "AQAB"}, "has 10240 bits"),
        (ECKey.generate_key("P-384").as_dict(private=False), "another curve"),
        (OKPKey.generate_key("Ed448").as_dict(private=False), "another curve"),
        (EC.as_dict(private=False) | {"x": b64(b"\x00" * 31 + b"\x05")}, "cannot be read"),
        (EC.as_dict(private=False) | {"crv": "P-521"}, "cannot be read"),
    ],
    ids=["a small RSA key", "a huge RSA key", "P-384", "Ed448", "no point of the curve", "a curve of another size"],
)
def test_a_weak_or_strange_key_is_refused(key, why):
    assert why in refused(proof(header={"jwk": key}))


def test_a_key_of_another_use_is_refused():
    refused(proof(header={"jwk": EC.as_dict(private=False) | {"use": "enc"}}))


@pytest.mark.parametrize("name", sorted(jose.NEVER_IN_A_HEADER))
@pytest.mark.parametrize("value", ["https://evil.example/keys", ["exp"], [], False, "DEF"], ids=repr)
def test_no_other_key_no_address_and_no_extension_is_in_the_header(name, value):
    assert "not allowed" in refused(proof(header={name: value}))


def test_what_is_not_known_is_ignored():
    assert verified(proof(header={"tx_id": 7, "kid": "mine"}, tx_id_key=7, extra={"a": [1]}))


@pytest.mark.parametrize("method", ["PUT", "get", "GET ", "POST"])
def test_the_method_is_that_of_the_request_to_the_letter(method):
    assert "htm" in refused(proof(htm=method))


@pytest.mark.parametrize(
    "htu",
    [
        URL,
        f"{URL}?query=1",
        f"{URL}#fragment",
        f"{URL}?a=b#c",
        "HTTPS://ID.EXAMPLE.ORG/oidc/userinfo",
        "https://id.example.org:443/oidc/userinfo",
    ],
)
def test_the_address_is_compared_without_what_does_not_matter(htu):
    assert verified(proof(htu=htu))


@pytest.mark.parametrize(
    "htu",
    [
        f"{URL}/",
        f"{URL}x",
        "https://id.example.org/oidc/token",
        "https://id.example.org/OIDC/userinfo",
        "https://id.example.org/oidc%2Fuserinfo",
        "https://id.example.org/x/../oidc/userinfo",
        "http://id.example.org/oidc/userinfo",
        "https://id.example.org:8443/oidc/userinfo",
        "https://id.example.org:0443x/oidc/userinfo",
        "https://evil.example/oidc/userinfo",
        "https://id.example.org@evil.example/oidc/userinfo",
        "https://user@id.example.org/oidc/userinfo",
        "https://id.example.org.evil.example/oidc/userinfo",
        "https://\u0131d.example.org/oidc/userinfo",
        "https://id.example.org\t/oidc/userinfo",
        "//id.example.org/oidc/userinfo",
        "/oidc/userinfo",
        "https://[::1/oidc/userinfo",
        "",
    ],
)
def test_another_address_is_another_request(htu):
    refused(proof(htu=htu))


def test_an_address_may_have_two_names():
    alias = "https://mtls.example.org/oidc/userinfo"

    assert verified(proof(htu=alias), urls=(URL, alias))
    refused(proof(htu="https://other.example.org/oidc/userinfo"), urls=(URL, alias))


@pytest.mark.parametrize("off", [-10, 0, 10])
def test_a_clock_may_be_ten_seconds_off_either_way(off):
    assert verified(proof(iat=NOW + off))


@pytest.mark.parametrize("off", [-3600, -11, 11, 3600])
def test_an_old_or_a_future_proof_is_refused(off):
    assert "iat" in refused(proof(iat=NOW + off))


def test_a_proof_is_remembered_for_as_long_as_it_could_be_used_again():
    early, late = verified(proof(iat=NOW - 10)), verified(proof(iat=NOW + 10))

    refused(proof(iat=NOW + 10), now=NOW + 21)
    assert early.expires_at >= NOW
    assert late.expires_at >= NOW + 20


def test_an_expiry_of_its_own_is_kept():
    assert verified(proof(nbf=NOW, exp=NOW + 300))
    assert "expired" in refused(proof(exp=NOW))
    assert "not valid yet" in refused(proof(nbf=NOW + 11))


@pytest.mark.parametrize("claim", ["nbf", "exp"])
def test_a_time_that_is_no_number_is_refused(claim):
    refused(proof(**{claim: "tomorrow"}))


def test_an_identifier_is_bounded():
    assert verified(proof(jti="x" * dpop.LONGEST_JTI))
    assert "jti" in refused(proof(jti="x" * (dpop.LONGEST_JTI + 1)))


@pytest.mark.parametrize("value", [ath("another"), ath(TOKEN)[:-1], ath(TOKEN) + "=", TOKEN, "é"])
def test_a_proof_is_for_one_access_token(value):
    assert "ath" in refused(proof(ath=value))


def test_at_the_token_endpoint_there_is_no_access_token_yet():
    assert verified(proof(ath=None), token=None)
    assert verified(proof(), token=None)


@pytest.mark.parametrize("nonce", NONCES)
@pytest.mark.parametrize("off", [0, -3600, 3600])
def test_a_nonce_of_ours_says_when_a_proof_was_made_whatever_the_clock_says(nonce, off):
    told = verified(proof(nonce=nonce, iat=NOW + off))

    assert told.expires_at >= NOW + 2 * dpop.NONCE_SECONDS


@pytest.mark.parametrize("nonce", ["made up", dpop.nonces(b"x" * 32, NOW)[0], NONCES[0][:-1]])
def test_another_nonce_is_asked_again(nonce):
    refused(proof(nonce=nonce), code="use_dpop_nonce")


@pytest.mark.parametrize("nonce", ["", 7, [NONCES[0]]])
def test_a_nonce_is_a_text(nonce):
    refused(proof(nonce=nonce))


def test_a_nonce_grows_old():
    for age in (0, dpop.NONCE_SECONDS):
        assert dpop.nonces(b"k" * 32, NOW)[0] in dpop.nonces(b"k" * 32, NOW + age)
    later = NOW + 2 * dpop.NONCE_SECONDS
    refused(proof(nonce=NONCES[0]), now=later, code="use_dpop_nonce", nonces=dpop.nonces(b"k" * 32, later))


def test_where_a_nonce_is_needed_none_is_asked_for():
    refused(proof(), code="use_dpop_nonce", nonce_required=True)
    assert verified(proof(nonce=NONCES[0]), nonce_required=True)


def test_a_nonce_is_asked_for_only_when_nothing_else_is_wrong():
    refused(proof(htm="PUT"), nonce_required=True)


MEMBERS = st.sampled_from(
    ["alg", "typ", "jwk", "kid", "jti", "htm", "htu", "iat", "ath", "nonce", "exp", "nbf", "crit"]
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(MEMBERS, JSON, max_size=4), st.dictionaries(MEMBERS, JSON, max_size=4))
def test_whatever_is_written_is_a_proof_or_refused(header, claims):
    written = signed(EC, "ES256", {"typ": "dpop+jwt", "alg": "ES256"} | header, {"iat": NOW, "htu": URL} | claims)
    refused(written)


@given(st.text(max_size=200))
def test_any_text_is_refused(text):
    refused(text)
