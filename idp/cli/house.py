"""What commands share: settings read once, and the rest built when a command asks for it."""

import json
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idp.config import Misconfigured, Settings, load
from idp.foundation.deferred import deferred

if TYPE_CHECKING:
    from idp import parts
    from idp.foundation import transaction
    from idp.foundation.keyring import keyring
    from idp.journeys.provider import Provider
    from idp.web import theme
else:
    parts = deferred("idp.parts")
    theme = deferred("idp.web.theme")
    transaction = deferred("idp.foundation.transaction")


class House:
    """The provider's parts, each built at its first use."""

    @cached_property
    def settings(self) -> Settings:
        """Raises Misconfigured naming every fault at once."""
        return load(os.environ)

    @cached_property
    def store(self) -> "transaction.Store":
        """The database."""
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return transaction.Store(self.settings.database_url)

    @cached_property
    def keyring(self) -> "keyring.Keyring":
        """The keys, without the rest of the provider."""
        return parts.create_keyring(self.settings, self.store)

    @cached_property
    def country(self) -> "theme.Theme":
        """The country pack. Raises Misconfigured for one that cannot be read."""
        try:
            return theme.load(self.settings.theme)
        except (ValueError, TypeError, OSError) as error:
            raise Misconfigured([f"IDP_THEME: {self.settings.theme} cannot be read: {error}"]) from error

    @cached_property
    def provider(self) -> "Provider":
        """Everything journeys use."""
        return parts.create_provider(self.settings, self.country)


pass_house = click.make_pass_decorator(House, ensure=True)


def tell(as_json: bool, document: Any, *lines: str) -> None:
    """Print for a machine or for a person."""
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


def read_list(file: Path) -> list[dict[str, Any]]:
    """A JSON file that must hold a list of objects."""
    try:
        documents = json.loads(file.read_text())
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON: {error}") from error
    if not isinstance(documents, list) or not all(isinstance(document, dict) for document in documents):
        raise click.ClickException(f"{file} must hold a JSON list of objects.")
    return documents
