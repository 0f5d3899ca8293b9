"""FAPI 2.0 Security Profile section 5.3.2.2 and Message Signing: what is asked of an authorization request."""

from dataclasses import replace

import pytest

from idp.protocol import fapi2
from idp.protocol.authorization import parse_request
from idp.protocol.client_profile import PROFILES
from idp.protocol.errors import OAuthError
from idp.protocol.fapi2 import CHECKS, DELIVERY_CHECKS, Delivery
from tests.protocol.builders import CALLBACK, EC, a_client, parameters

LOOPBACK = "http://127.0.0.1/callback"
PLAIN = a_client()


def of_profile(profile, **members):
    keys = {"keys": [EC.as_dict(private=False)]}
    standard = {"token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256", "jwks": keys}
    return a_client(profile=profile, **{**standard, **members})


SECURITY = of_profile("fapi2-security")
SIGNING = of_profile("fapi2-message-signing")


@pytest.mark.parametrize("profile", [name for name, rules in PROFILES.items() if rules.pushed])
def test_a_request_that_was_not_pushed_is_refused_in_every_profile_that_says_so(profile):
    with pytest.raises(OAuthError, match="push") as refusal:
        fapi2.check_delivery(Delivery(signed=True), of_profile(profile))
    assert refusal.value.code == "invalid_request"


def test_a_client_may_say_by_itself_that_it_pushes():
    with pytest.raises(OAuthError, match="push"):
        fapi2.check_delivery(Delivery(), a_client(require_pushed_authorization_requests=True))
    fapi2.check_delivery(Delivery(pushed=True), a_client(require_pushed_authorization_requests=True))


def test_an_unsigned_request_is_refused_where_the_profile_or_the_client_says_so():
    itself = a_client(require_signed_request_object=True, jwks={"keys": [EC.as_dict(private=False)]})
    for client in (SIGNING, itself):
        with pytest.raises(OAuthError, match="sign") as refusal:
            fapi2.check_delivery(Delivery(pushed=True), client)
        assert refusal.value.code == "invalid_request"
        fapi2.check_delivery(Delivery(pushed=True, signed=True), client)


def test_a_plain_client_sends_its_requests_as_it_likes():
    for delivery in (Delivery(), Delivery(pushed=True), Delivery(signed=True)):
        fapi2.check_delivery(delivery, PLAIN)


def test_a_client_that_signs_needs_keys_to_be_known_by():
    with pytest.raises(OAuthError, match="jwks is missing"):
        a_client(require_signed_request_object=True)


def test_nothing_but_a_code_is_asked_for():
    request = replace(parse_request(parameters(), SECURITY), response_type="code id_token")

    with pytest.raises(OAuthError, match="response_type"):
        fapi2.check(request, SECURITY)


def test_a_code_without_a_verifier_is_refused():
    request = replace(parse_request(parameters(), SECURITY), code_challenge=None)

    with pytest.raises(OAuthError, match="code_challenge"):
        fapi2.check(request, SECURITY)
    fapi2.check(replace(parse_request(parameters(), PLAIN), code_challenge=None), PLAIN)


@pytest.mark.parametrize("uri", ["http://localhost:5000/callback", LOOPBACK])
def test_an_address_without_encryption_is_refused_except_a_native_applications(uri):
    web = of_profile("fapi2-security", redirect_uris=[uri])
    native = of_profile("fapi2-security", redirect_uris=[uri], application_type="native")
    with pytest.raises(OAuthError, match="https"):
        fapi2.check(parse_request(parameters(redirect_uri=uri), web), web)
    fapi2.check(parse_request(parameters(redirect_uri=uri), native), native)
    plain = a_client(redirect_uris=[uri])
    fapi2.check(parse_request(parameters(redirect_uri=uri), plain), plain)


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_an_unsigned_answer_is_refused_where_the_profile_says_so(mode):
    request = parse_request(parameters(), SIGNING)
    with pytest.raises(OAuthError, match="response_mode"):
        fapi2.check(replace(request, response_mode=mode), SIGNING)
    fapi2.check(request, SIGNING)
    fapi2.check(replace(request, response_mode=mode), SECURITY)


def test_a_request_that_keeps_every_rule_passes():
    request = parse_request(parameters(redirect_uri=CALLBACK, nonce="n" * 384, state="s" * 2048), SECURITY)

    fapi2.check(request, SECURITY)
    assert (request.nonce, request.state) == ("n" * 384, "s" * 2048)


def test_every_check_says_what_it_checks():
    names = [check.__name__ for check in (*DELIVERY_CHECKS, *CHECKS)]

    assert all(check.__doc__ for check in (*DELIVERY_CHECKS, *CHECKS))
    assert len(set(names)) == len(names) == 6
