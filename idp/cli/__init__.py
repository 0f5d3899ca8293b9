"""The command line owns what an operator types; each command is one short file.

It leaves the work to journeys and the rooms below, and wiring to idp.app.
"""

import json
import os
import sys
from functools import cached_property
from typing import Any

import click

from idp.app import create_keyring, create_provider
from idp.config import Misconfigured, Settings, load
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.journeys.provider import Provider
from idp.web import theme


class House:
    """What commands share: settings read once, and the rest built when a command asks for it."""

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
    def provider(self) -> Provider:
        """Everything journeys use."""
        return create_provider(self.settings, theme.load(self.settings.theme))


pass_house = click.make_pass_decorator(House, ensure=True)


def tell(as_json: bool, document: Any, *lines: str) -> None:
    """Print for a machine or for a person."""
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


class _Group(click.Group):
    """A group whose commands fail in words: what happened, why, what to do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Translate what the storeys below refuse."""
        try:
            return super().invoke(ctx)
        except Misconfigured as error:
            click.echo("The settings are wrong:", err=True)
            for fault in error.faults:
                click.echo(f"  {fault}", err=True)
            click.echo("Correct them and try again; `idp doctor --help` explains each setting.", err=True)
        except Refusal as refusal:
            click.echo(f"Refused: {refusal.reason or refusal.code}", err=True)
        sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tessera", prog_name="idp")
def main() -> None:
    """Run and look after a Tessera identity provider."""
