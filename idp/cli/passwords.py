"""`idp passwords`: the list of passwords that leaked elsewhere, made small."""

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

import click

from idp.cli.house import tell
from idp.domain.authenticators.breached import Breached, Unfit, prepare


@click.group()
def passwords() -> None:
    """Look after the list of passwords that nobody may choose."""


@passwords.command("prepare")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def prepare_(file: Path, out: Path, as_json: bool) -> None:
    """Make of FILE, a download of haveibeenpwned.com ordered by hash, the compact list OUT, less than half as long.

    OUT appears when it is complete, in one step, and replaces what was there; a provider that runs keeps the old list
    until it is started again. Name OUT in IDP_BREACHED_PASSWORDS.
    """
    folder = out.resolve().parent
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{out.name}-")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            _write(file, target, quiet=as_json)
            target.flush()
            os.fsync(target.fileno())
        count = _count(unfinished)
        unfinished.chmod(0o644)
        unfinished.replace(out)
    except Unfit as error:
        raise click.ClickException(f"{file} {error} {out} was not written.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    tell(
        as_json, {"file": str(out), "hashes": count}, f"{out} holds {count:,} hashes. Set IDP_BREACHED_PASSWORDS={out}"
    )


def _write(file: Path, target: BinaryIO, *, quiet: bool) -> None:
    """Copy, with a bar that shows how far it is."""
    with (
        file.open("rb") as source,
        click.progressbar(length=file.stat().st_size, label="Preparing", hidden=quiet) as bar,
    ):
        for read in prepare(source, target):
            bar.update(read - bar.pos)


def _count(path: Path) -> int:
    made = Breached(path)
    made.close()
    return made.count
