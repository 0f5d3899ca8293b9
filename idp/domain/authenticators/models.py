"""What a passkey is kept in, by its AAGUID (WebAuthn Level 3 section 6.5.1): words for its owner, never a decision."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

KNOWN: Mapping[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


def name_of(aaguid: str) -> str:
    """Such as "1Password"; empty for one that we do not know, or that does not say."""
    return KNOWN.get(aaguid, "")
