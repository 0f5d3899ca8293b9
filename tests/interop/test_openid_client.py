"""openid-client (npm) and our provider."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.agents import REDIRECT
from tests.fixtures.house import PASSWORD, House


@pytest.mark.timeout(240)
def test_openid_client_signs_somebody_in(house: House, node_modules: Path) -> None:
    agency = house.agency
    command = ["node", "openid_client.js", house.server.url, agency.client_id, agency.secret, REDIRECT]
    with subprocess.Popen(command, cwd=node_modules, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        asked = node.stdout.readline().strip()
        browser = house.browser()
        landed = browser.sign_in(browser.get(asked), "ana", PASSWORD)
        told, _ = node.communicate(f"{landed.url}\n", timeout=60)
    learnt = json.loads(told)
    assert node.returncode == 0
    assert learnt["info"]["name"] == "Ana"
    assert learnt["claims"]["acr"] == "urn:tessera:loa:low"
    assert learnt["active"] is False
