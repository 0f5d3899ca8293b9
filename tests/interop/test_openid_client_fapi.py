"""openid-client (npm) with everything that FAPI 2.0 Message Signing asks for, and our provider."""

import json
import subprocess
from pathlib import Path

from idp.foundation.clock import pause
from tests.agents import REDIRECT
from tests.fixtures.house import PASSWORD, House
from tests.serving import command

CLIENT = {
    "client_id": "fapi-node",
    "profile": "fapi2-message-signing",
    "redirect_uris": [REDIRECT],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "ES256",
    "request_object_signing_alg": "ES256",
    "authorization_signed_response_alg": "ES256",
    "introspection_signed_response_alg": "ES256",
    "id_token_signed_response_alg": "ES256",
    "dpop_bound_access_tokens": True,
    "single_factor": True,
    "scope": "openid profile offline_access",
}


def test_openid_client_signs_somebody_in_by_signed_messages(house: House, node_modules: Path, tmp_path: Path) -> None:
    arguments = ["node", "openid_client_fapi.js", house.server.url, "fapi-node", REDIRECT]
    with subprocess.Popen(
        arguments, cwd=node_modules, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as node:
        assert node.stdout is not None
        assert node.stdin is not None
        register(house, tmp_path, json.loads(node.stdout.readline()))
        print("registered", file=node.stdin, flush=True)
        asked = node.stdout.readline().strip()
        browser = house.browser()
        landed = browser.sign_in(browser.get(asked), "ana", PASSWORD)
        told, _ = node.communicate(f"{landed.url}\n", timeout=60)
    assert node.returncode == 0
    learnt = json.loads(told)
    assert set(learnt["url"]) == {"client_id", "request_uri"}
    assert learnt["landed"] == ["response"]
    assert learnt["type"].lower() == "dpop"
    assert learnt["info"]["name"] == "Ana"
    assert set(learnt["bound"]) == {"jkt"}
    assert learnt["rotated"] is None
    assert learnt["active"] is False


def register(house: House, folder: Path, jwks: dict[str, object]) -> None:
    file = folder / "clients.json"
    file.write_text(json.dumps([CLIENT | {"jwks": jwks}]))
    command(house.server.environment, "clients", "import", str(file), "--json")
    pause(2.5)  # Workers may hold the registration of the last test for two seconds.
