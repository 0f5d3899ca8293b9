"""The machine side: one file per endpoint of OpenID Connect and OAuth 2.0; engine.py alone knows Authlib's server.

It leaves every decision to journeys.oidc and every rule to protocol.
"""

from flask import Flask

from idp.journeys.provider import Provider
from idp.web.oidc import authorize, discovery, logout, machine
from idp.web.oidc.engine import Engine


def init(app: Flask, provider: Provider) -> None:
    """Add the endpoints."""
    app.extensions["oidc_engine"] = Engine(provider)
    for endpoint in (authorize, machine, logout):
        app.register_blueprint(endpoint.blueprint)
    discovery.init(app, provider)
