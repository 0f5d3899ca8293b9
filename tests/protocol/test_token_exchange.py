"""RFC 8693: one token for another, never for more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.errors import OAuthError
from idp.protocol.parameters import joined
from idp.protocol.token_exchange import ACCESS_TOKEN, ExchangeRequest, chained, narrowed, parse_request
from tests.protocol.builders import a_client, metadata

ARCHIVE = "https://archive.example.org/"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
REQUEST = {"subject_token": "t-1", "subject_token_type": ACCESS_TOKEN, "resource": ARCHIVE}


def sent(**members):
    return {name: value for name, value in {**REQUEST, **members}.items() if value is not None}


def refused(code, **members):
    with pytest.raises(OAuthError) as refusal:
        parse_request(sent(**members))
    assert refusal.value.code == code
    return refusal.value.reason


def test_a_request_names_the_token_and_where_another_is_wanted():
    assert parse_request(sent()) == ExchangeRequest("t-1", None, (ARCHIVE,), (), None)


def test_an_actor_a_scope_and_a_service_may_be_named():
    members = {"actor_token": "t-2", "actor_token_type": ACCESS_TOKEN, "scope": "a b a", "audience": joined(["x", "y"])}
    assert parse_request(sent(**members, resource=None)) == ExchangeRequest("t-1", "t-2", (), ("x", "y"), ("a", "b"))
    assert parse_request(sent(requested_token_type=ACCESS_TOKEN))


@pytest.mark.parametrize("name", ["subject_token", "subject_token_type"])
def test_a_missing_parameter_is_named(name):
    assert name in refused("invalid_request", **{name: None})


@pytest.mark.parametrize("name", ["subject_token_type", "requested_token_type"])
@pytest.mark.parametrize("value", ["jwt", "id_token", "refresh_token", "saml2", "nonsense"])
def test_access_tokens_are_exchanged_for_access_tokens_and_nothing_else(name, value):
    assert name in refused("invalid_request", **{name: f"urn:ietf:params:oauth:token-type:{value}"})


def test_an_actor_token_and_its_type_go_together():
    assert "actor_token_type" in refused("invalid_request", actor_token="t-2")
    assert "actor_token_type" in refused("invalid_request", actor_token_type=ACCESS_TOKEN)
    refused("invalid_request", actor_token="t-2", actor_token_type="urn:ietf:params:oauth:token-type:jwt")


def test_a_place_to_use_the_token_at_must_be_named():
    refused("invalid_target", resource=None)
    refused("invalid_target", resource="/relative")


def test_a_scope_is_narrowed_and_never_widened():
    assert narrowed(None, ["a", "b"]) == ("a", "b")
    assert narrowed(("b",), ["a", "b"]) == ("b",)
    for asked in (("c",), ("a", "c")):
        with pytest.raises(OAuthError) as refusal:
            narrowed(asked, ["a", "b"])
        assert refusal.value.code == "invalid_scope"


def test_who_acts_is_remembered_newest_first_through_at_most_four_hands():
    assert chained("b", ("a",)) == ("b", "a")
    assert chained(None, ("a",)) == ("a",)
    assert len(chained("d", ("c", "b", "a"))) == 4
    with pytest.raises(OAuthError) as refusal:
        chained("e", ("d", "c", "b", "a"))
    assert refusal.value.code == "invalid_request"


def test_only_who_proves_who_it_is_may_register_for_it():
    assert GRANT in a_client(grant_types=["authorization_code", GRANT]).grant_types
    with pytest.raises(OAuthError, match="token-exchange needs a token_endpoint_auth_method"):
        a_client(**metadata(grant_types=["authorization_code", GRANT], token_endpoint_auth_method="none"))


NAMES = ["subject_token", "actor_token", "scope", "resource", "audience"]
TYPES = ["subject_token_type", "actor_token_type", "requested_token_type"]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1, max_size=40) | st.just(ARCHIVE)),
    st.dictionaries(st.sampled_from(TYPES), st.just(ACCESS_TOKEN) | st.text(min_size=1, max_size=40)),
)
def test_any_request_is_read_or_refused_and_nothing_else_happens(named, typed):
    try:
        request = parse_request({**named, **typed})
    except OAuthError as error:
        assert error.code in ("invalid_request", "invalid_target")  # noqa: PT017 (either outcome is right)
    else:
        assert set(typed.values()) == {ACCESS_TOKEN}
        assert request.resources or request.audiences


@given(st.none() | st.lists(st.text(max_size=3), max_size=4).map(tuple), st.lists(st.text(max_size=3), max_size=4))
def test_whatever_scope_is_asked_for_an_exchange_never_widens_it(asked, held):
    try:
        assert set(narrowed(asked, held)) <= set(held)
    except OAuthError as error:
        assert (error.code, set(asked) <= set(held)) == ("invalid_scope", False)  # noqa: PT017
