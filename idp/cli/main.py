"""`idp`: every command in one list, and the one place where a refusal becomes words on a terminal."""

import importlib
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from idp.config import Misconfigured
from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

if TYPE_CHECKING:
    from sqlalchemy import exc

    from idp.foundation.keyring import port
else:
    exc = deferred("sqlalchemy.exc")
    port = deferred("idp.foundation.keyring.port")

COMMANDS: Mapping[str, tuple[str, str]] = {
    "audit": ("audit", "Verify and search the audit."),
    "clients": ("clients", "Register and list relying parties."),
    "db": ("database", "Bring the database up to date."),
    "demo": ("demo", "Start the provider and two demo agencies on loopback."),
    "doctor": ("doctor", "Check that this installation is fit to run."),
    "keys": ("keys", "Look after the keys."),
    "passwords": ("passwords", "Look after the list of passwords that nobody may choose."),
    "people": ("people", "Admit people; lock, unlock and erase their records."),
    "serve": ("serve", "Serve the provider until stopped with Ctrl-C."),
}
"""Each with its module beside this one and the line that `idp --help` says of it: only what is typed is read."""


class _Group(click.Group):
    """A group whose commands are read when they are asked for, and fail in words: what happened, why, what to do."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click gives it)
        """Those above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click gives it)
        """The command from its module."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"idp.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; for one that is misspelt it would suggest none of those above."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as unknown:
            raise click.exceptions.NoSuchCommand(unknown.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click gives it)
        """The list, for which no command need be read."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Translate what the storeys below refuse."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, SystemExit):
            raise  # Said already.
        except Misconfigured as error:
            click.echo("The settings are wrong:", err=True)
            for fault in error.faults:
                click.echo(f"  {fault}", err=True)
            click.echo("Correct them and try again; `idp doctor --help` explains each setting.", err=True)
        except Refusal as refusal:
            click.echo(f"Refused: {refusal.reason or refusal.code}", err=True)
        except port.MissingKey as error:
            click.echo(f"A key is missing: {error}", err=True)
        except exc.DBAPIError as error:
            click.echo(f"The database cannot be used: {str(error.orig).partition(chr(10))[0]}", err=True)
            click.echo("See that it runs and that IDP_DATABASE_URL is right. If it is new: idp db upgrade", err=True)
        sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tessera", prog_name="idp")
def main() -> None:
    """Run and look after a Tessera identity provider."""
