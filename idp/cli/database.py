"""`idp db`: the schema and the keys it refers to."""

import click

from idp.app import prepare
from idp.cli.house import House, pass_house, tell
from idp.config import MIGRATIONS
from idp.foundation import database


@click.group()
def db() -> None:
    """Bring the database up to date."""


@db.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@pass_house
def upgrade(house: House, as_json: bool) -> None:
    """Run missing migrations, then make keys that do not exist yet. Safe to repeat."""
    database.upgrade(house.store, MIGRATIONS)
    made = prepare(house.settings)
    keys = f"Made {len(made)} keys in {house.settings.keys_dir}." if made else "All keys were there."
    tell(as_json, {"keys_made": made}, "The database is up to date.", keys)
