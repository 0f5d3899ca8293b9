"""RFC 7515, RFC 7519, RFC 8725: tokens, one purpose each. Most of this is what others have been caught by."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OctKey

from idp.protocol import jose
from idp.protocol.errors import OAuthError
from tests.protocol.builders import EC, ED, ISSUER, NOW, OTHER_EC, RSA, assertion_claims, id_token_claims

OURS = [jose.ID_TOKEN, jose.ID_TOKEN_HINT, jose.LOGOUT_TOKEN, jose.ACCESS_TOKEN]
BY_CLIENT = [jose.CLIENT_ASSERTION, jose.REQUEST_OBJECT, jose.SOFTWARE_STATEMENT]
HEADER = {"alg": "ES256", "kid": "ec", "typ": "JWT"}


def b64(octets):
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def raw(header, payload, key=EC):
    """A token as an attacker with a good key would write it: any header, any octets, a good ES256 signature."""
    header, payload = (one if isinstance(one, str) else json.dumps(one) for one in (header, payload))
    signing_input = f"{b64(header.encode())}.{b64(payload.encode())}"
    signature = jws.JWSRegistry.algorithms["ES256"].sign(signing_input.encode(), key)
    return f"{signing_input}.{b64(signature)}"


def hint(token, keys=EC, **options):
    return jose.verify(jose.ID_TOKEN_HINT, token, keys, NOW, **options)


def refused(token, purpose=jose.ID_TOKEN_HINT, keys=EC, now=NOW, **options):
    with pytest.raises(OAuthError) as refusal:
        jose.verify(purpose, token, keys, now, **options)
    assert refusal.value.code == purpose.refusal
    return refusal.value.reason


def signed(**claims):
    return jose.sign(jose.ID_TOKEN, id_token_claims(**claims), EC, "ec", "ES256")


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES256"), (RSA, "RS256")], ids=["ES256", "RS256"])
def test_what_was_signed_is_verified(key, alg):
    token = jose.sign(jose.ID_TOKEN, id_token_claims(name="مريم"), key, key.kid, alg)
    assert hint(token, KeySet([EC, RSA])) == id_token_claims(name="مريم")


def test_the_header_says_algorithm_key_and_type():
    assert jose.unverified(jose.ID_TOKEN, signed())[0] == HEADER


@pytest.mark.parametrize("alg", ["none", "HS256", "PS256", "ES384", ""])
def test_we_sign_with_no_algorithm_that_the_purpose_does_not_have(alg):
    with pytest.raises(ValueError, match="not signed with"):
        jose.sign(jose.ID_TOKEN, id_token_claims(), EC, "ec", alg)


@pytest.mark.parametrize("value", ["null", [None], 2**70, -(2**70)])
def test_whatever_else_is_json_is_signed_as_it_is(value):
    token = jose.sign(jose.ID_TOKEN, id_token_claims(x=value), EC, "ec", "ES256")

    assert json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))["x"] == value


def test_we_sign_no_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        jose.sign(jose.ID_TOKEN, id_token_claims(x=float("nan")), EC, "ec", "ES256")


@pytest.mark.parametrize("purpose", OURS + BY_CLIENT, ids=lambda purpose: purpose.name)
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, ["ES256"], {"a": 1}], ids=repr)
@pytest.mark.parametrize("signature", ["", "AA"])
def test_no_signature_is_no_token(purpose, alg, signature):
    header = b64(json.dumps({"alg": alg, "typ": purpose.typ}).encode())
    refused(f"{header}.{b64(json.dumps(id_token_claims()).encode())}.{signature}", purpose)


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512", "hs256"])
@pytest.mark.parametrize("encoding", ["PEM", "DER", "point", "jwk"])
@pytest.mark.parametrize("purpose", OURS + BY_CLIENT, ids=lambda purpose: purpose.name)
def test_a_public_key_is_no_shared_secret(alg, encoding, purpose):
    secret = {
        "PEM": EC.as_pem(private=False),
        "DER": EC.as_der(private=False),
        "point": b"\x04" + urlsafe_b64decode(EC["x"] + "=") + urlsafe_b64decode(EC["y"] + "="),
        "jwk": json.dumps(EC.as_dict(private=False)).encode(),
    }[encoding]
    header = json.dumps({**HEADER, "alg": alg, "typ": purpose.typ})
    signing_input = f"{b64(header.encode())}.{b64(json.dumps(id_token_claims()).encode())}"
    digest = hashlib.new(f"sha{alg[2:]}")
    mac = hmac.new(secret, signing_input.encode(), digest.name).digest()
    refused(f"{signing_input}.{b64(mac)}", purpose)


@pytest.mark.parametrize(
    ("token", "named"),
    [
        (raw({"alg": "HS256"}, {}), "HS256"),
        (raw({"alg": "ES256", "jwk": {}}, {}), "ES256"),
        (raw({"alg": 7}, {}), ""),
        (raw({}, {}), ""),
        (raw("[]", {}), ""),
        (raw('{"alg": "HS256", "alg": "ES256"}', {}), ""),
        ("e30", ""),
        ("a.b.c", ""),
        ("x" * 20_000, ""),
        ("", ""),
    ],
    ids=range(10),
)
def test_the_algorithm_is_read_only_to_choose_a_purpose_by(token, named):
    assert jose.algorithm(token) == named


def test_even_a_shared_secret_among_the_keys_verifies_nothing():
    secret = OctKey.generate_key(256, {"kid": "ec"})
    token = jws.serialize_compact(
        {**HEADER, "alg": "HS256"}, json.dumps(id_token_claims()), secret, algorithms=["HS256"]
    )
    refused(token, keys=KeySet([secret]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jwk", OTHER_EC.as_dict(private=False)),
        ("jku", "https://evil.example/jwks"),
        ("x5u", "https://evil.example/x"),
        ("x5c", ["MIIB"]),
        ("crit", ["exp"]),
        ("crit", []),
        ("b64", False),
        ("zip", "DEF"),
        ("kid", 7),
        ("kid", ["ec"]),
        ("typ", 7),
        ("typ", ["JWT"]),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)
@pytest.mark.parametrize("purpose", OURS + BY_CLIENT, ids=lambda purpose: purpose.name)
def test_a_header_brings_no_key_no_address_and_no_extension(name, value, purpose):
    assert "header" in refused(raw({"alg": "ES256", "typ": purpose.typ, name: value}, id_token_claims()), purpose)


@pytest.mark.parametrize(("name", "value"), [("enc", "A256GCM"), ("cty", "JWT"), ("url", ["x"]), ("p2c", 299_999)])
@pytest.mark.parametrize("purpose", OURS + BY_CLIENT, ids=lambda purpose: purpose.name)
def test_what_a_client_says_beyond_what_we_know_is_ignored_and_is_in_nothing_of_ours(name, value, purpose):
    """RFC 7515 section 4: what `crit` does not list must be."""
    token = raw({"alg": "ES256", "typ": purpose.typ, name: value}, assertion_claims())
    if purpose in OURS:
        assert "header" in refused(token, purpose)
    else:
        assert jose.verify(purpose, token, EC, NOW)["sub"] == assertion_claims()["sub"]


def test_a_key_in_the_header_is_not_the_key():
    header = {**HEADER, "jwk": OTHER_EC.as_dict(private=False)}
    refused(raw(header, id_token_claims(), key=OTHER_EC))


@pytest.mark.parametrize(
    "typ", ["at+jwt", "logout+jwt", "dpop+jwt", "secevent+jwt", "client-authentication+jwt", "", "jwt2", " JWT", None]
)
def test_a_token_made_for_another_purpose_or_for_none_is_none_for_this_one(typ):
    header = {"alg": "ES256", "kid": "ec"} if typ is None else {**HEADER, "typ": typ}
    assert "another purpose" in refused(raw(header, id_token_claims()))


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "application/jwt", "client-authentication+jwt"])
def test_a_client_assertion_may_have_no_type(typ):
    header = {"alg": "ES256", "kid": "ec"} if typ is None else {**HEADER, "typ": typ}
    assert jose.verify(jose.CLIENT_ASSERTION, raw(header, assertion_claims()), EC, NOW)


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", "dpop+jwt"])
def test_a_client_assertion_is_not_another_token(typ):
    refused(raw({**HEADER, "typ": typ}, assertion_claims()), jose.CLIENT_ASSERTION)


def good_text():
    return json.dumps(id_token_claims())


@pytest.mark.parametrize(
    "payload",
    [
        good_text()[:-1] + ', "sub": "eve"}',
        good_text()[:-1] + ', "aud": "registry"}',
        good_text()[:-1] + ', "x": {"a": 1, "a": 2}}',
        good_text()[:-1] + ', "x": NaN}',
        good_text().replace(str(NOW + 300), "NaN"),
        good_text().replace(str(NOW + 300), "Infinity"),
        good_text().replace(str(NOW + 300), "1e300"),
        good_text().replace(str(NOW + 300), "1e999"),
        good_text().replace(str(NOW + 300), f"{NOW}.5"),
        good_text().replace(str(NOW + 300), f'"{NOW + 300}"'),
        good_text().replace(str(NOW + 300), "true"),
        good_text().replace(str(NOW + 300), "null"),
        good_text().replace(str(NOW + 300), "0"),
        good_text().replace(str(NOW + 300), "-1"),
        good_text().replace(str(NOW + 300), "253402300800"),
        good_text().replace(str(NOW + 300), "9" * 400),
        good_text()[:-1] + ', "nbf": "0"}',
        good_text()[:-1] + ', "iat": [1]}',
        good_text()[:-1] + ', "x": "\\ud800"}',
        good_text()[:-1] + ', "x": "\\u0000"}',
        good_text()[:-1] + ', "x": ' + "[" * 9 + "]" * 9 + "}",
        good_text() + "x",
        "[]",
        '"abc"',
        "",
        "{}",
    ],
    ids=range(26),
)
def test_claims_that_two_readers_could_read_differently_are_refused(payload):
    refused(raw(HEADER, payload))


@pytest.mark.parametrize(
    "header",
    [
        '{"alg": "none", "alg": "ES256", "typ": "JWT"}',
        '{"alg": "ES256", "typ": "JWT", "typ": "at+jwt"}',
        '{"alg": "ES256", "typ": "JWT", "kid": NaN}',
        '["ES256"]',
        "{",
        "",
    ],
    ids=range(6),
)
def test_a_header_is_strict_json_too(header):
    refused(raw(header, id_token_claims()))


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": 7},
        {"sub": ["abc"]},
        {"sub": ""},
        {"sub": None},
        {"sub": "x" * 1025},
        {"iss": {"a": 1}},
        {"aud": 7},
        {"aud": []},
        {"aud": [7]},
        {"aud": ["revenue", None]},
        {"aud": {"revenue": 1}},
        {"aud": ["a"] * 9},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"nonce": 7},
        {"jti": 7},
        {"auth_time": "now"},
    ],
    ids=str,
)
def test_claims_have_their_types(claims):
    refused(raw(HEADER, id_token_claims(**claims)))


def test_another_s_token_is_none_of_ours():
    assert "signature" in refused(raw(HEADER, id_token_claims(), key=OTHER_EC))
    assert "signature" in refused(raw({**HEADER, "kid": "unknown"}, id_token_claims()), keys=KeySet([EC, RSA]))
    assert "signature" in refused(signed(), keys=RSA)
    assert "signature" in refused(signed(), keys=ECKey.generate_key("P-384"))
    assert "signature" in refused(signed(), keys=KeySet([]))
    assert "issuer" in refused(signed(), issuer="https://other.example")


def altered(token, index, alter):
    segments = token.split(".")
    segments[index] = alter(segments[index])
    return ".".join(segments)


def flip(segment):
    octets = bytearray(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    octets[len(octets) // 2] ^= 1
    return b64(bytes(octets))


@pytest.mark.parametrize("index", range(3))
def test_a_changed_bit_is_noticed(index):
    refused(altered(signed(), index, flip))


def der(_segment):
    key = EC.private_key
    header, payload, _ = signed().split(".")
    return b64(key.sign(f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256())))


SIGNATURES = {
    "DER": der,
    "zero": lambda _s: b64(bytes(64)),
    "order": lambda _s: b64((0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551).to_bytes(32) * 2),
    "ones": lambda _s: b64(b"\xff" * 64),
    "empty": lambda _s: "",
    "cut": lambda s: s[:-2],
    "longer": lambda s: s + "AA",
    "twice": lambda s: s + s,
    "padded": lambda s: s + "==",
    "another spelling": lambda s: s[:-1] + chr(ord(s[-1]) + 1),
    "a line end": lambda s: s + "\n",
    "standard alphabet": lambda s: "+/" + s[2:],
    "not ASCII": lambda s: "é" + s[1:],
}


@pytest.mark.parametrize("alter", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_has_one_form(alter):
    refused(altered(signed(), 2, alter))


@pytest.mark.parametrize("index", range(2))
@pytest.mark.parametrize("addition", ["=", "\n", " ", "é", "."])
def test_segments_are_base64url_and_nothing_else(index, addition):
    refused(altered(signed(), index, lambda segment: segment + addition))


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b", "a.b.c.d", "." * 200_000, "a" * 5_000_000, "é.é.é", "\0.\0.\0"], ids=range(9)
)
def test_three_segments_of_bounded_size_are_a_token(token):
    refused(token)


def test_a_large_token_is_refused_before_it_is_read():
    assert "too large" in refused(raw(HEADER, id_token_claims(x="x" * 20_000)))


def test_an_id_token_expires_and_a_hint_does_not():
    assert jose.verify(jose.ID_TOKEN, signed(), EC, NOW + 299)
    assert "expired" in refused(signed(), jose.ID_TOKEN, now=NOW + 300)
    assert jose.verify(jose.ID_TOKEN_HINT, signed(), EC, NOW + 10**8)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_clocks_may_differ_by_ten_seconds(claim):
    assert hint(signed(**{claim: NOW + 10}))
    assert "not valid yet" in refused(signed(**{claim: NOW + 11}))


def test_the_algorithms_may_be_narrowed():
    assert hint(signed(), algorithms=["ES256"])
    assert "algorithm" in refused(signed(), algorithms=["RS256"])


@pytest.mark.parametrize(("key", "alg"), [(RSA, "PS256"), (ED, "Ed25519")], ids=["PS256", "Ed25519"])
def test_an_algorithm_of_another_purpose_is_refused(key, alg):
    token = jose.sign(jose.CLIENT_ASSERTION, id_token_claims(jti="j"), key, key.kid, alg)
    assert "algorithm" in refused(token, keys=KeySet([RSA, ED]))


def test_what_is_unverified_has_passed_the_gate_all_the_same():
    with pytest.raises(OAuthError):
        jose.unverified(jose.CLIENT_ASSERTION, raw({"alg": "none"}, assertion_claims()))
    assert jose.unverified(jose.CLIENT_ASSERTION, raw(HEADER, assertion_claims()))[1] == assertion_claims()


def test_a_reason_does_not_quote_the_token():
    assert "eve" not in refused(raw({**HEADER, "typ": "eve"}, id_token_claims()))


@given(st.text() | st.lists(st.binary(max_size=60).map(b64), min_size=2, max_size=4).map(".".join))
def test_any_text_is_refused_and_nothing_else_happens(text):
    refused(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "x5t"]), JSON),
    st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "nonce"]), JSON),
)
def test_any_signed_token_is_read_or_refused_and_nothing_else_happens(header, claims):
    token = raw({**HEADER, **header}, {**id_token_claims(), **claims})
    try:
        assert hint(token, issuer=ISSUER)["iss"] == ISSUER
    except OAuthError as error:
        assert error.code == "invalid_request"  # noqa: PT017 (either outcome is right)
