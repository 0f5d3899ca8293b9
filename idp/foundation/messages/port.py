"""A way for messages to leave."""

from typing import Protocol


class Channel(Protocol):
    """Delivers one message, or raises so that it is tried again. Must tolerate a repeat.

    The conformance suite is tests/conformance/test_channel.py.
    """

    def deliver(self, address: str, subject: str, text: str, reference: str = "") -> None:
        """`address` is an e-mail address or a telephone number (E.164); `subject` may be empty; `text` is plain.

        `reference` is the same when a message is delivered again, so that a receiver can tell a repeat.
        """
