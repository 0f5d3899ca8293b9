"""The WSGI entry: any WSGI server may load `wsgi:app`. `idp serve` does, with granian."""

import os

from idp.app import create_app
from idp.config import load

app = create_app(load(os.environ))
app.extensions["courier"].start()
