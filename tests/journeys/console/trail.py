"""What the audit holds, as tests ask for it."""

from idp.foundation.audit import log
from idp.foundation.audit.log import Leaf
from idp.journeys.provider import Provider


def trail(provider: Provider, name: str, **wanted: str) -> list[Leaf]:
    """The events whose name begins so, oldest first."""
    with provider.reading() as connection:
        return list(reversed(log.search(connection, name=name, **wanted)))
