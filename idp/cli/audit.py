"""`idp audit`: proves that nothing recorded was changed, and searches it."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click

from idp.cli.house import House, pass_house, tell
from idp.foundation.audit import log
from idp.foundation.audit.checkpoint import KEPT_COPY
from idp.foundation.audit.log import Leaf
from idp.foundation.audit.verification import Verdict
from idp.foundation.audit.verification import verify as verify_log

READABLE_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def audit() -> None:
    """Verify and search the audit."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option(
    "--against", type=READABLE_FILE, help="A checkpoint file kept elsewhere; default: the one in IDP_DATA_DIR."
)
@pass_house
def verify(house: House, as_json: bool, against: Path | None) -> None:
    """Recompute every hash, root and signature; exits with 1 and names the first fault, if there is one.

    Needs the database and the audit keys, and nothing that is running. Keep a copy of audit-checkpoints.log where
    this machine's administrators cannot write: only such a copy shows that a whole database was rolled back.
    """
    kept = against or house.settings.data_dir / KEPT_COPY
    copy = kept.read_text() if kept.exists() else ""
    keys = house.keyring.audit_keys()
    with house.store.reading() as connection:
        verdict = verify_log(connection, house.settings.issuer, keys, copy)
    tell(as_json, asdict(verdict) | {"against": str(kept) if copy else None}, *_lines(verdict, kept if copy else None))
    if verdict.fault is not None:
        raise SystemExit(1)


@audit.command()
@click.option("--about", help="Identifier of a person, service or key that an event is about, or that acted.")
@click.option("--actor", help="Identifier of who acted.")
@click.option("--name", help="Beginning of the event's name, such as authenticators.")
@click.option("--since", type=DAY, help="First day, UTC.")
@click.option("--until", type=DAY, help="Last day, UTC.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def search(house: House, /, as_json: bool, since: datetime | None, until: datetime | None, **wanted: Any) -> None:
    """List what happened, newest first. Whoever may run this reads the database anyway, so it is not recorded."""
    first = None if since is None else _unix(since.date(), time.min)
    last = None if until is None else _unix(until.date(), time.max)
    with house.store.reading() as connection:
        leaves = log.search(connection, since=first, until=last, **wanted)
    tell(as_json, [asdict(leaf) for leaf in leaves], *map(_line, leaves))


def _lines(verdict: Verdict, kept: Path | None) -> tuple[str, ...]:
    compared = f"Compared with {kept}." if kept else "No kept checkpoint file was found, so a rollback would not show."
    waiting = f"{verdict.pending} events wait for their checkpoint."
    if verdict.fault is not None:
        return (f"FAULT: {verdict.fault}", waiting, compared)
    return (f"Sound: {verdict.leaves} events under {verdict.checkpoints} signed checkpoints.", waiting, compared)


def _line(leaf: Leaf) -> str:
    when = datetime.fromtimestamp(leaf.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    facts = " ".join(f"{name}={value}" for name, value in leaf.facts.items())
    return f"{when}  {leaf.name:34} {leaf.actor:24} {leaf.subject:24} {facts}".rstrip()


def _unix(day: date, at: time) -> int:
    return int(datetime.combine(day, at, UTC).timestamp())
