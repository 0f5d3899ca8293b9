"""The WSGI entry: any WSGI server may load `wsgi:app`. `idp serve` does, with granian."""

import os

from idp.app import create_app
from idp.cli import logs
from idp.config import load

logs.configure()
app = create_app(load(os.environ))
app.extensions["courier"].start()
