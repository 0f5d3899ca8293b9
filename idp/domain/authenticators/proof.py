"""What a method hands over when it is satisfied: who cannot make one has not proved anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KNOWLEDGE = "knowledge"
POSSESSION = "possession"
INHERENCE = "inherence"


@dataclass(frozen=True, slots=True)
class Proof:
    """One successful authentication: `factors` of the three kinds, `amr` as RFC 8176 has them, `at` in Unix seconds."""

    method: str
    authenticator_id: str
    factors: frozenset[str]
    amr: tuple[str, ...]
    at: int
    phishing_resistant: bool = False

    def document(self) -> dict[str, object]:
        """For storing as JSON; `of` reads it back."""
        return {
            "method": self.method,
            "authenticator_id": self.authenticator_id,
            "factors": sorted(self.factors),
            "amr": list(self.amr),
            "at": self.at,
            "phishing_resistant": self.phishing_resistant,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Proof":
        """What `document` wrote."""
        return cls(**{**document, "factors": frozenset(document["factors"]), "amr": tuple(document["amr"])})
