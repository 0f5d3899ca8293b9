"""A service whose own server takes connections and says nothing keeps nobody else from being answered."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests
from joserfc.jwk import ECKey

from tests import serving
from tests.agents import REDIRECT
from tests.assertions import claims, signed
from tests.fixtures.house import CLIENT

pytestmark = pytest.mark.slow
MANY = 8
"""More than a worker has places."""
KEY = ECKey.generate_key("P-256", {"kid": "whichever"})


@pytest.fixture(scope="module")
def silent():
    """A port where every connection is taken, and nobody speaks."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        listener.settimeout(5)
        yield listener


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request, tmp_path_factory, furnished, silent):
    folder = tmp_path_factory.mktemp("silent")
    url = furnished.copy(request.param, folder)
    with serving.serving(folder, url, upgraded=True, outbound_allow=f"localhost:{silent.getsockname()[1]}") as running:
        file = folder / "silent.json"
        file.write_text(json.dumps([service(number, silent.getsockname()[1]) for number in range(MANY + 1)]))
        running.run("clients", "import", str(file))
        yield running


def service(number, port):
    return {
        "client_id": f"silent-{number}",
        "client_name": "Silent",
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": f"https://localhost:{port}/keys/{number}",
        "request_uris": [f"https://localhost:{port}/requests/{number}"],
    }


def asks_for_a_token(url, number):
    said = claims(f"silent-{number}", url, int(time.time()))
    return requests.post(f"{url}/oidc/token", {"grant_type": "client_credentials", **signed(said, KEY)}, timeout=60)


def sends_a_request_by_reference(url, number, port):
    query = {"client_id": f"silent-{number}", "request_uri": f"https://localhost:{port}/requests/{number}"}
    return requests.get(f"{url}/oidc/authorize", query, timeout=60)


def others_ask(server):
    """The answers to a program and to somebody who opens a page."""
    asked, credentials = {"grant_type": "nothing"}, (CLIENT["client_id"], CLIENT["client_secret"])
    program = requests.post(f"{server.url}/oidc/token", asked, auth=credentials, timeout=5)
    return program, requests.get(f"{server.url}/account", timeout=5)


@pytest.mark.parametrize("deed", ["keys", "request"])
def test_more_silent_services_than_places_keep_nobody_waiting(server, silent, deed):
    port = silent.getsockname()[1]

    def calls(number):
        if deed == "keys":
            return asks_for_a_token(server.url, number)
        return sends_a_request_by_reference(server.url, number, port)

    others_ask(server)
    with ThreadPoolExecutor(MANY) as services, ExitStack() as lines:
        once = services.submit(calls, MANY)
        silent.accept()[0].close()
        once.result()  # What a worker does but once does not count.
        waiting = [services.submit(calls, number) for number in range(MANY)]
        for _ in range(MANY):  # Each is called while all others are still waited for.
            lines.enter_context(silent.accept()[0])
        program, page = others_ask(server)
        assert not any(one.done() for one in waiting)

    assert (program.status_code, page.status_code) == (400, 200)
    assert {one.result().status_code for one in waiting} == {401 if deed == "keys" else 400}
