import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from idp.config import MIGRATIONS
from idp.foundation import database
from idp.foundation.transaction import Store
from migrations import schema


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A store over a database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.db"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.url(server.create())
    store = Store(url)
    yield store
    store.dispose()


def test_the_migrations_add_up_to_the_tables_of_every_room(empty):
    database.upgrade(empty, MIGRATIONS)
    with empty.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.whole()) == []


def test_an_upgrade_may_be_repeated(empty):
    database.upgrade(empty, MIGRATIONS)
    database.upgrade(empty, MIGRATIONS)
    database.check(empty, MIGRATIONS)


def test_a_database_without_a_version_is_told_from_one_that_is_up_to_date(empty):
    with pytest.raises(database.Outdated, match=r"at version none|There is no database"):
        database.check(empty, MIGRATIONS)


def test_every_migration_can_be_taken_back(empty):
    database.upgrade(empty, MIGRATIONS)
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    with empty.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with empty.reading() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]


def test_loading_the_application_declares_no_table_that_the_schema_lacks():
    known = set(schema.whole().tables)
    __import__("idp.app")
    assert set(schema.whole().tables) == known
