"""openid-client (npm) and our provider."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.agents import REDIRECT
from tests.fixtures.house import PASSWORD, House


def signed_in(house: House, node_modules: Path, *more: str) -> Any:
    """What a program with the library learns when ana signs in."""
    agency = house.agency
    command = ["node", "openid_client.js", house.server.url, agency.client_id, agency.secret, REDIRECT, *more]
    with subprocess.Popen(command, cwd=node_modules, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        asked = node.stdout.readline().strip()
        browser = house.browser()
        landed = browser.sign_in(browser.get(asked), "ana", PASSWORD)
        told, _ = node.communicate(f"{landed.url}\n", timeout=60)
    assert node.returncode == 0
    return json.loads(told)


def test_openid_client_signs_somebody_in(house: House, node_modules: Path) -> None:
    learnt = signed_in(house, node_modules)
    assert learnt["info"]["name"] == "Ana"
    assert learnt["claims"]["acr"] == "urn:tessera:loa:low"
    assert learnt["active"] is False
    assert (learnt["type"], learnt.get("cnf")) == ("bearer", None)


def test_openid_client_proves_a_key_at_every_request(house: House, node_modules: Path) -> None:
    learnt = signed_in(house, node_modules, "dpop")
    assert learnt["info"]["name"] == "Ana"
    assert (learnt["type"], list(learnt["cnf"])) == ("dpop", ["jkt"])
