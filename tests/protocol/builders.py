"""A client, a request and keys as the tests need them; each argument replaces one member."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.protocol.client_metadata import ClientMetadata
from idp.protocol.registration import parse_metadata

NOW = 1_795_430_400
ISSUER = "https://id.example.org"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CALLBACK = "https://revenue.example.org/callback"

EC = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "ec"})
OTHER_EC = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "ec"})
RSA = RSAKey.generate_key(2048, {"use": "sig", "kid": "rsa"})
ED = OKPKey.generate_key("Ed25519", {"use": "sig", "kid": "ed"})


SECRET = "a-secret-that-signs-0123456789-abcdef"


def metadata(**members: object) -> dict[str, object]:
    standard: dict[str, object] = {
        "client_id": "revenue",
        "client_name": "Revenue Service",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email tax_number",
    }
    return {name: value for name, value in {**standard, **members}.items() if value is not None}


def a_client(**members: object) -> ClientMetadata:
    return parse_metadata(metadata(**members))


def parameters(**members: str | None) -> dict[str, str]:
    standard = {
        "client_id": "revenue",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid profile",
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in {**standard, **members}.items() if value is not None}


def id_token_claims(**members: object) -> Mapping[str, Any]:
    standard = {"iss": ISSUER, "sub": "abc", "aud": "revenue", "exp": NOW + 300, "iat": NOW}
    return {name: value for name, value in {**standard, **members}.items() if value is not None}


def assertion_claims(**members: object) -> Mapping[str, Any]:
    standard = {"iss": "revenue", "sub": "revenue", "aud": ISSUER, "exp": NOW + 60, "iat": NOW, "jti": "j-1"}
    return {name: value for name, value in {**standard, **members}.items() if value is not None}


def by_secret(secret: str = SECRET, **claims: object) -> str:
    """An assertion of client_secret_jwt."""
    return jwt.encode({"alg": "HS256"}, dict(assertion_claims(**claims)), OctKey.import_key(secret), ["HS256"])
