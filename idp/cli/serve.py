"""`idp serve`: the web server, with several worker processes."""

import os
import socket
import sys

import click

from idp.cli.house import House, pass_house
from idp.config import MIGRATIONS, ROOT
from idp.foundation.database import Outdated, check
from idp.foundation.processors import usable

LEAN = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "262144"}
"""glibc otherwise keeps an arena for each thread, and keeps what a password's hash took: a worker grows by half."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option(
    "--workers",
    type=click.IntRange(0),
    default=0,
    help="Worker processes; 0 (the default) means one for each processor, at most 8.",
)
@click.option(
    "--pin/--no-pin",
    default=None,
    help="Keep each worker on one processor (Linux). The default is to do so if there is a worker for each.",
)
@pass_house
def serve(house: House, host: str, port: int, workers: int, *, pin: bool | None) -> None:
    """Serve the provider until stopped with Ctrl-C.

    The database must be at this version (`idp db upgrade`); workers never change the schema.
    """
    try:
        check(house.store, MIGRATIONS)
    except Outdated as error:
        raise click.ClickException(f"{error} Run `idp db upgrade`, then serve again.") from error
    _refuse_taken(host, port)
    places = 1 if house.store.is_sqlite else 4
    house.provider  # noqa: B018 (a missing key or file is told here, once, and not by each worker)
    house.store.dispose()
    count = workers or min(usable(), 8)
    pinned = count >= usable() if pin is None else pin  # Fewer leave room for others, and go where there is room.
    with_workers = f"with {count} workers{', each kept to one processor' if pinned else ''}"
    click.echo(f"Serving {house.settings.issuer} on http://{host}:{port} {with_workers}; stop with Ctrl-C.")
    sys.stdout.flush()
    os.chdir(ROOT)
    # The server takes this process's place, so that the parent of the workers carries none of what was checked here.
    arguments = (host, *(str(number) for number in (port, count, places, int(pinned))))
    command = (sys.executable, "-c", "from idp.cli.entry import workers; workers()", *arguments)
    os.execve(command[0], command, dict(os.environ) | LEAN)  # noqa: S606 (no shell)


def _refuse_taken(host: str, port: int) -> None:
    """The workers share their port, and so would another server there: each would get some of the visitors."""
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # What just stopped there is in nobody's way.
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"Nothing can listen on {host} port {port}: {error.strerror}. Choose others: --host, --port."
        ) from error
