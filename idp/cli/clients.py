"""`idp clients`: the register of relying parties."""

import json
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from idp.cli.house import House, pass_house, read_list, tell
from idp.cli.invitations import invitations, invite, renew, withdraw
from idp.cli.lint import lint
from idp.domain.clients import registry
from idp.domain.clients.registry import Change, Client, Faulty
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.clients.register import Checked, checked, write


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

    Clients with a secret add client_secret; clients with private_key_jwt add jwks or jwks_uri. A client_id that is
    known is replaced; one that is registered so already is left alone. All of them are registered, or, if one is
    faulty, none. The document of a sector_identifier_uri is fetched when it or the redirect_uris are new.
    """
    found = [_checked(house, number, document) for number, document in enumerate(read_list(file), start=1)]
    if dry_run:
        with house.store.reading() as connection:
            done = {one.client_id: _change(connection, one) for one in found}
    else:
        with house.provider.transaction() as tx:
            done = {one.client_id: _register(tx, one) for one in found}
    by_change = {one.value: [name for name, change in done.items() if change is one] for one in Change}
    said = "; ".join(f"{change}: {', '.join(names)}" for change, names in by_change.items() if names)
    began = "Nothing was changed. It would be" if dry_run else f"Registered {len(done)} clients"
    tell(as_json, {"imported": [] if dry_run else list(done), **by_change}, f"{began}: {said or 'none'}.")


@clients.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def list_(house: House, as_json: bool) -> None:
    """List every registered client, and what today's rules refuse: such a client can do nothing."""
    with house.store.reading() as connection:
        found = registry.listing(connection)
    rows = [_row(client, client.metadata.name()) for client in found.sound]
    rows += [_row(faulty, faulty.name, faulty.faults) for faulty in found.faulty]
    rows.sort(key=itemgetter("client_id"))
    tell(as_json, rows, *(line for row in rows for line in _lines(row)))


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


def _row(client: Client | Faulty, name: str, faults: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"client_id": client.id, "name": name, "status": client.status, "faults": list(faults)}


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['client_id']:24} {row['status']:10} {row['name']}"
    for fault in row["faults"]:
        yield f"   refused today   {fault}"


def _spoken(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _checked(house: House, number: int, document: dict[str, Any]) -> Checked:
    name = document.get("client_id", f"number {number}")
    secret = document.pop("client_secret", None)
    try:
        return checked(house.provider, document, secret)
    except Refusal as refusal:
        raise _faulty(str(name), refusal) from refusal


def _register(tx: Tx, found: Checked) -> Change:
    change = _change(tx.connection, found)
    try:
        write(tx, found, "operator")
    except Refusal as refusal:  # As another exception, so that the transaction rolls back and nothing was registered.
        raise _faulty(found.client_id, refusal) from refusal
    return change


def _change(connection: Connection, found: Checked) -> Change:
    """What registering it changes."""
    return registry.change(connection, found.document, found.digest)


def _faulty(name: str, refusal: Refusal) -> click.ClickException:
    return click.ClickException(f"Client {name}: {refusal.reason} Nothing was registered.")
