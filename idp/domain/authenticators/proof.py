"""What a method hands over when it is satisfied: who cannot make one has not proved anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KNOWLEDGE = "knowledge"
POSSESSION = "possession"
INHERENCE = "inherence"
HANDOVER = "handover"
"""The method of a proof that was given at another device and approved there; every other was given here."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One successful authentication: `factors` of the three kinds, `amr` as RFC 8176 has them, `at` in Unix seconds.

    For one that was handed over, `authenticator_id` names the session in which it was approved.
    """

    method: str
    authenticator_id: str
    factors: frozenset[str]
    amr: tuple[str, ...]
    at: int
    phishing_resistant: bool = False

    @property
    def handed_over(self) -> bool:
        """Whether it was given at another device."""
        return self.method == HANDOVER

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
