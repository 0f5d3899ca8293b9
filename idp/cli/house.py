"""What commands share: settings read once, and the rest built when a command asks for it."""

import json
import os
from functools import cached_property
from typing import Any

import click

from idp.app import create_keyring, create_provider
from idp.config import Misconfigured, Settings, load
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.transaction import Store
from idp.journeys.provider import Provider
from idp.web import theme


class House:
    """The provider's parts, each built at its first use."""

    @cached_property
    def settings(self) -> Settings:
        """Raises Misconfigured naming every fault at once."""
        return load(os.environ)

    @cached_property
    def store(self) -> Store:
        """The database."""
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store(self.settings.database_url)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys, without the rest of the provider."""
        return create_keyring(self.settings, self.store)

    @cached_property
    def country(self) -> theme.Theme:
        """The country pack. Raises Misconfigured for one that cannot be read."""
        try:
            return theme.load(self.settings.theme)
        except (ValueError, TypeError, OSError) as error:
            raise Misconfigured([f"IDP_THEME: {self.settings.theme} cannot be read: {error}"]) from error

    @cached_property
    def provider(self) -> Provider:
        """Everything journeys use."""
        return create_provider(self.settings, self.country)


pass_house = click.make_pass_decorator(House, ensure=True)


def tell(as_json: bool, document: Any, *lines: str) -> None:
    """Print for a machine or for a person."""
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)
