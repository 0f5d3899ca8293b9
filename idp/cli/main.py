"""`idp`: every command in one list, and the one place where a refusal becomes words on a terminal."""

import sys
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from idp.cli.audit import audit
from idp.cli.clients import clients
from idp.cli.database import db
from idp.cli.demo import demo
from idp.cli.doctor import doctor
from idp.cli.keys import keys
from idp.cli.passwords import passwords
from idp.cli.people import people
from idp.cli.serve import serve
from idp.config import Misconfigured
from idp.foundation.keyring.port import MissingKey
from idp.foundation.refusal import Refusal


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
        except MissingKey as error:
            click.echo(f"A key is missing: {error}", err=True)
        except DBAPIError as error:
            click.echo(f"The database cannot be used: {str(error.orig).partition(chr(10))[0]}", err=True)
            click.echo("See that it runs and that IDP_DATABASE_URL is right. If it is new: idp db upgrade", err=True)
        sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tessera", prog_name="idp")
def main() -> None:
    """Run and look after a Tessera identity provider."""


for _command in (serve, demo, doctor, db, keys, clients, people, passwords, audit):
    main.add_command(_command)
