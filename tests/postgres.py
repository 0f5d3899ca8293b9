"""A private PostgreSQL server for one run of the tests: its own data folder, its own socket, gone at the end."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from os import geteuid
from pathlib import Path

import psycopg
from psycopg import sql

MISSING = "PostgreSQL is missing: apt-get install postgresql (it is looked for on PATH and under /usr/lib/postgresql)"
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "fsync": "off",  # What is proved here is who wins, not what survives a power cut.
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Server:
    """A running server. It is reached by its socket, which only its folder's owner and root can enter."""

    folder: Path
    _numbers: Iterator[int]

    def url(self, database: str) -> str:
        """For Store and IDP_DATABASE_URL."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def run(self, statement: sql.Composable) -> None:
        """One statement outside any transaction, such as CREATE DATABASE."""
        with psycopg.connect(user="postgres", dbname="postgres", host=str(self.folder), autocommit=True) as connection:
            connection.execute(statement)

    def create(self, template: str = "template0") -> str:
        """A fresh database, a copy of `template`; returns its name."""
        name = f"test_{next(self._numbers)}"
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Remove it, whoever is still connected."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


@contextmanager
def running() -> Iterator[Server]:
    """Start a server and stop it at the end, or when this process dies. Raises FileNotFoundError if there is none."""
    folder = Path(tempfile.mkdtemp(prefix="tessera-postgres-"))
    try:
        if geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        data = folder / "data"
        initdb = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(
            [*_as_ordinary_user(), _program("initdb"), *initdb, "-D", data], check=True, stdout=subprocess.DEVNULL
        )
        settings = [f"--{name}={value}" for name, value in OPTIONS.items()]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*_as_ordinary_user(), _program("postgres"), "-D", data, "-k", folder, *settings],
                stderr=log,
                stdout=log,
            )
        try:
            _wait(process, folder)
            yield Server(folder, count())
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    places = [shutil.which(name), *sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), reverse=True)]
    found = next(filter(None, places), None)
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


def _as_ordinary_user() -> list[str]:
    # The server refuses to run as root, and must not outlive a run that was killed.
    death = ["setpriv", "--pdeathsig=INT"]
    return [*death, "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if geteuid() == 0 else death


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(user="postgres", dbname="postgres", host=str(folder)).close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
