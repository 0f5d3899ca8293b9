"""The peer to beat, node-oidc-provider, on the same kind of database. Needs Node 22 or newer; left out without it."""

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import house

HERE = Path(__file__).parent / "peers" / "node-oidc-provider"
NEWEST_UNFIT = 21
SYNCED = "-synced"
"""How the name of one ends that waits for the disk."""


def node() -> str | None:
    """A fit Node: of BENCH_NODE, or on the PATH."""
    program = os.environ.get("BENCH_NODE") or shutil.which("node")
    if program is None:
        return None
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return program if int(version.lstrip("v").split(".")[0]) > NEWEST_UNFIT else None


@contextmanager
def serving(
    program: str, store: str, folder: Path, port: int, database_pid: int | None = None, *, synced: bool = False
) -> Iterator[Path]:
    """Install once, serve with two processes, stop; yields the load driver's description.

    As its adapter comes it leaves commits on SQLite to the operating system; `synced` waits for the disk as we do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    work = folder.parent / "node-oidc-provider"
    if not (work / "node_modules").exists():
        shutil.copytree(HERE, work, dirs_exist_ok=True)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=work, check=True)
    environment = os.environ | {"PORT": str(port), "STORE": store, "KEYFILE": str(folder / "keys.json")}
    environment["FAPI_JWKS"] = json.dumps(house.fapi_jwks())
    environment["SQLITE_SYNC"] = "FULL" if synced else "NORMAL"
    once = subprocess.Popen([program, "server.js"], cwd=work, env=environment | {"WORKERS": "1"})
    _wait(port)  # One process makes the keys and the tables before two can race for them.
    once.terminate()
    once.wait(10)
    process = subprocess.Popen([program, "server.js"], cwd=work, env=environment | {"WORKERS": "2"})
    try:
        _wait(port)
        name = f"node-{store.partition(':')[0]}{SYNCED if synced else ''}"
        yield _target(name, folder, port, [process.pid, *([database_pid] if database_pid else [])])
    finally:
        process.terminate()
        process.wait(10)


def _target(name: str, folder: Path, port: int, pids: list[int]) -> Path:
    file = folder / "target.json"
    target = {
        "name": name,
        "issuer": f"http://127.0.0.1:{port}",
        "client_id": "web",
        "client_secret": "web-secret-0123456789",
        "cc_client_id": "svc",
        "cc_client_secret": "svc-secret-0123456789",
        "cc_scope": "api",
        "resource": "https://api.example.org",
        "cc_expect_jwt": True,
        "redirect_uri": "https://client.example/cb",
        "scope": "openid",
        "refresh_scope": "openid profile",
        "expect_rotation": True,
        "pids": pids,
        **house.fapi_target(),
    }
    file.write_text(json.dumps(target))
    return file


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/.well-known/openid-configuration", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the peer did not answer")
