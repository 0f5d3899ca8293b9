"""`idp people`: records that another system knew, and stopping one at once."""

from collections.abc import Callable
from pathlib import Path

import click

from idp.cli.house import House, pass_house, read_list, tell
from idp.foundation.refusal import Refusal
from idp.journeys.people import erase as erasing
from idp.journeys.people import lock as locking
from idp.journeys.people.admit import Newcomer, admit, read
from idp.journeys.people.lock import Reason


@click.group()
def people() -> None:
    """Admit people; lock, unlock and erase their records."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def import_(house: House, file: Path, as_json: bool) -> None:
    """Admit the people of FILE, a JSON list.

    Each has username, password, optionally totp_secret (Base32), claims by their OpenID Connect names, and assurance
    (low, substantial, high). A user name that is known is left as it is, so an interrupted import can be repeated.
    """
    newcomers = [_read(number, document) for number, document in enumerate(read_list(file), start=1)]
    admitted: list[str] = []
    known: list[str] = []
    with click.progressbar(newcomers, label="Admitting", hidden=as_json or len(newcomers) < 50) as bar:  # noqa: PLR2004
        for newcomer in bar:
            (known if admit(house.provider, newcomer) is None else admitted).append(newcomer.username)
    line = f"Admitted {len(admitted)} people; {len(known)} were known and left as they are."
    tell(as_json, {"imported": admitted, "known": known}, line)


def _change(command: Callable[..., None]) -> Callable[..., None]:
    """What locking and unlocking are told."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON."),
        click.option("--reason", type=click.Choice([reason.value for reason in Reason]), required=True),
        click.argument("name"),
    ):
        command = option(command)
    return command


@people.command()
@_change
@pass_house
def lock(house: House, name: str, reason: str, as_json: bool) -> None:
    """Stop the record of NAME, a user name or proven e-mail address, at once.

    Nobody signs in to it any more, its sessions end, the services are told, and every token is revoked.
    """
    person = locking.lock(house.provider, name, Reason(reason))
    tell(as_json, {"id": person.id, "status": "locked"}, f"Locked {person.id}.")


@people.command()
@_change
@pass_house
def unlock(house: House, name: str, reason: str, as_json: bool) -> None:
    """Let the locked record of NAME, a user name or proven e-mail address, work again."""
    person = locking.unlock(house.provider, name, Reason(reason))
    tell(as_json, {"id": person.id, "status": "active"}, f"Unlocked {person.id}.")


@people.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.confirmation_option(prompt="This cannot be undone. Erase the record?")
@pass_house
def erase(house: House, name: str, as_json: bool) -> None:
    """Erase the record of NAME, a user name or proven e-mail address, for ever.

    Everything personal is deleted and the person's data key destroyed; sessions and consents end, and the services are
    told. What stays is an identifier in the audit. Backups hold the data key until you delete them.
    """
    person_id = erasing.erase(house.provider, name)
    tell(as_json, {"id": person_id, "status": "closed"}, f"Erased {person_id}.")


def _read(number: int, document: dict[str, object]) -> Newcomer:
    try:
        return read(document)
    except Refusal as refusal:
        raise click.ClickException(f"Entry {number}: {refusal.reason} Nobody was admitted.") from refusal
