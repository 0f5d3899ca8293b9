"""OpenID Connect Core section 5.3.2: user information as a JWT, for who registered for it."""

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.builders import a_client
from tests.web.oidc.conftest import AGENCY_AUTH, a_code, a_token_response


def test_a_client_that_registered_for_it_gets_its_user_information_signed_and_addressed(client, provider, signed_in):
    secret, algorithm = AGENCY_AUTH[1], "ES256"
    a_client(provider, client_id="agency", secret=secret, userinfo_signed_response_alg=algorithm)
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    tokens = a_token_response(client, a_code(signed_in)).json
    answer = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    keys = KeySet.import_key_set(client.get("/oidc/jwks").json)
    told = jwt.decode(answer.text, keys, algorithms=[algorithm])

    assert answer.headers["Content-Type"] == "application/jwt"
    assert told.claims == {
        "iss": "http://localhost",
        "aud": "agency",
        "sub": jwt.decode(tokens["id_token"], keys, algorithms=["ES256", "RS256"]).claims["sub"],
    }


def test_signed_user_information_is_no_hint_of_who_is_to_be_signed_out(client, provider, signed_in):
    a_client(provider, client_id="agency", secret=AGENCY_AUTH[1], userinfo_signed_response_alg="ES256")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds later)
    token = a_token_response(client, a_code(signed_in)).json["access_token"]
    told = client.get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"}).text

    assert client.get(f"/oidc/logout?id_token_hint={told}").status_code == 400


def test_a_refusal_is_json_all_the_same(client, agency):
    answer = client.get("/oidc/userinfo", headers={"Authorization": "Bearer unknown"})

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json["error"] == "invalid_token"
