"""`idp clients`: the register of relying parties."""

import json
from pathlib import Path
from typing import Any

import click

from idp.cli.house import House, pass_house, tell
from idp.domain.clients import registry
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx


@click.group()
def clients() -> None:
    """Register and list relying parties."""


@clients.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def import_(house: House, file: Path, as_json: bool) -> None:
    """Register the clients of FILE, a JSON list of RFC 7591 metadata, each with its client_id.

    Clients with a secret add client_secret; clients with private_key_jwt add jwks. A client_id that is known is
    replaced. All of them are registered, or, if one is faulty, none.
    """
    documents = read_list(file)
    with house.provider.transaction() as tx:
        names = [_register(tx, house, number, document) for number, document in enumerate(documents, start=1)]
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


class _Faulty(click.ClickException):
    """Stops the import; the transaction rolls back, so nothing was registered."""


def _register(tx: Tx, house: House, number: int, document: dict[str, Any]) -> str:
    secret = document.pop("client_secret", None)
    name = str(document.get("client_id", f"number {number}"))
    try:
        digest = None if secret is None else registry.secret_digest(house.provider.client_secret_key, name, str(secret))
        client = registry.register(tx, document, digest, "operator")
    except Refusal as refusal:
        raise _Faulty(f"Client {name}: {refusal.reason} Nothing was registered.") from refusal
    if secret is None and client.metadata.token_endpoint_auth_method.startswith("client_secret"):
        raise _Faulty(f"Client {name}: client_secret is missing. Nothing was registered.")
    return client.id
