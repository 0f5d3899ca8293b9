"""The provider to measure: real processes, a fresh database, its clients and the people who sign in."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey

from tests.agents import Browser

IDP = [sys.executable, "-c", "from idp.cli.entry import main; main()"]
PASSWORD = "a quiet olive grove"
REDIRECT = "https://client.example/cb"
SIGNERS = 6
KNOWN = 200
"""People whom a stranger asks for, without knowing a password."""
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PX"
WEB = {
    "client_id": "web",
    "client_secret": "web-secret-0123456789-for-the-bench",
    "redirect_uris": [REDIRECT],
    "grant_types": ["authorization_code", "refresh_token"],
    "id_token_signed_response_alg": "ES256",
    "scope": "openid profile email offline_access",
    "single_factor": True,
}
SERVICE = {
    "client_id": "svc",
    "client_secret": "svc-secret-0123456789-for-the-bench",
    "redirect_uris": [REDIRECT],
    "grant_types": ["authorization_code", "client_credentials"],
    "scope": "openid api signing",
    "signing": True,
}
RESOURCE = "https://api.example.org"
API = {
    "client_id": "api",
    "client_secret": "api-secret-0123456789-for-the-bench",
    "redirect_uris": [],
    "grant_types": ["client_credentials"],
    "id_token_signed_response_alg": "ES256",
    "resources": [RESOURCE],
    "access_token_format": "jwt",
    "scope": "",
}
"""The resource server that the service's tokens are for; it reads JWTs, as the peer's does."""

FAPI_KEY = ec.generate_private_key(ec.SECP256R1())
FAPI_KID = "bench"
FAPI = {
    "client_id": "fapi",
    "profile": "fapi2-security",
    "redirect_uris": [REDIRECT],
    "grant_types": ["authorization_code"],
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "ES256",
    "id_token_signed_response_alg": "ES256",
    "dpop_bound_access_tokens": True,
    "single_factor": True,
    "scope": "openid profile",
}
"""With a key that lives as long as this process."""


def fapi_jwks() -> dict[str, object]:
    """What that client registers."""
    public = ECKey.import_key(FAPI_KEY.public_key()).as_dict(private=False)
    return {"keys": [{**public, "kid": FAPI_KID, "use": "sig", "alg": "ES256"}]}


def fapi_target() -> dict[str, str]:
    """What the load driver needs to be that client."""
    pem = FAPI_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"fapi_client_id": str(FAPI["client_id"]), "fapi_key": pem, "fapi_kid": FAPI_KID}


@dataclass(frozen=True)
class House:
    """A served provider."""

    name: str
    url: str
    folder: Path
    pid_files: list[str]

    def target(self) -> Path:
        """The load driver's description of it."""
        file = self.folder / "target.json"
        file.write_text(
            json.dumps(
                {
                    "name": self.name,
                    "issuer": self.url,
                    "client_id": WEB["client_id"],
                    "client_secret": WEB["client_secret"],
                    "cc_client_id": SERVICE["client_id"],
                    "cc_client_secret": SERVICE["client_secret"],
                    "cc_scope": "api",
                    "resource": RESOURCE,
                    "cc_expect_jwt": True,
                    "redirect_uri": REDIRECT,
                    "scope": "openid",
                    "refresh_scope": "openid offline_access",
                    "expect_rotation": True,
                    "login_form": {"username": "u{n}", "password": PASSWORD},
                    "pid_files": self.pid_files,
                    **fapi_target(),
                }
            )
        )
        return file

    def browser(self) -> Browser:
        """Somewhere on the loopback network, seldom where another was: an address has a budget of tries."""
        return Browser.at(self.url, f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250)}.1")

    def memory(self) -> float:
        """MiB that the server and its workers hold, each shared page counted once; a database server is not counted."""
        pids = _family(int((self.folder / "serve.pid").read_text()))
        told = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
        return sum(int(re.search(r"^Pss:\s+(\d+)", one, re.MULTILINE)[1]) for one in told) / 1024


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


@contextmanager
def serving(name: str, database_url: str, folder: Path, port: int, database_pid: int | None = None) -> Iterator[House]:
    """Prepare, serve with two workers, stop."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = prepared(folder, database_url, f"http://127.0.0.1:{port}")
    for kind, entries in (("clients", [WEB, SERVICE, API, FAPI | {"jwks": fapi_jwks()}]), ("people", _people())):
        file = folder / f"{kind}.json"
        file.write_text(json.dumps(entries))
        _run(environment, kind, "import", str(file))
    pids = {"serve": None, "database": database_pid}
    with (folder / "serve.log").open("wb") as log:
        command = [*IDP, "serve", "--port", str(port), "--workers", "2"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    pids["serve"] = process.pid
    try:
        url = environment["IDP_ISSUER"]
        _wait(url, folder / "serve.log")
        yield House(name, url, folder, _pid_files(folder, pids))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def prepared(folder: Path, database_url: str, issuer: str) -> dict[str, str]:
    """The settings of a provider whose database and keys are there."""
    environment = _environment(folder, database_url, issuer)
    _run(environment, "db", "upgrade")
    return environment


def known(number: int) -> str:
    """The name of somebody who has an account."""
    return f"known{number:04}"


def _people() -> list[dict[str, object]]:
    people: list[dict[str, object]] = [
        {"username": f"u{n}", "password": PASSWORD, "claims": {"name": f"User {n}", "email": f"u{n}@example.org"}}
        for n in range(64)
    ]
    signers: list[dict[str, object]] = [
        {
            "username": f"signer{n}",
            "password": PASSWORD,
            "totp_secret": SECRET + "ABCDEFGH"[n],
            "assurance": "high",
            "claims": {"name": f"Signer {n}", "given_name": "Signer", "family_name": str(n)},
        }
        for n in range(SIGNERS)
    ]
    others: list[dict[str, object]] = [{"username": known(n), "password": PASSWORD} for n in range(KNOWN)]
    return people + signers + others


def _environment(folder: Path, database_url: str, issuer: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return inherited | {
        "IDP_ISSUER": issuer,
        "IDP_DATABASE_URL": database_url,
        "IDP_DATA_DIR": str(folder / "var"),
        "IDP_KEYS_DIR": str(folder / "keys"),
        "IDP_SINGLE_FACTOR": "yes",
        "IDP_OPENED_SIGN_INS": "10000000",  # All load comes from one address.
    }


def _run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([*IDP, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)


def _pid_files(folder: Path, pids: dict[str, int | None]) -> list[str]:
    files = []
    for name, pid in pids.items():
        if pid is not None:
            file = folder / f"{name}.pid"
            file.write_text(str(pid))
            files.append(str(file))
    return files


def _wait(url: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the provider did not answer:\n{log.read_text()}")
