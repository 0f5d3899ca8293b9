"""What clients sign: shown twice at once, with keys and addresses of the attacker's, and to make us call somebody."""

import json
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from joserfc.jwk import ECKey

from idp.foundation.clock import system_clock
from idp.journeys.clients.register import register
from idp.protocol.errors import OAuthError
from tests import origin as origins
from tests.agents import Browser
from tests.assertions import claims, public, signed
from tests.builders import REDIRECT_URI, a_client

ROUNDS = 5
RIVALS = 20
ISSUER = "http://localhost"
SECRET = "a-secret-that-signs-0123456789-abcdef"
KEY = ECKey.generate_key("P-256", {"kid": "k"})
EVIL = ECKey.generate_key("P-256", {"kid": "k"})


@pytest.fixture(scope="module")
def two_clients(house, tmp_path_factory):
    """One with a key and one with a secret that signs, in a house of two processes."""
    common = {"redirect_uris": [REDIRECT_URI]}
    key = common | {"client_id": "key", "token_endpoint_auth_method": "private_key_jwt", "jwks": public(KEY)}
    secret = common | {
        "client_id": "secret",
        "token_endpoint_auth_method": "client_secret_jwt",
        "client_secret": SECRET,
    }
    file = tmp_path_factory.mktemp("clients") / "clients.json"
    file.write_text(json.dumps([key, secret]))
    house.server.run("clients", "import", str(file))
    return {"key": KEY, "secret": SECRET}


@pytest.mark.timeout(300)
def test_of_twenty_parallel_uses_of_an_assertion_one_succeeds(house, two_clients):
    """Each rival has an address of its own, or their failures would stop them first."""
    rivals = [Browser.at(house.server.url, f"127.77.{number}.1") for number in range(1, RIVALS + 1)]
    with ThreadPoolExecutor(RIVALS) as pool:
        for number in range(ROUNDS):
            client_id = ("key", "secret")[number % 2]
            form = {"token": "x"} | signed(claims(client_id, house.server.url, system_clock()), two_clients[client_id])
            told = list(pool.map(lambda rival: rival.post("/oidc/introspect", form).status, rivals))  # noqa: B023
            assert Counter(told) == {200: 1, 401: RIVALS - 1}


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """A server that the provider could reach and would believe, and that nobody must call."""
    with origins.serving(tmp_path_factory.mktemp("canary")) as canary:
        yield canary


@pytest.fixture
def settings(settings, canary):
    canary.heard.clear()
    return replace(settings, outbound_allow=(f"localhost:{canary.port}",), outbound_ca=canary.authority)


@pytest.fixture
def tries(client, clock):
    def tries(client_id, key, alg="", **header):
        form = {"token": "x"} | signed(claims(client_id, ISSUER, clock.now), key, alg, **header)
        return client.post("/oidc/introspect", data=form)

    return tries


def test_no_key_and_no_address_in_a_header_is_believed_or_called(provider, tries, canary):
    """CVE-2026-27962, and whoever fetched what a token told it to."""
    url = canary.put("/evil", public(EVIL))
    headers = [
        {"jwk": EVIL.as_dict(private=False)},
        {"jku": url},
        {"x5u": url},
        {"x5c": ["MIIB"]},
        {"jku": url, "jwk": EVIL.as_dict(private=False), "kid": url},
        {"kid": url},
        {"kid": "../../keys/tokens"},
        {"crit": ["jku"], "jku": url},
    ]
    a_client(provider, secret=None, client_id="key", token_endpoint_auth_method="private_key_jwt", jwks=public(KEY))
    a_client(provider, secret=SECRET, client_id="secret", token_endpoint_auth_method="client_secret_jwt")
    for header in headers:
        for client_id, key in (("key", EVIL), ("secret", EVIL), ("secret", SECRET[::-1])):
            answer = tries(client_id, key, **header)
            assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert canary.heard == []
    assert tries("key", KEY).status_code == 200


def test_addresses_inside_of_keys_are_not_called_either(provider, tries, canary):
    url = canary.put("/evil", public(EVIL))
    key = KEY.as_dict(private=False) | {"x5u": url, "jku": url}
    a_client(provider, secret=None, client_id="key", token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key]})
    assert tries("key", KEY).status_code == 200
    assert tries("key", EVIL).status_code == 401
    assert canary.heard == []


def test_the_keys_of_one_client_prove_no_other(provider, tries, canary):
    keys = canary.put("/jwks", public(EVIL))
    a_client(provider, secret=None, client_id="evil", token_endpoint_auth_method="private_key_jwt", jwks_uri=keys)
    a_client(provider, secret=None, client_id="key", token_endpoint_auth_method="private_key_jwt", jwks=public(KEY))
    assert tries("evil", EVIL).status_code == 200
    assert tries("key", EVIL).status_code == 401
    assert tries("evil", KEY).status_code == 401


@pytest.fixture
def listening():
    """A port of this machine that is allowed to nobody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        yield listener


def somewhere_private(port):
    hosts = ("127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001", "0.0.0.0")
    return [*(f"https://{host}:{port}/" for host in hosts), "https://169.254.169.254/latest/meta-data/"]


def nobody_called(listener):
    with pytest.raises(TimeoutError):
        listener.accept()
    return True


def test_no_private_address_is_called_for_keys(provider, tries, listening):
    for number, url in enumerate(somewhere_private(listening.getsockname()[1])):
        name = f"ssrf{number}"
        a_client(provider, secret=None, client_id=name, token_endpoint_auth_method="private_key_jwt", jwks_uri=url)
        answer = tries(name, EVIL)
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
        assert "127" not in answer.json["error_description"]
    assert nobody_called(listening)


def test_nor_for_a_sector(provider, listening):
    for url in somewhere_private(listening.getsockname()[1]):
        document = {"client_id": "ssrf", "redirect_uris": [REDIRECT_URI], "sector_identifier_uri": url}
        with pytest.raises(OAuthError, match="cannot be fetched") as refusal:
            register(provider, document, SECRET, "operator")
        assert refusal.value.code == "invalid_client_metadata"
    assert nobody_called(listening)


def test_a_redirect_leads_to_no_private_address(provider, tries, canary, listening):
    there = {"Location": f"https://127.0.0.1:{listening.getsockname()[1]}/"}
    url = canary.put("/moved", {}, status=307, headers=there)
    a_client(provider, secret=None, client_id="moved", token_endpoint_auth_method="private_key_jwt", jwks_uri=url)
    assert tries("moved", EVIL).status_code == 401
    with pytest.raises(OAuthError, match="not_there"):
        register(
            provider,
            {"client_id": "ssrf", "redirect_uris": [REDIRECT_URI], "sector_identifier_uri": url},
            SECRET,
            "operator",
        )
    assert canary.heard == ["/moved", "/moved"]
    assert nobody_called(listening)


def test_a_name_that_changes_its_address_in_between_is_looked_up_once(provider, tries, canary, monkeypatch):
    """DNS rebinding: the address that was judged is the one that is called."""
    canary.put("/jwks", public(EVIL))
    url = f"https://rebind.example:{canary.port}/jwks"
    asked, real = [], socket.getaddrinfo

    def lookup(host, port, *more, **options):
        if host != "rebind.example":
            return real(host, port, *more, **options)
        asked.append(host)
        return real("127.9.9.9" if len(asked) == 1 else "127.0.0.1", port, *more, **options)

    monkeypatch.setattr("idp.foundation.names.socket.getaddrinfo", lookup)
    monkeypatch.setattr("idp.foundation.destination.is_public", lambda address: str(address) == "127.9.9.9")
    a_client(provider, secret=None, client_id="rebind", token_endpoint_auth_method="private_key_jwt", jwks_uri=url)
    assert tries("rebind", EVIL).status_code == 401
    assert asked == ["rebind.example"]
    assert canary.heard == []
