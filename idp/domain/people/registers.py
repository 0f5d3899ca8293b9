"""The built-in population register: a CSV file, for a demonstration or a small office."""

import csv
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from idp.domain.people.port import Inquiry, RegisteredDocument, RegisterEntry, same_number
from idp.protocol.mrz_names import spellings

COLUMNS = (
    "national_identifier",
    "tax_number",
    "name",
    "given_name",
    "family_name",
    "given_name_latin",
    "family_name_latin",
    "birthdate",
    "gender",
    "place_of_birth",
    "country_of_birth",
    "nationality",
    "street_address",
    "postal_code",
    "locality",
    "status",
    "passport_number",
    "passport_issued_on",
    "passport_expires_on",
    "idcard_number",
    "idcard_issued_on",
    "idcard_expires_on",
    "revoked_documents",
    "portrait_sha256",
)
KINDS = ("passport", "idcard")
STATUSES = {"alive": True, "deceased": False}


NOBODY = RegisterEntry(**dict.fromkeys(COLUMNS[: COLUMNS.index("status")], ""), alive=False, documents=())
"""Somebody to compare with when there is nobody, so that it takes as long."""


class CsvRegister:
    """Reads the file once; a changed file is seen after a restart.

    Columns are COLUMNS, in UTF-8; `status` is alive or deceased; `revoked_documents` holds numbers apart by spaces.
    """

    def __init__(self, path: Path) -> None:
        """Raises ValueError, naming the file and the line, for a file that is not such a register."""
        self._by_number: dict[str, RegisterEntry] = {}
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise ValueError(f"{path}: the first line must name the columns {', '.join(COLUMNS)}")
            for line, row in enumerate(rows, start=2):
                try:
                    self._add(_entry(row))
                except (KeyError, TypeError, ValueError) as error:
                    raise ValueError(f"{path}, line {line}: {error}") from error

    def find(self, inquiry: Inquiry) -> RegisterEntry | None:
        """See PopulationRegister.find."""
        number = inquiry.document_number or inquiry.national_identifier
        entry = self._by_number.get(_key(number, document=bool(inquiry.document_number)))
        # Compared whole and in one go, also with nobody, so that neither answer nor time tells what was wrong.
        agrees = [hmac.compare_digest(_said(inquiry), spelling) for spelling in _known(entry or NOBODY)]
        return entry if any(agrees) else None

    def _add(self, entry: RegisterEntry) -> None:
        keys = [_key(document.number, document=True) for document in entry.documents]
        for key in (*keys, _key(entry.national_identifier, document=False)):
            if key in self._by_number:
                raise ValueError(f"{key.partition(':')[2]} stands in the register twice")
            self._by_number[key] = entry


def same_name(text: str) -> str:
    """A name reduced to what two spellings of it share: letters alone, without case, marks, spaces and hyphens."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _key(number: str, *, document: bool) -> str:
    return f"{'document' if document else 'identifier'}:{same_number(number)}"


def _said(inquiry: Inquiry) -> bytes:
    return _spelling(inquiry.given_name, inquiry.family_name, inquiry.birthdate)


def _known(entry: RegisterEntry) -> tuple[bytes, ...]:
    """In the person's own script, in Latin letters, and in the two ways a machine-readable zone may write those."""
    ways = [(entry.given_name, entry.family_name), (entry.given_name_latin, entry.family_name_latin)]
    zone = [(min(spellings(name), default=""), max(spellings(name), default="")) for name in ways[1]]
    ways += zip(*zone, strict=True)
    return tuple(_spelling(given_name, family_name, entry.birthdate) for given_name, family_name in ways)


def _spelling(given_name: str, family_name: str, birthdate: str) -> bytes:
    # A single name may stand in either box: forms say "given name", passports print it as the surname.
    names = list(filter(None, (same_name(given_name), same_name(family_name))))
    return "|".join([*names, birthdate]).encode()


def _entry(row: Mapping[str, str]) -> RegisterEntry:
    if None in row or None in row.values():
        raise ValueError("too many or too few columns")
    for column in ("national_identifier", "given_name", "birthdate", "nationality"):
        if not row[column]:
            raise ValueError(f"{column} is empty")
    date.fromisoformat(row["birthdate"])
    plain = {name: row[name] for name in COLUMNS[: COLUMNS.index("status")]}
    documents = tuple(_document(row, kind) for kind in KINDS if row[f"{kind}_number"])
    return RegisterEntry(
        **plain, alive=STATUSES[row["status"]], documents=documents, portrait_sha256=row["portrait_sha256"]
    )


def _document(row: Mapping[str, str], kind: str) -> RegisteredDocument:
    number, issued_on, expires_on = (row[f"{kind}_{part}"] for part in ("number", "issued_on", "expires_on"))
    if date.fromisoformat(issued_on) >= date.fromisoformat(expires_on):
        raise ValueError(f"{kind} {number} expires before it is issued")
    revoked = number in row["revoked_documents"].split()
    return RegisteredDocument(kind, number, row["nationality"], issued_on, expires_on, revoked)
