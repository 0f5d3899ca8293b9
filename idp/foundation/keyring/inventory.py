"""Reads keys/inventory.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the inventory."""

    purpose: str
    algorithm: str
    rotates: bool


def read(path: Path) -> tuple[Entry, ...]:
    """All entries, in the file's order."""
    document = tomllib.loads(path.read_text())
    return tuple(Entry(key["purpose"], key["algorithm"], key["rotates"]) for key in document["key"])
