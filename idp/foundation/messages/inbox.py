"""A Channel for development: messages stay here, where a page shows them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from idp.foundation.messages.tables import inbox_messages
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box

CONTEXT = "inbox"


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its receiver would see it."""

    id: int
    at: int
    address: str
    subject: str
    text: str


class InboxChannel:
    """Keeps every message instead of sending it."""

    def __init__(self, store: Store, box: Box) -> None:
        self._store = store
        self._box = box

    def deliver(self, address: str, subject: str, text: str, _reference: str = "") -> None:
        """See Channel.deliver."""
        body = json.dumps({"address": address, "subject": subject, "text": text}).encode()
        with self._store.transaction() as tx:
            tx.execute(insert(inbox_messages), {"sealed": self._box.seal(CONTEXT, body), "at": tx.now})


def latest(connection: Connection, box: Box, address: str = "", limit: int = 50) -> Sequence[Message]:
    """Newest first; of one address only, if given."""
    statement = select(inbox_messages).order_by(inbox_messages.c.id.desc()).limit(500)
    messages = [
        Message(row.id, row.at, **json.loads(box.open(CONTEXT, row.sealed))) for row in connection.execute(statement)
    ]
    return [message for message in messages if address in ("", message.address)][:limit]
