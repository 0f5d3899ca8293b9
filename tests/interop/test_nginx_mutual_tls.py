"""Debian's nginx ends TLS as the operators' handbook says, and clients show certificates to it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from idp.foundation.clock import monotonic, pause, system_clock
from tests.agents import REDIRECT, Browser, RelyingParty
from tests.architecture.source import ROOT
from tests.fixtures.house import CLIENT, PASSWORD, Furnished
from tests.holders import Authority, Holder, self_signed
from tests.serving import Server, command, free_port, serving

HEADER = "X-SSL-Client-Cert"
FRAME = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {server}
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx before a provider, and who comes to it."""

    server: Server
    url: str
    folder: Path
    issued: Holder
    own: Holder
    other: Holder

    def post(self, path: str, form: dict[str, str], shown: Holder | None, **headers: str) -> requests.Response:
        return self._session(shown).post(self.url + path, data=form, headers=headers, timeout=20)

    def userinfo(self, token: str, shown: Holder | None, **headers: str) -> requests.Response:
        headers["Authorization"] = f"Bearer {token}"
        return self._session(shown).get(f"{self.url}/oidc/userinfo", headers=headers, timeout=20)

    def tokens(self, client_id: str, shown: Holder) -> Any:
        """Ana signs in at the first address; the service redeems the code at the second, with its certificate."""
        asking = RelyingParty(self.server.url, client_id, "")
        path, verifier = asking.request()
        browser = Browser(self.server.url)
        code = browser.sign_in(browser.get(path), "ana", PASSWORD).parameters["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": verifier}
        return self.post("/oidc/token", form | {"client_id": client_id}, shown).json()

    def _session(self, shown: Holder | None) -> requests.Session:
        session = requests.Session()
        session.trust_env, session.verify = False, str(self.folder / "root.pem")
        if shown is not None:
            kept = self.folder / f"{shown.thumbprint}.pem"
            kept.write_bytes(shown.key_pem + shown.pem.encode())
            session.cert = str(kept)
        return session


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, furnished: Furnished) -> Iterator[Front]:
    folder, port = tmp_path_factory.mktemp("front"), free_port()
    authority = Authority(system_clock())
    (folder / "root.pem").write_bytes(authority.pem)
    database_url = furnished.copy("sqlite", folder)
    told = {"certificate_header": HEADER, "trusted_proxies": "127.0.0.1", "client_ca": str(folder / "root.pem")}
    url = f"https://localhost:{port}"
    with serving(folder, database_url, upgraded=True, mtls_url=url, **told) as server:
        own, issued = self_signed(system_clock()), authority.issues()
        _register(server, folder, own)
        with _nginx(folder, server, port, authority):
            yield Front(server, url, folder, issued, own, self_signed(system_clock()))


def _register(server: Server, folder: Path, own: Holder) -> None:
    common = {name: value for name, value in CLIENT.items() if name != "client_secret"}
    common |= {"tls_client_certificate_bound_access_tokens": True, "redirect_uris": [REDIRECT]}
    issued = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=agency,O=Arcadia,C=XA"}
    selfish = {"token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": own.jwks}
    file = folder / "holders.json"
    file.write_text(json.dumps([common | issued | {"client_id": "issued"}, common | selfish | {"client_id": "own"}]))
    command(server.environment, "clients", "import", str(file), "--json")


@contextmanager
def _nginx(folder: Path, server: Server, port: int, authority: Authority) -> Iterator[None]:
    ours = authority.issues(x509.DNSName("localhost"), usage=ExtendedKeyUsageOID.SERVER_AUTH)
    (folder / "server.pem").write_text(ours.pem)
    (folder / "server.key").write_bytes(ours.key_pem)
    file = folder / "nginx.conf"
    file.write_text(FRAME.format(folder=folder, server=_documented(folder, server, port)))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "nginx is missing: apt-get install nginx-light"
    process = subprocess.Popen([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)])
    try:
        _wait(port, folder)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _documented(folder: Path, server: Server, port: int) -> str:
    """The handbook's configuration, with this machine's names."""
    found = re.search(r"```nginx\n(.*?)```", (ROOT / "docs" / "operators.md").read_text(), re.DOTALL)
    assert found is not None
    here = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/tessera/mtls.id.example.org.pem": f"{folder}/server.pem",
        "/etc/tessera/mtls.id.example.org.key": f"{folder}/server.key",
        "http://127.0.0.1:8000": server.url.replace("localhost", "127.0.0.1"),
    }
    text = found[1]
    for documented, ours in here.items():
        assert documented in text
        text = text.replace(documented, ours)
    return text


def _wait(port: int, folder: Path) -> None:
    deadline = monotonic() + 15
    while monotonic() < deadline:
        try:
            requests.get(f"https://localhost:{port}/", verify=str(folder / "root.pem"), timeout=2)
        except OSError:
            pause(0.1)
        else:
            return
    raise AssertionError((folder / "error.log").read_text())


def test_metadata_leads_to_the_second_address(front: Front) -> None:
    told = front.server.get("/.well-known/openid-configuration")

    assert told["mtls_endpoint_aliases"]["token_endpoint"] == f"{front.url}/oidc/token"
    assert told["tls_client_certificate_bound_access_tokens"] is True


@pytest.mark.parametrize("method", ["issued", "own"])
def test_a_certificate_says_who_asks_and_its_token_is_of_use_to_nobody_else(front: Front, method: str) -> None:
    shown = {"issued": front.issued, "own": front.own}[method]
    tokens = front.tokens(method, shown)

    assert front.userinfo(tokens["access_token"], shown).json()["sub"]
    for thief in (None, front.other):
        refused = front.userinfo(tokens["access_token"], thief)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    plain = requests.get(
        f"{front.server.url}/oidc/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}, timeout=20
    )
    assert plain.status_code == 401


@pytest.mark.parametrize("client_id", ["issued", "own"])
def test_another_certificate_or_none_is_refused(front: Front, client_id: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": client_id}
    wrong = {"issued": front.own, "own": front.issued}[client_id]

    for shown in (None, front.other, wrong):
        answer = front.post("/oidc/token", form, shown)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_what_a_visitor_writes_under_that_name_does_not_get_through(front: Front) -> None:
    token = front.tokens("own", front.own)["access_token"]
    form = {"token": token, "client_id": "own"}

    for name in (HEADER, HEADER.lower(), HEADER.replace("-", "_"), "X-SSL_Client-Cert"):
        for shown in (None, front.other):
            lied = front.post("/oidc/introspect", form, shown, **{name: front.own.header})
            assert lied.json()["error"] == "invalid_client"
            assert front.userinfo(token, shown, **{name: front.own.header}).status_code == 401
    assert front.post("/oidc/introspect", form, front.own).json()["active"] is True


def test_who_comes_past_the_proxy_is_not_believed(front: Front) -> None:
    stranger = Browser.at(front.server.url, "127.0.0.2").http
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "own"}
    lies = {HEADER: front.own.header, "X-Forwarded-For": "127.0.0.1"}
    answer = stranger.post(f"{front.server.url}/oidc/token", data=form, headers=lies, timeout=20)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_certificate_whose_time_is_over_is_refused_at_the_door(front: Front) -> None:
    ago = Authority(system_clock() - 400 * 24 * 3600).issues()
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "issued"}

    assert front.post("/oidc/token", form, ago).status_code == 400
