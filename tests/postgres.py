"""A private PostgreSQL server for one run of the tests: its own data folder, its own socket, gone at the end."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from os import geteuid
from pathlib import Path
from typing import Any

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
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
_DISCONNECT = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {_OTHERS}"


@dataclass(frozen=True)
class Server:
    """A running server. It is reached by its socket, which only its folder's owner and root can enter."""

    folder: Path
    _numbers: Iterator[int]
    _sweepers: dict[str, psycopg.Connection[tuple[Any, ...]]] = field(default_factory=dict)
    """A connection for each database that is emptied again and again: a new one would have all tables to learn."""

    def url(self, database: str) -> str:
        """For Store and IDP_DATABASE_URL."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A new database without any table, or like one where nobody is connected; returns its name."""
        name = f"test_{next(self._numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._run("postgres", statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def empty(self, database: str, tables: Collection[str]) -> None:
        """Put it back as it was made: `tables` without rows, no other table, nobody else connected.

        Copying a template instead takes 90 to 360 ms a time; this takes 5.
        """
        sweeper = self._sweeper(database)
        sweeper.execute(_DISCONNECT)
        found = {row[0] for row in sweeper.execute(_TABLES)}
        statements = [sql.SQL("DROP TABLE {} CASCADE").format(sql.Identifier(name)) for name in found - {*tables}]
        statements += [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables]
        sweeper.execute(sql.SQL("; ").join(statements))

    def run(self, database: str, statement: str) -> None:
        """Run a statement where `empty` is at home."""
        self._sweeper(database).execute(statement)

    def close(self) -> None:
        """Let go of it before it stops."""
        for sweeper in self._sweepers.values():
            sweeper.close()

    def _sweeper(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        known = self._sweepers.get(database)
        if known is not None:
            try:
                known.execute("SELECT 1")
            except psycopg.OperationalError:  # A test had every connection cut.
                known.close()
            else:
                return known
        found = self._sweepers[database] = self._connect(database)
        found.execute("SET session_replication_role = replica")  # Foreign keys do not matter in the order of `empty`.
        return found

    def _connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(user="postgres", dbname=database, host=str(self.folder), autocommit=True)

    def _run(self, database: str, statement: sql.Composable) -> None:
        with self._connect(database) as connection:
            connection.execute(statement)


@contextmanager
def running(**options: str) -> Iterator[Server]:
    """Start a server and stop it at the end, or when this process dies; `options` replace those of a test.

    Raises FileNotFoundError if there is none.
    """
    folder = Path(tempfile.mkdtemp(prefix="tessera-postgres-"))
    try:
        if geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        data = folder / "data"
        initdb = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(
            [*_as_ordinary_user(), _program("initdb"), *initdb, "-D", data], check=True, stdout=subprocess.DEVNULL
        )
        settings = [f"--{name}={value}" for name, value in (OPTIONS | options).items()]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*_as_ordinary_user(), _program("postgres"), "-D", data, "-k", folder, *settings],
                stderr=log,
                stdout=log,
            )
        try:
            _wait(process, folder)
            server = Server(folder, count())
            yield server
            server.close()
        finally:
            process.send_signal(signal.SIGINT)  # Fast: clients are cut off, not waited for.
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
