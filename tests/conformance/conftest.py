import pytest
from joserfc.jwk import ECKey, RSAKey

from idp.domain.grants import consents
from tests.assertions import public
from tests.builders import REDIRECT_URI, a_citizen, a_client
from tests.conformance.party import Party

SECRET = "a-secret-of-the-relying-party-0123456789"
KEY, OTHER = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("first", "second"))
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
SCOPE = "openid profile email address phone offline_access"


@pytest.fixture
def anna(provider):
    """Somebody of whom everything is recorded."""
    return a_citizen(
        provider,
        middle_name="Maria",
        nickname="Annie",
        preferred_username="annie",
        profile="https://people.example/annie",
        picture="https://people.example/annie.png",
        website="https://annie.example",
        gender="female",
        zoneinfo="Europe/Paris",
        locale="en",
        phone_number="+302101234567",
        phone_number_verified=True,
        address={"street_address": "1 Harbour Road", "locality": "Arcadia", "country": "XA"},
    )


@pytest.fixture
def a_party(app, provider, clock, anna):
    """Registers a plain client that need not use PKCE; or one that proves who it is with a key (`signs`)."""

    def make(signs=None, redirect_uri=REDIRECT_URI, agreed=(), **metadata):
        method = {} if signs is None else {"token_endpoint_auth_method": "private_key_jwt", "jwks": public(signs)}
        terms = {"require_pkce": False, "scope": SCOPE, "redirect_uris": [redirect_uri]}
        document = {name: value for name, value in (terms | method | metadata).items() if value is not None}
        client = a_client(provider, secret=None if signs else SECRET, **document)
        if agreed:
            with provider.transaction() as tx:
                consents.give(tx, anna.id, client.id, agreed)
        secret = "" if signs else SECRET
        return Party(app, client, anna, clock, secret=secret, signs=signs, redirect_uri=redirect_uri)

    return make


@pytest.fixture
def bank(app, provider, clock, anna):
    """Registers a client of a FAPI 2.0 profile that proves possession by DPoP, with the same key."""

    def make(key=KEY, profile="fapi2-security", **metadata):
        terms = {
            "profile": profile,
            "scope": "openid profile email address phone",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": public(key, RSA),
            "id_token_signed_response_alg": "ES256",
        }
        client = a_client(provider, secret=None, **terms | metadata)
        return Party(app, client, anna, clock, signs=key, key=key, pushing=True)

    return make
