"""OpenID Connect Core section 3.1.2.1: the authorization request, in two stages."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.authorization import CHECKS, AuthorizationRequest, identify, parse_request
from idp.protocol.claims import ClaimsRequest
from idp.protocol.errors import OAuthError
from tests.protocol.builders import CALLBACK, CHALLENGE, a_client, parameters

CLIENT = a_client()
NAMES = [
    "response_type",
    "response_mode",
    "scope",
    "prompt",
    "max_age",
    "claims",
    "code_challenge",
    "acr_values",
    "display",
]


def refusal_of(client=CLIENT, **sent):
    with pytest.raises(OAuthError) as refusal:
        parse_request(parameters(**sent), client)
    return refusal.value


def test_the_response_goes_where_the_client_is_registered():
    assert identify(parameters(response_mode="form_post"), CLIENT) == (CALLBACK, "form_post", "s-1")


@pytest.mark.parametrize(
    "uri", [None, "", "https://evil.example/", CALLBACK + "?a=b", CALLBACK + "/", CALLBACK.upper()]
)
def test_there_is_no_address_to_redirect_to_but_the_registered_ones(uri):
    with pytest.raises(OAuthError, match="redirect_uri") as refusal:
        identify(parameters(redirect_uri=uri), CLIENT)
    assert refusal.value.code == "invalid_request"


def test_the_address_is_judged_before_anything_else_is():
    broken = parameters(
        redirect_uri="https://evil.example/", response_type="nonsense", request="x", scope="", prompt="none login"
    )
    with pytest.raises(OAuthError, match="redirect_uri"):
        parse_request(broken, CLIENT)


@pytest.mark.parametrize("client_id", [None, "registry"])
def test_a_request_is_judged_by_its_own_client(client_id):
    with pytest.raises(OAuthError, match="client_id"):
        identify(parameters(client_id=client_id), CLIENT)


def test_an_error_goes_by_query_when_the_mode_is_unknown():
    assert identify(parameters(response_mode="fragment"), CLIENT).response_mode == "query"
    assert refusal_of(response_mode="fragment").code == "invalid_request"


def test_a_plain_request_is_parsed():
    request = parse_request(parameters(), CLIENT)
    assert request == AuthorizationRequest(
        client_id="revenue",
        redirect_uri=CALLBACK,
        response_type="code",
        response_mode="query",
        scope=("openid", "profile"),
        state="s-1",
        nonce="n-1",
        code_challenge=CHALLENGE,
    )
    assert request.target == (CALLBACK, "query", "s-1")


def test_a_request_survives_being_stored():
    request = parse_request(
        parameters(
            prompt="login consent",
            max_age="0",
            acr_values="urn:tessera:loa:high x",
            claims='{"userinfo": {"name": {"essential": true}, "verified_claims": {"claims": {"name": null},'
            ' "verification": {"trust_framework": null}}}, "id_token": {"acr": {"values": ["a", "b"]}}}',
            login_hint="مريم",
            ui_locales="ar zh-Hant",
            display="popup",
            id_token_hint="a.b.c",
        ),
        CLIENT,
    )
    assert AuthorizationRequest.from_json(request.to_json()) == request
    assert request.prompt == {"login", "consent"}
    assert request.max_age == 0


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40)))
def test_any_request_is_parsed_or_refused_and_nothing_else_happens(sent):
    try:
        request = parse_request({**parameters(), **sent}, CLIENT)
    except OAuthError:
        return
    assert AuthorizationRequest.from_json(request.to_json()) == request


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.example/r"}, "request_uri_not_supported"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_type": "Code"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "fragment.jwt"}, "invalid_request"),
        ({"dpop_jkt": "x" * 42}, "invalid_request"),
        ({"dpop_jkt": "x" * 43}, "invalid_request"),
        ({"dpop_jkt": "A" * 42 + "+"}, "invalid_request"),
        ({"dpop_jkt": "A" * 86}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "unknown"}, "invalid_scope"),
        ({"scope": "national_id"}, "invalid_scope"),
        ({"scope": "OPENID"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "S384"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none consent select_account"}, "invalid_request"),
        ({"prompt": "create login"}, "invalid_request"),
        ({"prompt": "create none"}, "invalid_request"),
        ({"prompt": "create", "id_token_hint": "a.b.c"}, "invalid_request"),
        ({"authorization_details": "[]"}, "invalid_authorization_details"),
        ({"prompt": "NONE"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "NaN"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"max_age": "+1"}, "invalid_request"),
        ({"max_age": " 1"}, "invalid_request"),
        ({"max_age": "\N{ARABIC-INDIC DIGIT ONE}"}, "invalid_request"),
        ({"max_age": "0x10"}, "invalid_request"),
        ({"max_age": "2147483648"}, "invalid_request"),
        ({"max_age": "9" * 5000}, "invalid_request"),
        ({"login_hint": "x" * 321}, "invalid_request"),
        ({"id_token_hint": "x" * 8193}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": "[]"}, "invalid_request"),
    ],
    ids=str,
)
def test_a_request_that_breaks_a_rule_is_refused_with_the_code_of_the_rule(sent, code):
    assert refusal_of(**sent).code == code


def test_an_account_may_be_asked_for():
    """Initiating User Registration 1.0 section 4."""
    assert parse_request(parameters(prompt="create"), CLIENT).prompt == {"create"}


@pytest.mark.parametrize(
    "sent",
    [
        {"claims_locales": "ar zh-Hant"},
        {"claims_locales": "\u00e9 ;drop"},
        {"display": "popup"},
        {"display": "wap"},
        {"extra": "foobar"},
        {"vtr": '["C1"]', "purpose": "x"},
    ],
)
def test_what_we_do_not_use_changes_nothing(sent):
    """Core 3.1.2.1: unknown parameters are ignored, and so are wishes that cannot be met."""
    assert replace(parse_request(parameters(**sent), CLIENT), display="page") == parse_request(parameters(), CLIENT)


def test_a_display_that_nobody_knows_is_that_of_a_page():
    assert parse_request(parameters(display="hologram"), CLIENT).display == "page"


def test_every_check_says_what_it_checks():
    assert all(check.__doc__ and check.__name__.count("_") >= 2 for check in CHECKS)
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS) == 14


def test_pkce_may_be_left_out_only_by_a_client_registered_so():
    client = a_client(require_pkce=False)
    assert parse_request(parameters(code_challenge=None, code_challenge_method=None), client).code_challenge is None


@pytest.mark.parametrize(
    "sent", [{"code_challenge_method": "plain"}, {"code_challenge": None}, {"code_challenge": "short"}], ids=str
)
def test_pkce_is_honoured_when_such_a_client_sends_it(sent):
    assert refusal_of(client=a_client(require_pkce=False), **sent).code == "invalid_request"
    assert parse_request(parameters(), a_client(require_pkce=False)).code_challenge == CHALLENGE


def test_a_client_without_the_code_grant_may_not_ask():
    client = a_client(grant_types=["client_credentials"], response_types=[])
    assert refusal_of(client=client).code == "unauthorized_client"


def test_only_registered_scopes_are_granted_and_others_ignored():
    request = parse_request(parameters(scope="profile unknown openid national_id profile"), CLIENT)
    assert request.scope == ("profile", "openid")


def test_a_request_without_openid_is_plain_oauth():
    assert not parse_request(parameters(scope="profile"), CLIENT).is_openid


def test_offline_access_is_only_for_clients_that_may_refresh():
    sent = parameters(scope="openid offline_access")
    assert parse_request(sent, CLIENT).scope == ("openid", "offline_access")
    assert parse_request(sent, a_client(grant_types=["authorization_code"])).scope == ("openid",)


@pytest.mark.parametrize("prompt", ["none", "login", "consent", "select_account", "login consent select_account"])
def test_the_known_prompts_are_kept(prompt):
    assert parse_request(parameters(prompt=prompt), CLIENT).prompt == set(prompt.split())


def test_the_defaults_of_the_registration_fill_what_is_not_sent():
    client = a_client(default_max_age=600, default_acr_values=["urn:tessera:loa:high"])
    assert parse_request(parameters(), client).max_age == 600
    assert parse_request(parameters(max_age="5"), client).max_age == 5
    assert parse_request(parameters(), client).acr_wanted == ("urn:tessera:loa:high",)
    assert parse_request(parameters(acr_values="a"), client).acr_wanted == ("a",)


def test_acr_by_claims_comes_before_acr_values_and_may_be_essential():
    claims = {"id_token": {"acr": {"essential": True, "values": ["urn:tessera:loa:high"]}}}
    request = parse_request(parameters(acr_values="urn:tessera:loa:low", claims=json.dumps(claims)), CLIENT)
    assert request.acr_wanted == ("urn:tessera:loa:high",)
    assert request.acr_is_essential
    assert not parse_request(parameters(acr_values="urn:tessera:loa:low"), CLIENT).acr_is_essential


@pytest.mark.parametrize(
    "sent", [{"display": "hologram"}, {"ui_locales": "!! x$"}, {"claims_locales": "x"}, {"foo": "bar"}], ids=str
)
def test_wishes_we_cannot_read_are_ignored(sent):
    assert parse_request({**parameters(), **sent}, CLIENT) == parse_request(parameters(), CLIENT)


def test_the_key_that_the_code_is_to_be_bound_to_is_kept():
    assert parse_request(parameters(dpop_jkt="A" * 43), CLIENT).dpop_jkt == "A" * 43
    assert parse_request(parameters(), CLIENT).dpop_jkt is None


def test_nobody_says_of_a_request_that_it_was_pushed():
    assert parse_request(parameters(pushed="a" * 64), CLIENT).pushed is None


def test_claims_that_no_scope_of_the_client_stands_for_are_dropped():
    claims = {
        "userinfo": {"national_identifier": None, "tax_number": None},
        "id_token": {"phone_number": None, "acr": None},
    }
    assert parse_request(parameters(claims=json.dumps(claims)), CLIENT).claims == ClaimsRequest(
        id_token={"acr": None}, userinfo={"tax_number": None}
    )
