"""The log of a serving process: one line an event on standard error, in UTC, with the reference number people see.

It never holds personal data: a refusal is written by its code and reason, a crash with its traceback.
"""

import logging
import time


def configure() -> None:
    """Begin to write; whoever configured logging before this process got here is not overruled."""
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("idp").setLevel(logging.INFO)
