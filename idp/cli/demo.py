"""`idp demo`: the fictional country of Arcadia on this machine."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack

import click
import pyotp

from idp.cli.demo_country import Agency, agencies, people, settle
from idp.config import MIGRATIONS, ROOT, Settings, load
from idp.foundation import clock, database
from idp.foundation.transaction import Store
from idp.parts import create_provider, prepare
from idp.web import theme

STOP_SECONDS = 5
READY_SECONDS = 30.0
GRANIAN = ("--interface", "wsgi", "--host", "127.0.0.1", "--blocking-threads", "4", "--log-level", "warning", "--no-ws")


@click.group(invoke_without_command=True)
@click.option("--port", default=8000, show_default=True, help="The provider's port; the agencies take the next two.")
@click.option("--workers", default=2, show_default=True, help="The provider's worker processes.")
@click.option("--reset", is_flag=True, help="Throw the demo's database and keys away and begin anew.")
@click.pass_context
def demo(context: click.Context, port: int, workers: int, reset: bool) -> None:
    """Start the provider and two demo agencies on loopback, with people to sign in as; stop with Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    two = agencies(port)
    environment = _environment(port, two)
    settings = load(environment)
    _refuse_elsewhere(settings, port)
    if reset:
        _forget(settings)
    environments = _prepare(settings, two)
    # Whoever started this in the background may have had it ignore Ctrl-C; being told to end is another matter, and
    # from here on there is something to end.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as running:
        started = [_start(running, [*_idp("serve"), "--port", str(port), "--workers", str(workers)], environment)]
        for agency in two:
            command = [sys.executable, "-m", "granian", *GRANIAN, "--port", str(agency.port), agency.module]
            started.append(_start(running, command, {**os.environ, **environments[agency.client_id]}))
        running.callback(_ask_to_end, started)
        _wait([port, *(agency.port for agency in two)])
        _welcome(settings, two)
        _until_stopped()


@demo.command()
@click.argument("username")
def code(username: str) -> None:
    """Print the six digits that USERNAME's authenticator app shows now."""
    secrets = {entry["username"]: entry["totp_secret"] for entry in people() if entry.get("totp_secret")}
    if username not in secrets:
        raise click.ClickException(f"{username} has no authenticator app; these have: {', '.join(secrets)}.")
    click.echo(pyotp.TOTP(secrets[username]).now())


def _environment(port: int, two: tuple[Agency, Agency]) -> dict[str, str]:
    """This process's own, with what the demo needs where nothing was said."""
    needed = {
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_OUTBOUND_ALLOW": " ".join(f"localhost:{agency.port}" for agency in two),
        "IDP_REGISTRATION": "approval",
    }
    return needed | dict(os.environ)


def _refuse_elsewhere(settings: Settings, port: int) -> None:
    if not settings.on_loopback:
        raise click.ClickException("The demo has known passwords, so it runs on loopback only. Unset IDP_ISSUER.")
    for taken in (port, port + 1, port + 2):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", taken)) == 0:
                raise click.ClickException(f"Port {taken} is in use. Stop what uses it, or choose others: --port 9000.")


def _forget(settings: Settings) -> None:
    for path in (*settings.data_dir.glob("*"), *settings.keys_dir.glob("*.json"), settings.keys_dir / "authority"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _prepare(settings: Settings, two: tuple[Agency, Agency]) -> Mapping[str, Mapping[str, str]]:
    folder = settings.data_dir / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store(settings.database_url)
    database.upgrade(store, MIGRATIONS)
    store.dispose()
    prepare(settings)
    provider = create_provider(settings, theme.load(settings.theme))
    environments = settle(provider, folder, two)
    provider.store.dispose()
    return environments


def _idp(command: str) -> list[str]:
    return [sys.executable, "-c", "from idp.cli.entry import main; main()", command]


def _start(running: ExitStack, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own, so that whatever it started goes with it.
    process = subprocess.Popen(command, env=dict(environment), cwd=ROOT, start_new_session=True)  # noqa: S603 (our own)
    running.callback(stop, process)
    return process


def _ask_to_end(started: list[subprocess.Popen[bytes]]) -> None:
    """All at once, so that nobody waits for one after the other."""
    for process in started:
        process.terminate()


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, wait, and then insist: a server that is told to end while it starts may wait for itself."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(ports: list[int]) -> None:
    deadline = clock.monotonic() + READY_SECONDS
    for port in ports:
        while clock.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            clock.pause(0.05)
        else:
            raise click.ClickException(f"Nothing answers on port {port}; see the messages above.")


def _welcome(settings: Settings, two: tuple[Agency, Agency]) -> None:
    click.echo(f"\n  Tessera is ready: {settings.issuer}\n")
    for agency in two:
        click.echo(f"  {agency.title:18} {agency.address}")
    for title, path in (("New citizen", "/register"), ("Your account", "/account"), ("Staff console", "/console")):
        click.echo(f"  {title:18} {settings.issuer}{path}")
    click.echo(f"  {'Mail and SMS sent':18} {settings.issuer}/inbox")
    click.echo(f"  {'Verify a signature':18} {settings.issuer}/verify-signature\n\n  People to sign in as:\n")
    for entry in people():
        password = entry["password"] + (" + code" if entry.get("totp_secret") else "")
        click.echo(f"  {entry['username']:12} {password:38} {entry['about']}")
    click.echo("\n  A code is what an authenticator app shows: `.venv/bin/idp demo code USERNAME` prints it.")
    click.echo("  Passports to upload when an identity is verified: `.venv/bin/python -m demo.specimens` draws them.")
    click.echo("  Ctrl-C stops.\n")


def _until_stopped() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        click.echo("\nStopping.")
