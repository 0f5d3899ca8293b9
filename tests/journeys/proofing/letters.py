"""What the outbox holds, opened as the courier would."""

import base64
import json

from sqlalchemy import literal_column, select

from idp.foundation.outbox import outbox
from idp.journeys.provider import Provider


def subjects_to(provider: Provider, person_id: str) -> list[str]:
    """The subjects of all letters to somebody made by `a_citizen`, in the order they were written."""
    return [letter["subject"] for letter in letters(provider) if letter["address"].startswith(person_id)]


def letters(provider: Provider) -> list[dict[str, str]]:
    """Every letter in the outbox."""
    with provider.reading() as connection:
        # A second is long. PostgreSQL writes where there is room, so the transaction's number comes first.
        order = ("xmin::text::bigint", "ctid") if connection.dialect.name == "postgresql" else ("rowid",)
        messages = select(outbox.c.payload).where(outbox.c.kind == "message")
        statement = messages.order_by(outbox.c.created_at, *map(literal_column, order))
        payloads = connection.execute(statement).scalars().all()
    return [_opened(provider, json.loads(payload)["sealed"]) for payload in payloads]


def _opened(provider: Provider, sealed: str) -> dict[str, str]:
    letter: dict[str, str] = json.loads(provider.box.open("message", base64.b64decode(sealed)))
    return letter
