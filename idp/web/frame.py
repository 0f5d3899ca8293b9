"""How views reach what app.py built."""

from typing import cast

from flask import current_app

from idp.journeys.provider import Provider


def provider() -> Provider:
    """The provider of the running application."""
    return cast("Provider", current_app.extensions["provider"])
