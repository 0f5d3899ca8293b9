"""What happened, in a form that can be hashed, kept for decades and shown to the citizen it concerns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.foundation.randomness import identifier

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
"""Sorted members, no white space, ASCII."""

Fact = str | int | bool | None | list[str]


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `name` reads room.thing.happened; `actor` and `subject` are identifiers, never names.

    `facts` hold no personal data: what is recorded here can never be erased.
    """

    name: str
    actor: str
    subject: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def leaf(self, now: int) -> str:
        """The canonical JSON that is hashed, with an identifier that makes it unique."""
        body = {
            "actor": self.actor,
            "at": now,
            "facts": dict(self.facts),
            "id": identifier(),
            "name": self.name,
            "subject": self.subject,
        }
        return _canonical(body)
