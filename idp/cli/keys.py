"""`idp keys`: what keys there are, and moving those that rotate on to the next."""

from dataclasses import asdict
from datetime import UTC, datetime

import click

from idp.cli.house import House, pass_house, tell
from idp.foundation.keyring import rotation
from idp.foundation.keyring.rotation import Step


@click.group()
def keys() -> None:
    """Look after the keys."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def list_(house: House, as_json: bool) -> None:
    """List every key with its purpose and state; private parts are never shown."""
    known = rotation.listing(house.store)
    lines = [f"{key.state:9} {key.purpose:15} {key.algorithm:8} {_when(key.changed_at)}  {key.kid}" for key in known]
    tell(as_json, [asdict(key) for key in known], *lines or ["There are no keys yet. Run `idp db upgrade`."])


@keys.command()
@click.option("--emergency", is_flag=True, help="Replace every rotating key now, and trust none there was.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def rotate(house: House, emergency: bool, as_json: bool) -> None:
    """Move each rotating key on: next becomes active, active becomes retiring, a new next is published.

    A key that was published less than a day ago waits, because a relying party may have cached the JWKS without it.
    Run it from a timer as often as you like. --emergency is for keys that may have leaked: all that rotate are
    replaced and the old ones withdrawn at once. Relying parties that cached the JWKS will refuse signatures until they
    fetch it again.
    """
    steps = rotation.rotate(house.store, house.keyring, emergency=emergency)
    tell(as_json, [asdict(step) for step in steps], *map(_line, steps))


def _line(step: Step) -> str:
    if step.rotated:
        return f"rotated  {step.purpose} {step.algorithm}: {step.active_kid} signs, {step.next_kid} is next"
    return f"waits    {step.purpose} {step.algorithm}: {step.next_kid} may be used from {_when(step.usable_at)}"


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
