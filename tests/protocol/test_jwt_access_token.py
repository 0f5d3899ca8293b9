"""RFC 9068: access tokens that a resource server can read by itself."""

import json
from base64 import urlsafe_b64decode

import pytest

from idp.protocol import jose, jwt_access_token
from idp.protocol.confirmation import Confirmation
from idp.protocol.errors import OAuthError
from idp.protocol.jwt_access_token import SelfContained, SignIn
from tests.protocol.builders import EC, ISSUER, NOW, OTHER_EC, RSA

WAGES = "https://wages.example.org/"
BUILT = {
    "issuer": ISSUER,
    "audience": (WAGES,),
    "subject": "abc",
    "client_id": "revenue",
    "jti": "j-1",
    "issued_at": NOW,
    "expires_at": NOW + 900,
}


def claims(**members):
    return jwt_access_token.build(**BUILT | members)


def signed(purpose=jose.ACCESS_TOKEN, key=EC, alg="ES256", **members):
    return jose.sign(purpose, claims(**members), key, "ec", alg)


def verified(token, now=NOW, issuer=ISSUER):
    return jose.verify(jose.ACCESS_TOKEN, token, EC, now, issuer=issuer)


def refused(token, **context):
    with pytest.raises(OAuthError) as refusal:
        verified(token, **context)
    assert refusal.value.code == "invalid_token"


def test_a_clients_own_token_says_what_is_required_and_nothing_of_a_person():
    assert claims(subject="revenue", scope="wages:read") == {
        "iss": ISSUER,
        "aud": WAGES,
        "sub": "revenue",
        "client_id": "revenue",
        "jti": "j-1",
        "iat": NOW,
        "exp": NOW + 900,
        "scope": "wages:read",
    }


def test_a_persons_token_says_how_she_signed_in():
    told = claims(sign_in=SignIn(NOW - 9, "high", ("pwd", "otp")))
    assert (told["auth_time"], told["acr"], told["amr"]) == (NOW - 9, "high", ["pwd", "otp"])


def test_a_bound_token_names_the_key():
    assert claims(confirmation=Confirmation(x5t="thumb"))["cnf"] == {"x5t#S256": "thumb"}
    assert "cnf" not in claims()


def test_who_acts_is_nested_newest_first():
    assert claims(actors=("wages",))["act"] == {"sub": "wages"}
    assert claims(actors=("a", "b", "c"))["act"] == {"sub": "a", "act": {"sub": "b", "act": {"sub": "c"}}}


def test_several_resources_are_a_list_and_details_are_told():
    told = claims(audience=(WAGES, f"{WAGES}2"), details=[{"type": "payslip"}])
    assert told["aud"] == [WAGES, f"{WAGES}2"]
    assert told["authorization_details"] == [{"type": "payslip"}]


def test_the_header_says_what_it_is():
    header = signed().partition(".")[0]
    told = json.loads(urlsafe_b64decode(header + "=="))
    assert told == {"alg": "ES256", "kid": "ec", "typ": "at+jwt"}


def test_a_token_of_ours_is_read_back():
    assert verified(signed())["jti"] == "j-1"


def test_a_token_is_refused_when_it_is_over_or_another_issuers_or_of_another_key():
    refused(signed(), now=NOW + 900)
    refused(signed(), issuer="https://elsewhere.example.org")
    refused(signed(key=OTHER_EC))
    refused(jose.sign(jose.ACCESS_TOKEN, claims(), RSA, "rsa", "RS256"))


@pytest.mark.parametrize("purpose", [jose.ID_TOKEN, jose.LOGOUT_TOKEN, jose.INTROSPECTION, jose.USER_INFORMATION])
def test_what_we_sign_for_another_purpose_is_no_access_token(purpose):
    refused(signed(purpose))


def test_an_access_token_is_nothing_else():
    for purpose in (
        jose.ID_TOKEN,
        jose.ID_TOKEN_HINT,
        jose.INTROSPECTION,
        jose.USER_INFORMATION,
        jose.CLIENT_ASSERTION,
    ):
        with pytest.raises(OAuthError):
            jose.verify(purpose, signed(), EC, NOW)


@pytest.mark.parametrize("name", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])
def test_a_token_without_a_required_claim_is_refused(name):
    told = {member: value for member, value in claims().items() if member != name}
    refused(jose.sign(jose.ACCESS_TOKEN, told, EC, "ec", "ES256"))


def test_an_unsigned_token_is_refused():
    header, payload, _ = signed().split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
    for forged in (f"{none}.{payload}.", f"{none}.{payload}.AA", f"{header}.{payload}.", f"{header}.{payload}.AAAA"):
        refused(forged)


OWN = {"subject": "revenue", "jti": jwt_access_token.self_contained_jti(NOW - 5, "A" * 22)}


def test_a_clients_own_token_is_read_back_whole():
    held = Confirmation("key", "certificate")
    told = claims(**OWN, scope="wages:read", confirmation=held)

    assert jwt_access_token.read_self_contained(told) == SelfContained(
        jti=OWN["jti"],
        registered_at=NOW - 5,
        client_id="revenue",
        scope="wages:read",
        audience=(WAGES,),
        issued_at=NOW,
        expires_at=NOW + 900,
        confirmation=held,
    )
    several = jwt_access_token.read_self_contained(claims(**OWN, audience=(WAGES, f"{WAGES}2")))
    assert (several.audience, several.scope, several.confirmation) == ((WAGES, f"{WAGES}2"), "", Confirmation())


@pytest.mark.parametrize(
    "members",
    [
        {"jti": "A" * 22},
        {"jti": f"own.{NOW}.{'A' * 21}"},
        {"jti": f"own.{NOW}.{'A' * 22}\n"},
        {"jti": f"own.٣.{'A' * 22}"},
        {"jti": f"own.0{NOW}.{'A' * 22}"},
        {"jti": f"own.{NOW}.{'A' * 22}.x"},
        {"subject": "abc"},
        {"sign_in": SignIn(NOW, "high", ("pwd",))},
        {"actors": ("wages",)},
        {"details": [{"type": "payslip"}]},
    ],
)
def test_no_other_token_is_taken_for_a_clients_own(members):
    assert jwt_access_token.read_self_contained(claims(**OWN | members)) is None
