"""DPoP proofs: seen by somebody, and sent again at once, elsewhere, or together with the first."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
import requests
from joserfc.jwk import ECKey

from idp.foundation.clock import system_clock
from tests.fixtures.house import House
from tests.holders import a_proof, ath
from tests.serving import beside, command

ROUNDS = 5
RIVALS = 20
KEY = ECKey.generate_key("P-256")
SECRET = "a-secret-of-the-prover-0123456789"


@dataclass(frozen=True)
class Prover:
    """A client with bound tokens of its own, and two nodes that it may ask."""

    nodes: tuple[str, str]

    def proof(self, path: str = "/oidc/token", method: str = "POST", **members: object) -> str:
        return a_proof(KEY, system_clock(), htm=method, htu=self.nodes[0] + path, **members)

    def ask(self, proof: str, node: int = 0) -> requests.Response:
        form, headers = {"grant_type": "client_credentials"}, {"DPoP": proof}
        url = f"{self.nodes[node]}/oidc/token"
        return requests.post(url, data=form, headers=headers, auth=("prover", SECRET), timeout=20)

    def call(self, headers: dict[str, str], node: int = 0) -> requests.Response:
        return requests.get(f"{self.nodes[node]}/api/signing/requests/none", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def prover(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    folder = tmp_path_factory.mktemp("prover")
    client = {
        "client_id": "prover",
        "client_secret": SECRET,
        "grant_types": ["client_credentials"],
        "scope": "signing",
        "signing": True,
        "dpop_bound_access_tokens": True,
    }
    file = folder / "prover.json"
    file.write_text(json.dumps([client]))
    command(house.server.environment, "clients", "import", str(file), "--json")
    with beside(house.server, folder) as another:
        yield Prover((house.server.url, another.url))


@pytest.mark.timeout(600)
def test_of_twenty_parallel_uses_of_a_proof_at_two_nodes_one_succeeds(prover: Prover) -> None:
    nonce = prover.ask(prover.proof()).headers["DPoP-Nonce"]  # A slow machine may need more than ten seconds.
    for _ in range(ROUNDS):
        proof = prover.proof(nonce=nonce)
        with ThreadPoolExecutor(RIVALS) as rivals:
            answers = list(rivals.map(lambda number, sent=proof: prover.ask(sent, number % 2), range(RIVALS)))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: RIVALS - 1}
        assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_dpop_proof"}


def test_a_proof_that_one_node_has_seen_is_known_to_every_other(prover: Prover) -> None:
    proof = prover.proof()

    assert [prover.ask(proof, node).status_code for node in (0, 1, 0)] == [200, 400, 400]


def test_a_nonce_of_one_node_is_good_at_every_other(prover: Prover) -> None:
    nonce = prover.ask(prover.proof()).headers["DPoP-Nonce"]

    assert prover.ask(prover.proof(nonce=nonce, iat=system_clock() - 3600), 1).status_code == 200


def test_two_headers_are_refused_and_no_proof_of_them_is_taken(prover: Prover) -> None:
    """As two lines, which the server joins."""
    good, basic = prover.proof(), b64encode(f"prover:{SECRET}".encode()).decode()
    lines = [("DPoP", good), ("DPoP", prover.proof()), ("Authorization", f"Basic {basic}")]

    assert post_lines(prover.nodes[0], lines) == 400
    assert prover.ask(good).status_code == 200


def post_lines(node: str, lines: list[tuple[str, str]]) -> int:
    connection, body = HTTPConnection(node.removeprefix("http://"), timeout=20), "grant_type=client_credentials"
    connection.putrequest("POST", "/oidc/token")
    form = ("Content-Type", "application/x-www-form-urlencoded")
    for name, value in [*lines, form, ("Content-Length", str(len(body)))]:
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_resource_refuses_a_bound_token_without_its_proof(prover: Prover) -> None:
    """Whatever else changes: nothing that is asked without a proof is answered."""
    token = prover.ask(prover.proof()).json()["access_token"]
    path = "/api/signing/requests/none"
    right = prover.proof(path, "GET", ath=ath(token))
    stolen = [
        {"Authorization": f"Bearer {token}"},
        {"Authorization": f"DPoP {token}"},
        {"Authorization": f"Bearer {token}", "DPoP": right},
        {"Authorization": f"DPoP {token}", "DPoP": prover.proof(path, "GET")},
        {"Authorization": f"DPoP {token}", "DPoP": prover.proof(ath=ath(token))},
    ]

    for path in ("/api/signing/requests/none", "/oidc/userinfo"):
        answers = [requests.get(prover.nodes[0] + path, headers=headers, timeout=20) for headers in stolen]
        assert {answer.status_code for answer in answers} == {401}
    used = {"Authorization": f"DPoP {token}", "DPoP": right}
    assert [prover.call(used, node).status_code for node in (0, 1)] == [404, 401]
