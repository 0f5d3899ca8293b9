"""OpenID Connect Core section 4: a way into a service that begins at the provider."""

import pytest

from idp.protocol.third_party_login import entrance
from tests.protocol.builders import ISSUER, a_client

LOGIN = "https://revenue.example.org/login"
TOLD = "iss=https%3A%2F%2Fid.example.org"


@pytest.mark.parametrize(
    ("registered", "opened"), [(LOGIN, f"{LOGIN}?{TOLD}"), (f"{LOGIN}?a=b", f"{LOGIN}?a=b&{TOLD}")]
)
def test_a_sign_in_that_a_service_offers_is_begun_with_our_name(registered, opened):
    client = a_client(initiate_login_uri=registered, client_uri="https://revenue.example.org/")
    assert entrance(client, ISSUER) == opened


def test_without_one_there_is_its_front_page():
    assert entrance(a_client(client_uri="https://revenue.example.org/"), ISSUER) == "https://revenue.example.org/"
    assert entrance(a_client(), ISSUER) == ""
