"""`idp serve` as operators run it: real processes on a free loopback port."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idp.foundation.clock import monotonic, pause
from tests import warm

IDP = [sys.executable, "-c", "from idp.cli.entry import main; main()"]
READY_SECONDS = 30.0
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
USUAL_EDGE, PORTS = 32_768, 8_000
"""Where the kernel's own ports begin, if it does not say, and how far below we look."""
LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
_CLAIMED: list[socket.socket] = []


@dataclass(frozen=True, slots=True)
class Server:
    """A running provider. `environment` holds its settings, for commands beside it."""

    url: str
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def run(self, *arguments: str) -> Any:
        """Another `idp` command on the same installation; returns what it says with --json."""
        return command(self.environment, *arguments, "--json")

    def get(self, path: str) -> Any:
        """A JSON document of the provider."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)


def free_port(together: int = 1) -> int:
    """A loopback port where nobody listens, the first of as many as are asked for; nobody else is given them.

    They lie below those that the kernel gives to outgoing connections: one of these would take the port before the
    server does. Whoever runs these tests beside us, in whatever worker, sees our claims and goes on.
    """
    run: list[socket.socket] = []
    for port in _below_the_kernel():
        claim = _claim(port)
        if claim is None:
            while run:
                run.pop().close()
            continue
        run.append(claim)
        if len(run) == together:
            _CLAIMED.extend(run)
            return port - together + 1
    raise AssertionError(f"no {together} free ports in a row")


def _below_the_kernel() -> range:
    edge = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else USUAL_EDGE
    if edge - PORTS < 1024:
        edge = USUAL_EDGE  # This kernel gives away nearly all there are, and there is no better place.
    return range(edge - PORTS, edge)


def _claim(port: int) -> socket.socket | None:
    """The claim, which lasts as long as this process; or None if another has it, or somebody listens there."""
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0tessera-tests-port-{port}")  # In Linux's abstract space: no file that could stay behind.
    except OSError:
        claim.close()
        return None
    if all(_is_free(family, host, port) for family, host in LOOPBACK):
        return claim
    claim.close()
    return None


def _is_free(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((host, port))
    except OSError as error:
        return error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}  # A machine without IPv6.
    return True


def settings(folder: Path, database_url: str, port: int, **more: str) -> dict[str, str]:
    """The environment of a provider that keeps everything in `folder`; `more` as issuer="…", without IDP_."""
    named = {
        "issuer": f"http://localhost:{port}",
        "database_url": database_url,
        "data_dir": str(folder / "var"),
        "keys_dir": str(folder / "keys"),
        "argon2_memory_kib": "64",
        "argon2_time": "1",
        "single_factor": "yes",
        **more,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    return inherited | {f"IDP_{name.upper()}": value for name, value in named.items()}


def command(environment: Mapping[str, str], *arguments: str) -> Any:
    """Run one `idp` command that must succeed; returns the JSON it prints, or None."""
    done = warm.idp(environment, *arguments)
    assert done.returncode == 0, f"idp {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout) if done.stdout.strip() else None


@contextmanager
def serving(
    folder: Path,
    database_url: str,
    *,
    workers: int = 1,
    upgraded: bool = False,
    arguments: Sequence[str] = (),
    **more: str,
) -> Iterator[Server]:
    """Upgrade the database, if nobody did, serve, and stop at the end with every worker."""
    port = free_port()
    environment = settings(folder, database_url, port, **more)
    if not upgraded:
        command(environment, "db", "upgrade", "--json")
    with _started(environment, port, workers, folder / "serve.log", arguments) as server:
        yield server


@contextmanager
def beside(server: Server, folder: Path, *, workers: int = 1) -> Iterator[Server]:
    """Another node of the same installation, behind an address of its own: same database, keys and issuer."""
    port = free_port()
    with _started(server.environment, port, workers, folder / "beside.log") as another:
        yield another


@contextmanager
def _started(
    environment: Mapping[str, str], port: int, workers: int, log: Path, arguments: Sequence[str] = ()
) -> Iterator[Server]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*IDP, "serve", "--port", str(port), "--workers", str(workers), *arguments],
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        server = Server(f"http://localhost:{port}", environment, process)
        _wait(server, log)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        finally:
            _end(process.pid)


def _wait(server: Server, log: Path) -> None:
    deadline = monotonic() + READY_SECONDS
    while monotonic() < deadline and server.process.poll() is None:
        try:
            server.get("/health/ready")
        except OSError:
            pause(0.05)
        else:
            return
    raise AssertionError(f"idp serve did not answer:\n{log.read_text()}")


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return  # Everybody left when asked to.
