"""A client's own JWT, which no row remembers: ended while it is used, forged, and brought back by another node."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.fixtures.house import House
from tests.serving import Server, beside, command

ROUNDS = 5
RIVALS = 20
SECRET = "a-secret-of-the-batch-0123456789-abcdef"
RESOURCE = "https://wages.example/api"
SERVER = {
    "client_id": "wages",
    "client_secret": SECRET,
    "grant_types": ["client_credentials"],
    "id_token_signed_response_alg": "ES256",
    "resources": [RESOURCE],
    "access_token_format": "jwt",
    "scope": "",
}
BATCH = {"client_id": "batch", "client_secret": SECRET, "grant_types": ["client_credentials"], "scope": "wages:read"}
INACTIVE = {"active": False}


@dataclass(frozen=True)
class Office:
    """A client that works at night, the resource server it calls, and two nodes that both may ask."""

    house: House
    nodes: tuple[str, str]

    def post(self, path: str, form: dict[str, str], who: str, node: int = 0) -> requests.Response:
        return requests.post(f"{self.nodes[node]}{path}", data=form, auth=(who, SECRET), timeout=20)

    def token(self) -> str:
        form = {"grant_type": "client_credentials", "resource": RESOURCE}
        token: str = self.post("/oidc/token", form, "batch").json()["access_token"]
        return token

    def told(self, token: str, node: int = 0) -> dict[str, object]:
        """What the resource server is told about it."""
        told: dict[str, object] = self.post("/oidc/introspect", {"token": token}, "wages", node).json()
        return told

    def ends(self, token: str, node: int = 0, who: str = "batch") -> int:
        return self.post("/oidc/revoke", {"token": token}, who, node).status_code

    def endings(self) -> int:
        """How many the audit knows."""
        return len(self.house.server.run("audit", "search", "--name", "oidc.token.revoked", "--limit", "1000"))


@pytest.fixture(scope="module")
def office(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    registered(house.server, folder, SERVER, BATCH)
    with beside(house.server, folder) as another:
        yield Office(house, (house.server.url, another.url))


def registered(server: Server, folder: Path, *clients: dict[str, object]) -> None:
    file = folder / "clients.json"
    file.write_text(json.dumps(clients))
    command(server.environment, "clients", "import", str(file), "--json")


@pytest.mark.timeout(600)
def test_of_parallel_revocations_at_two_nodes_one_is_recorded_and_nothing_is_good_after_the_first(
    office: Office, tmp_path: Path
) -> None:
    def rival(number: int, token: str) -> tuple[int, dict[str, object]]:
        """Ends it, and asks about it at the other node as soon as that is answered."""
        return office.ends(token, number % 2), office.told(token, (number + 1) % 2)

    before = office.endings()
    tokens = [office.token() for _ in range(ROUNDS)]
    for token in tokens:
        assert office.told(token, 1)["active"] is True
        with ThreadPoolExecutor(RIVALS) as rivals:
            answers = list(rivals.map(lambda number, it=token: rival(number, it), range(RIVALS)))
        assert answers == [(200, INACTIVE)] * RIVALS

    assert office.endings() == before + ROUNDS
    with beside(office.house.server, tmp_path) as started_later:
        later = Office(office.house, (started_later.url, started_later.url))
        assert [later.told(token) for token in tokens] == [INACTIVE] * ROUNDS


def test_parallel_uses_of_one_that_nobody_ended_are_all_good(office: Office) -> None:
    token = office.token()
    with ThreadPoolExecutor(RIVALS) as rivals:
        told = list(rivals.map(lambda number: office.told(token, number % 2)["active"], range(RIVALS)))

    assert told == [True] * RIVALS
    assert office.ends(token, who="wages") == 200
    assert office.told(token)["active"] is True  # it is not its server's to end


def test_nothing_in_it_can_be_written_anew(office: Office) -> None:
    token = office.token()
    assert office.ends(token) == 200
    head, body, signature = token.split(".")
    claims = json.loads(urlsafe_b64decode(body + "=="))
    another = office.token().split(".")
    changes: list[dict[str, object]] = [
        {"jti": claims["jti"][:-22] + "A" * 22},
        {"jti": "A" * 22},
        {"exp": claims["exp"] + 900},
        {"client_id": "wages", "sub": "wages"},
    ]
    forged = [f"{head}.{encoded(claims | change)}.{signature}" for change in changes]
    forged += [f"{head}.{body}.{another[2]}", f"{another[0]}.{another[1]}.{signature}"]
    forged += [f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{body}.AA", f"{head}.{body}.", f"{token}."]

    assert [office.told(one) for one in forged] == [INACTIVE] * len(forged)
    before = office.endings()
    assert {office.ends(one) for one in forged} == {200}
    assert office.endings() == before


def encoded(document: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_a_server_that_reads_no_jwts_any_more_is_told_that_none_is_good(office: Office, tmp_path: Path) -> None:
    token = office.token()
    registered(office.house.server, tmp_path, SERVER | {"access_token_format": "opaque"})
    with beside(office.house.server, tmp_path) as fresh:
        assert Office(office.house, (fresh.url, fresh.url)).told(token) == INACTIVE
    registered(office.house.server, tmp_path, SERVER)
