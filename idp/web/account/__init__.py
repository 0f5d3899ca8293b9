"""The citizen's account: one file a page.

It leaves what each page changes to journeys.account.
"""

from idp.web.account import (
    activity,
    close,
    contacts,
    former,
    my_data,
    passkeys,
    security,
    services,
    sessions,
    text_message,
)
from idp.web.account.frame import blueprint

__all__ = [
    "activity",
    "blueprint",
    "close",
    "contacts",
    "former",
    "my_data",
    "passkeys",
    "security",
    "services",
    "sessions",
    "text_message",
]
