"""OpenID Connect and OAuth 2.0: pages under Flask, programs before it; engine.py alone knows Authlib's server.

It leaves every decision to journeys.oidc and every rule to protocol.
"""

from collections.abc import Mapping

from flask import Flask

from idp.journeys.provider import Provider
from idp.web.oidc import authorize, logout
from idp.web.oidc.machine import Machine


def init(app: Flask, provider: Provider, *, links: Mapping[str, str], https: bool) -> None:
    """Add the endpoints. `links` are the pages that metadata names, by their names there."""
    for endpoint in (authorize, logout):
        app.register_blueprint(endpoint.blueprint)
    machine = app.extensions["machine"] = Machine(app, provider, links=links, https=https)
    app.wsgi_app = machine  # type: ignore[method-assign]
