"""mod_auth_openidc in Debian's Apache and our provider."""

import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from idp.foundation.clock import monotonic, pause
from tests.agents import Browser, Page
from tests.fixtures.house import PASSWORD, House
from tests.serving import command, free_port

MODULES = Path("/usr/lib/apache2/modules")
CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
{user}
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
LoadModule headers_module {modules}/mod_headers.so
DocumentRoot {folder}/www
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {secret}
OIDCRedirectURI http://localhost:{port}/private/callback
OIDCCryptoPassphrase {secret}
OIDCScope "openid profile"
OIDCPKCEMethod S256
OIDCResponseMode {mode}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRemoteUserClaim name
<Location /private>
  AuthType openid-connect
  Require valid-user
  Header set X-Remote-User expr=%{{REMOTE_USER}}
</Location>
"""


@dataclass(frozen=True)
class Apache:
    """A running Apache with a private page."""

    url: str
    folder: Path


@pytest.fixture(params=["query", "form_post"])
def apache(request: pytest.FixtureRequest, house: House) -> Iterator[Apache]:
    port, secret = free_port(), "a-secret-for-apache-0123456789abcdef"
    with tempfile.TemporaryDirectory(prefix="apache-") as name:  # pytest's own folders are closed to www-data
        folder = Path(name)
        folder.chmod(0o755)
        _register(house, folder, port, secret)
        with _running(folder, house.server.url, port, secret, request.param) as started:
            yield started


def _register(house: House, folder: Path, port: int, secret: str) -> None:
    client = {
        "client_id": "apache",
        "single_factor": True,
        "client_secret": secret,
        "redirect_uris": [f"http://localhost:{port}/private/callback"],
        "scope": "openid profile",
    }
    file = folder / "apache.json"
    file.write_text(json.dumps([client]))
    command(house.server.environment, "clients", "import", str(file), "--json")
    pause(2.5)  # Workers may hold the registration of the last test for two seconds.


@contextmanager
def _running(folder: Path, issuer: str, port: int, secret: str, mode: str) -> Iterator[Apache]:
    (folder / "www" / "private").mkdir(parents=True)
    (folder / "www" / "private" / "index.html").write_text("a private page")
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else f"User {pwd.getpwuid(os.geteuid()).pw_name}"
    values = {"folder": folder, "issuer": issuer, "port": port, "secret": secret, "mode": mode}
    file = folder / "apache.conf"
    file.write_text(CONFIGURATION.format(modules=MODULES, user=user, **values))
    program = shutil.which("apache2", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program is not None, "Apache is missing: apt-get install apache2 libapache2-mod-auth-openidc"
    # A session of its own: Apache ends by signalling its whole process group.
    process = subprocess.Popen([program, "-f", str(file), "-D", "FOREGROUND"], start_new_session=True)
    try:
        _wait(port, folder)
        yield Apache(f"http://localhost:{port}", folder)
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, folder: Path) -> None:
    deadline = monotonic() + 15
    browser = Browser(f"http://localhost:{port}")
    while monotonic() < deadline:
        try:
            browser.http.get(f"http://localhost:{port}/", timeout=2)
        except OSError:
            pause(0.1)
        else:
            return
    raise AssertionError((folder / "error.log").read_text())


def test_apache_lets_in_who_signed_in(house: House, apache: Apache) -> None:
    browser, visitor = house.browser(), Browser(apache.url)
    asked = visitor.get("/private/index.html")
    landed = browser.sign_in(browser.get(asked.url), "ana", PASSWORD)
    page = _deliver(visitor, landed)
    assert page.text == "a private page", (apache.folder / "error.log").read_text()
    assert page.headers["X-Remote-User"] == "Ana"


def _deliver(visitor: Browser, landed: Page) -> Page:
    """The browser brings the answer to Apache: by its address, or by the form that it was given."""
    if landed.url.startswith(visitor.base):
        return visitor.get(landed.url)
    action, values = landed.forms()[0]
    assert re.fullmatch(r"http://localhost:\d+/private/callback", action)
    return visitor.post(action, values)
