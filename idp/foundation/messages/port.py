"""A way for messages to leave."""

from typing import Protocol


class Channel(Protocol):
    """Delivers one message, or raises so that it is tried again. Must tolerate a repeat."""

    def deliver(self, address: str, subject: str, text: str) -> None:
        """`address` is an e-mail address or a telephone number; `subject` may be empty; `text` is plain."""
