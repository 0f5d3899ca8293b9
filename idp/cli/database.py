"""`idp db`: the schema and the keys it refers to."""

from typing import TYPE_CHECKING

import click

from idp.cli.house import House, pass_house, tell
from idp.config import MIGRATIONS
from idp.foundation.deferred import deferred

if TYPE_CHECKING:
    from idp import parts
    from idp.foundation import database
else:
    parts = deferred("idp.parts")
    database = deferred("idp.foundation.database")


@click.group()
def db() -> None:
    """Bring the database up to date."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def upgrade(house: House, as_json: bool) -> None:
    """Run missing migrations, then make keys that do not exist yet. Safe to repeat."""
    database.upgrade(house.store, MIGRATIONS)
    made = parts.prepare(house.settings)
    keys = f"Made {len(made)} keys in {house.settings.keys_dir}." if made else "All keys were there."
    tell(as_json, {"keys_made": made}, "The database is up to date.", keys)
