"""What a citizen typed, what the document's zone says and what the register knows, side by side. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from idp.domain.people.registers import same_name
from idp.domain.proofing.desk import File
from idp.domain.proofing.details import Details, Found
from idp.protocol import mrz_names


class Agreement(StrEnum):
    """INCOMPLETE: there is nothing to compare with."""

    AGREES = "agrees"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Line:
    """One field; a source that does not know it is empty. `latin` is the register's name in a passport's letters."""

    field: str
    entered: str
    zone: str
    register: str
    agreement: Agreement
    latin: str = ""


def compare(file: File) -> tuple[Line, ...]:
    """Every field that at least one source knows."""
    lines = (*_names(file.details, file.found), *_facts(file))
    return tuple(line for line in lines if line.entered or line.zone or line.register)


def _names(details: Details, found: Found | None) -> Iterator[Line]:
    claims = {} if found is None else found.claims
    typed = (details.given_name, details.family_name)
    known = (str(claims.get("given_name", "")), str(claims.get("family_name", "")))
    latin = ("", "") if found is None else found.names_latin
    sources = (typed, details.mrz_names, known, latin)
    # Together first: a single name is typed as a given name and printed as a surname.
    together = _names_agree(*(" ".join(filter(None, names)) for names in sources), cut=details.mrz_cut)
    for index, field in enumerate(("given_name", "family_name")):
        parts = [names[index] for names in sources]
        agreement = together if together is Agreement.AGREES else _names_agree(*parts, cut=details.mrz_cut)
        if found is None:
            agreement = Agreement.INCOMPLETE
        yield Line(field, parts[0], parts[1], parts[2], agreement, latin[index] if latin[index] != known[index] else "")


def _names_agree(entered: str, zone: str, known: str, latin: str, *, cut: bool) -> Agreement:
    said = same_name(entered) in (same_name(known), same_name(latin))
    printed = not zone or mrz_names.same_name(latin, zone, may_be_cut=cut)
    return Agreement.AGREES if said and printed else Agreement.DIFFERS


def _facts(file: File) -> Iterator[Line]:
    details, found = file.details, file.found
    from_zone = bool(details.mrz)
    known = {} if found is None else _known(details, found)
    said = {
        "birthdate": details.birthdate,
        "document_number": details.document_number,
        "expires_on": details.expires_on,
        "issuing_state": details.issuing_state,
        "issued_on": "",
    }
    for field, value in said.items():
        register = known.get(field, "")
        entered, zone = ("", value) if from_zone else (value, "")
        yield Line(field, entered, zone, register, _agree(value, register))


def _known(details: Details, found: Found) -> dict[str, str]:
    # The register is asked by number: where it holds the document, it holds this number.
    number = details.document_number if found.document_kind else ""
    return {
        "birthdate": found.birthdate,
        "document_number": number,
        "expires_on": found.expires_on,
        "issuing_state": found.document_country,
        "issued_on": found.issued_on,
    }


def _agree(said: str, known: str) -> Agreement:
    if not said or not known:
        return Agreement.INCOMPLETE
    return Agreement.AGREES if said == known else Agreement.DIFFERS
