"""`idp` in processes of their own that need not read everything anew: each is forked from one that has.

What runs is the command itself, with its own arguments, environment and files; only the second that Python needs to
read it is spent once. tests/cli/test_commands.py starts it as people do, too.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from idp.cli import entry
from idp.cli.main import COMMANDS

LONGEST_SECONDS = 60
_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload([f"idp.cli.{module}" for module, _ in COMMANDS.values()])


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def idp(environment: Mapping[str, str], *arguments: str) -> Done:
    """Run one command to its end, with nothing to read from."""
    with TemporaryDirectory() as folder:
        said, complained = Path(folder, "stdout"), Path(folder, "stderr")
        process = _FORKED.Process(target=_run, args=(arguments, dict(environment), str(said), str(complained)))
        process.start()
        process.join(LONGEST_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise AssertionError(f"idp {' '.join(arguments)} does not end: {said.read_text()}{complained.read_text()}")
        return Done(process.exitcode, said.read_text(), complained.read_text())


def _run(arguments: tuple[str, ...], environment: dict[str, str], said: str, complained: str) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((said, 1), (complained, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.argv = ["idp", *arguments]
    entry.main()
