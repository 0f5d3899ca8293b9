"""RFC 8707: for which protected resources a token is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.protocol.authorization import AuthorizationRequest, parse_request
from idp.protocol.errors import OAuthError
from idp.protocol.parameters import joined
from idp.protocol.resource_indicator import narrowed, requested
from tests.protocol.builders import a_client, parameters

WAGES = "https://wages.example.org/"
TAXES = "https://taxes.example.org/"


def refused(resources):
    with pytest.raises(OAuthError) as refusal:
        requested({"resource": joined(resources)})
    assert refusal.value.code == "invalid_target"
    return refusal.value.reason


def test_a_request_names_no_resource_one_or_several_in_its_order():
    assert requested({}) == ()
    assert requested({"resource": WAGES}) == (WAGES,)
    assert requested({"resource": joined([WAGES, TAXES, WAGES])}) == (WAGES, TAXES)


def test_a_query_is_allowed_and_any_scheme_is_a_uri():
    assert requested({"resource": f"{WAGES}?tenant=1"}) == (f"{WAGES}?tenant=1",)
    assert requested({"resource": "urn:example:wages"}) == ("urn:example:wages",)


@pytest.mark.parametrize("resource", [f"{WAGES}#part", "https://wages.example.org#"])
def test_a_fragment_is_refused(resource):
    assert "fragment" in refused([resource])


@pytest.mark.parametrize(
    "resource", ["/api", "api", "//wages.example.org/", "wages.example.org:", "https:", "a b:c", "1:x"]
)
def test_what_is_not_absolute_is_refused(resource):
    assert "absolute" in refused([resource])


def test_one_that_is_wrong_among_many_is_refused():
    refused([WAGES, "/api"])


def test_a_request_names_at_most_eight_of_2048_characters_in_all():
    eight = [f"{WAGES}{number}" for number in range(8)]
    assert len(requested({"resource": joined(eight)})) == 8
    refused([*eight, TAXES])
    refused([WAGES + "x" * 2048])
    refused([WAGES + "x" * 1020, TAXES + "x" * 1020])


@given(st.text())
def test_any_text_is_read_or_refused_and_nothing_else(text):
    try:
        requested({"resource": text})
    except OAuthError as error:
        assert error.code == "invalid_target"  # noqa: PT017 (either outcome is right)


def test_a_token_request_narrows_what_was_granted():
    assert narrowed((TAXES,), (WAGES, TAXES)) == (TAXES,)
    assert narrowed((), (WAGES, TAXES)) == (WAGES, TAXES)


@pytest.mark.parametrize(
    "asked", [(TAXES,), (WAGES, TAXES), ("https://wages.example.org",), ("https://WAGES.example.org/",)]
)
def test_a_token_request_never_widens_it(asked):
    with pytest.raises(OAuthError) as refusal:
        narrowed(asked, (WAGES,))
    assert refusal.value.code == "invalid_target"


def test_an_authorization_request_keeps_its_resources():
    request = parse_request(parameters(resource=joined([WAGES, TAXES])), a_client())
    assert request.resource == (WAGES, TAXES)
    assert AuthorizationRequest.from_json(request.to_json()) == request


def test_an_authorization_request_with_a_wrong_one_is_refused():
    with pytest.raises(OAuthError) as refusal:
        parse_request(parameters(resource="/api"), a_client())
    assert refusal.value.code == "invalid_target"


def test_a_client_that_is_only_a_resource_server_has_its_sector_there():
    server = a_client(grant_types=[], redirect_uris=None, resources=[WAGES])
    assert server.sector == "wages.example.org"
    assert a_client(resources=[WAGES]).sector == "revenue.example.org"
