"""The schema's version: one command brings it up to date before workers start; they only check it."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from idp.foundation.transaction import Store


class Outdated(Exception):
    """The database is not at the version this code was written for."""


def upgrade(store: Store, folder: str) -> None:
    """Run every migration that is missing."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = _config(folder)
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(store: Store, folder: str) -> None:
    """Raises Outdated naming the version found and the one needed."""
    needed = ScriptDirectory.from_config(_config(folder)).get_current_head()
    if store.is_sqlite and not Path(store.url.database or "").exists():  # To look into it would make it.
        raise Outdated(f"There is no database at {store.url.database} yet.")
    with store.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != needed:
        raise Outdated(f"The database is at version {found or 'none'}, this code needs {needed}.")


def _config(folder: str) -> Config:
    config = Config()
    config.set_main_option("script_location", folder)
    return config
