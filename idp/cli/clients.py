"""`idp clients`: the register of relying parties."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from idp.cli.house import House, pass_house, tell
from idp.cli.invitations import invitations, invite, renew, withdraw
from idp.cli.lint import lint
from idp.domain.clients import registry
from idp.domain.clients.registry import Change
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.protocol.registration import parse_metadata


@click.group()
def clients() -> None:
    """Register and list relying parties."""


@clients.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Change nothing; only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def import_(house: House, file: Path, dry_run: bool, as_json: bool) -> None:
    """Register the clients of FILE, a JSON list of RFC 7591 metadata, each with its client_id.

    Clients with a secret add client_secret; clients with private_key_jwt add jwks. A client_id that is known is
    replaced; one that is registered so already is left alone. All of them are registered, or, if one is faulty, none.
    """
    entries = [_entry(number, document) for number, document in enumerate(read_list(file), start=1)]
    if dry_run:
        with house.store.reading() as connection:
            done = {entry.name: _change(connection, house, entry) for entry in entries}
    else:
        with house.provider.transaction() as tx:
            done = {entry.name: _register(tx, house, entry) for entry in entries}
    by_change = {one.value: [name for name, change in done.items() if change is one] for one in Change}
    said = "; ".join(f"{change}: {', '.join(names)}" for change, names in by_change.items() if names)
    began = "Nothing was changed. It would be" if dry_run else f"Registered {len(done)} clients"
    tell(as_json, {"imported": [] if dry_run else list(done), **by_change}, f"{began}: {said or 'none'}.")


@clients.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def list_(house: House, as_json: bool) -> None:
    """List every registered client."""
    with house.store.reading() as connection:
        found = registry.listing(connection)
    rows = [{"client_id": client.id, "name": client.metadata.name(), "status": client.status} for client in found]
    tell(as_json, rows, *(f"{row['client_id']:24} {row['status']:10} {row['name']}" for row in rows))


@clients.command()
@click.argument("client_id")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def show(house: House, client_id: str, as_json: bool) -> None:
    """Show one client: every member of its metadata, defaults included."""
    with house.store.reading() as connection:
        client = registry.get(connection, client_id)
    told = {"status": client.status, **client.metadata.document()}
    tell(as_json, told, *(f"{name:40} {_spoken(value)}" for name, value in told.items()))


@clients.command()
@pass_house
def export(house: House) -> None:
    """Print every client as `import` reads it, without secrets: they are not kept."""
    with house.store.reading() as connection:
        tell(True, list(registry.documents(connection).values()))


for _command in (invite, invitations, withdraw, renew, lint):
    clients.add_command(_command)


def _spoken(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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


@dataclass(frozen=True, slots=True)
class _Entry:
    """One client of the file; its secret does not stay in what is kept of it."""

    name: str
    document: dict[str, Any]
    secret: str | None

    def digest(self, house: House) -> str | None:
        """What is kept of the secret."""
        key = house.provider.client_secret_key
        return None if self.secret is None else registry.secret_digest(key, self.name, self.secret)


def _entry(number: int, document: dict[str, Any]) -> _Entry:
    secret = document.pop("client_secret", None)
    return _Entry(str(document.get("client_id", f"number {number}")), document, None if secret is None else str(secret))


def _register(tx: Tx, house: House, entry: _Entry) -> Change:
    change = _change(tx.connection, house, entry)
    registry.register(tx, entry.document, entry.digest(house), "operator")
    return change


def _change(connection: Connection, house: House, entry: _Entry) -> Change:
    """What registering it changes."""
    try:
        change = registry.change(connection, entry.document, entry.digest(house))
    except Refusal as refusal:
        raise _Faulty(f"Client {entry.name}: {refusal.reason} Nothing was registered.") from refusal
    if entry.secret is None and _needs_secret(entry.document):
        raise _Faulty(f"Client {entry.name}: client_secret is missing. Nothing was registered.")
    return change


def _needs_secret(document: dict[str, Any]) -> bool:
    return parse_metadata(document).token_endpoint_auth_method.startswith("client_secret")
