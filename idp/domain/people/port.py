"""The population register: who exists, under which names and documents. A port, because every country has its own."""

import unicodedata
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Everything a citizen says of themselves. One of `document_number` and `national_identifier` is given.

    `given_name` and `family_name` are as printed, in any script; somebody with a single name leaves `family_name`
    empty. `birthdate` is YYYY-MM-DD.
    """

    given_name: str
    family_name: str
    birthdate: str
    document_number: str = ""
    national_identifier: str = ""


@dataclass(frozen=True, slots=True)
class RegisteredDocument:
    """A document the state issued. Dates are YYYY-MM-DD; `country` is ISO 3166-1 alpha-3."""

    kind: str
    """`passport` or `idcard`."""
    number: str
    country: str
    issued_on: str
    expires_on: str
    revoked: bool = False
    """Lost, stolen or withdrawn."""


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One person as the state knows them; names in their own script and in the Latin letters of a passport.

    `name` is the whole name as its bearer writes it: families come first in some languages.
    """

    national_identifier: str
    tax_number: str
    name: str
    given_name: str
    family_name: str
    given_name_latin: str
    family_name_latin: str
    birthdate: str
    gender: str
    place_of_birth: str
    country_of_birth: str
    nationality: str
    street_address: str
    postal_code: str
    locality: str
    alive: bool
    documents: tuple[RegisteredDocument, ...]
    portrait_sha256: str = ""
    """Of the portrait that the register holds, hexadecimal; empty if it holds none."""


def same_number(number: str) -> str:
    """A document number or identifier without what differs from form to form: case, spaces and hyphens."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", number).upper()))


class PopulationRegister(Protocol):
    """Finds one person by everything they say, or nobody.

    The answer never tells which part was wrong: that would let a stranger guess a citizen's data one part at a time.
    The conformance suite is tests/conformance/test_population_register.py.
    """

    def find(self, inquiry: Inquiry) -> RegisterEntry | None:
        """The entry, the dead included, if document or identifier, names and date of birth all agree; else None.

        Raises Refusal("people.register_unavailable") if the register cannot be asked now.
        """
