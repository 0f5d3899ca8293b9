"""OpenID Connect Front-Channel Logout 1.0."""

import pytest

from idp.protocol.errors import OAuthError
from idp.protocol.frontchannel_logout import address
from tests.protocol.builders import ISSUER, a_client

URI = "https://revenue.example.org/signed-out"


def test_a_client_that_registered_no_address_is_not_told_so():
    assert address(a_client(), ISSUER, "s-1") is None


def test_the_address_is_opened_as_it_was_registered():
    """Section 2: the query it has is kept."""
    assert address(a_client(frontchannel_logout_uri=f"{URI}?a=b"), ISSUER, "s-1") == f"{URI}?a=b"


@pytest.mark.parametrize(("query", "begins"), [("", "?"), ("?a=b", "?a=b&")])
def test_who_needs_to_know_which_session_is_told_issuer_and_sid_together(query, begins):
    """Section 2: frontchannel_logout_session_required."""
    client = a_client(frontchannel_logout_uri=URI + query, frontchannel_logout_session_required=True)
    assert address(client, ISSUER, "s 1&") == f"{URI}{begins}iss=https%3A%2F%2Fid.example.org&sid=s%201%26"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/signed-out",
        "https://revenue.example.org:8443/signed-out",
        "http://localhost/signed-out",
        f"{URI}#fragment",
    ],
)
def test_scheme_host_and_port_are_those_of_a_redirect_uri(uri):
    """Section 2."""
    with pytest.raises(OAuthError, match="frontchannel_logout_uri") as refusal:
        a_client(frontchannel_logout_uri=uri)
    assert refusal.value.code == "invalid_client_metadata"
