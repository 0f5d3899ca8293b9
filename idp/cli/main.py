"""`idp`: every command in one list."""

from idp.cli import main
from idp.cli.audit import audit
from idp.cli.clients import clients
from idp.cli.database import db
from idp.cli.demo import demo
from idp.cli.doctor import doctor
from idp.cli.keys import keys
from idp.cli.people import people
from idp.cli.serve import serve

for command in (serve, demo, doctor, db, keys, clients, people, audit):
    main.add_command(command)

__all__ = ["main"]
