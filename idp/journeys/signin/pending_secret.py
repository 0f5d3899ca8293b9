"""Secrets of a journey half done, sealed between two of its pages."""

import base64

from idp.foundation.refusal import Refusal
from idp.foundation.vault.box import Box

CONTEXT = "journey"


def sealed(box: Box, text: str) -> str:
    """As text for a journey's facts."""
    return base64.b64encode(box.seal(CONTEXT, text.encode())).decode()


def read(box: Box, kept: str | None) -> str:
    """What was sealed; empty if nothing was. Raises Refusal("box.unreadable") for what was not made here."""
    try:
        return "" if kept is None else box.open(CONTEXT, base64.b64decode(kept, validate=True)).decode()
    except ValueError:
        raise Refusal("box.unreadable", "a sealed secret is no base64") from None
