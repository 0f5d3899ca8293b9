"""`idp clients`: the register of relying parties."""

import json
from pathlib import Path
from typing import Any

import click

from idp.cli.house import House, pass_house, tell
from idp.domain.clients import registry
from idp.foundation.refusal import Refusal
from idp.journeys.clients.register import Checked, checked, write


@click.group()
def clients() -> None:
    """Register and list relying parties."""


@clients.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def import_(house: House, file: Path, as_json: bool) -> None:
    """Register the clients of FILE, a JSON list of RFC 7591 metadata, each with its client_id.

    Clients with a secret add client_secret; clients with private_key_jwt add jwks or jwks_uri. A client_id that is
    known is replaced. All of them are registered, or, if one is faulty, none. The document of a sector_identifier_uri
    is fetched when it or the redirect_uris are new.
    """
    found = [_checked(house, number, document) for number, document in enumerate(read_list(file), start=1)]
    with house.provider.transaction() as tx:
        names = [write(tx, one, "operator").id for one in found]
    tell(as_json, {"imported": names}, f"Registered {len(names)} clients: {', '.join(names)}.")


@clients.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def list_(house: House, as_json: bool) -> None:
    """List every registered client."""
    with house.store.reading() as connection:
        found = registry.listing(connection)
    rows = [{"client_id": client.id, "name": client.metadata.name(), "status": client.status} for client in found]
    tell(as_json, rows, *(f"{row['client_id']:24} {row['status']:10} {row['name']}" for row in rows))


def read_list(file: Path) -> list[dict[str, Any]]:
    """A JSON file that must hold a list of objects."""
    try:
        documents = json.loads(file.read_text())
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON: {error}") from error
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        raise click.ClickException(f"{file} must hold a JSON list of objects.")
    return documents


def _checked(house: House, number: int, document: dict[str, Any]) -> Checked:
    name = document.get("client_id", f"number {number}")
    secret = document.pop("client_secret", None)
    try:
        return checked(house.provider, document, secret)
    except Refusal as refusal:
        raise click.ClickException(f"Client {name}: {refusal.reason} Nothing was registered.") from refusal
