"""Authlib's own client (requests) and our provider, with every way of client authentication."""

import json

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from idp.foundation.clock import pause
from tests.agents import REDIRECT
from tests.fixtures.house import PASSWORD, House
from tests.serving import command

METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
SECRET = "authlib-secret-0123456789-abcdefgh"


@pytest.mark.parametrize("method", METHODS)
def test_authlib_signs_somebody_in(
    house: House, method: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    key = ECKey.generate_key("P-256")
    client = {
        "client_id": f"authlib-{method}",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": method,
        "single_factor": True,
    }
    if method == "private_key_jwt":
        client |= {"jwks": {"keys": [key.as_dict(private=False) | {"kid": "1"}]}}
    else:
        client |= {"client_secret": SECRET}
    file = tmp_path_factory.mktemp("authlib") / "client.json"
    file.write_text(json.dumps([client]))
    command(house.server.environment, "clients", "import", str(file), "--json")
    pause(2.5)  # Workers may hold the registration of the last test for two seconds.
    secret = key if method == "private_key_jwt" else SECRET
    session = OAuth2Session(
        client["client_id"],
        secret,
        token_endpoint_auth_method=method,
        redirect_uri=REDIRECT,
        scope="openid profile",
        code_challenge_method="S256",
    )
    session.register_client_auth_method(PrivateKeyJWT(house.server.url, alg="ES256", headers={"kid": "1"}))
    verifier = "v" * 64
    url, state = session.create_authorization_url(f"{house.server.url}/oidc/authorize", code_verifier=verifier)
    browser = house.browser()
    landed = browser.sign_in(browser.get(url), "ana", PASSWORD)
    token = session.fetch_token(
        f"{house.server.url}/oidc/token", authorization_response=landed.url, state=state, code_verifier=verifier
    )
    assert session.get(f"{house.server.url}/oidc/userinfo").json()["name"] == "Ana"
    assert token["id_token"].count(".") == 2
