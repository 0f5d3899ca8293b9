"""A citizen submits: the machine checks everything, and what passes goes to the verifiers.

What does not pass is refused in the same words whichever check it was: a stranger must learn nothing from it, neither
which of the details was wrong, nor that somebody died, nor that somebody has an account.
"""

from datetime import UTC, datetime
from typing import Final

from idp.domain.people import identifiers
from idp.domain.people.port import Inquiry, RegisteredDocument, RegisterEntry, same_number
from idp.domain.proofing import cases, checks, decisions, evidence
from idp.domain.proofing.cases import Case
from idp.domain.proofing.checks import Submission
from idp.domain.proofing.decisions import Choice
from idp.domain.proofing.details import Details, Found, Verdict
from idp.domain.proofing.levels import reachable
from idp.domain.proofing.reasons import Reason
from idp.foundation import limits
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import notify
from idp.journeys.proofing import progress
from idp.journeys.proofing.progress import Progress
from idp.journeys.provider import Provider

SUBMISSIONS: Final = Limit("proofing.submissions", 5, 24 * 3600)


def submit(provider: Provider, person_id: str) -> Case:
    """The case as it is now: waiting for verifiers, or refused by the machine.

    Raises Refusal `proofing.no_open_case`, `proofing.incomplete`, `proofing.changed`, `too_many_attempts` or what the
    register raises.
    """
    done = progress.of(provider, person_id)
    case = done.open_case
    if progress.next_step(done) != progress.LAST or case.document is None:
        raise Refusal("proofing.incomplete", "a step is missing")
    with provider.transaction() as tx:
        limits.take(tx, SUBMISSIONS, person_id)
    found = ask_register(provider, done.details)
    verdicts = checks.run(_submission(provider, case, done, found))
    with provider.transaction() as tx:
        cases.submit(tx, provider.vault, case, found, verdicts, evidence.manifest(done.pictures))
        return _route(tx, provider, cases.get(tx.connection, case.id), verdicts, found)


def ask_register(provider: Provider, details: Details) -> Found | None:
    """The register's entry for what the citizen says. Not within a transaction: a register may be far away."""
    inquiry = Inquiry(details.given_name, details.family_name, details.birthdate, details.document_number)
    entry = provider.register.find(inquiry)
    return None if entry is None else _found(entry, details.document_number)


def _route(tx: Tx, provider: Provider, case: Case, verdicts: tuple[Verdict, ...], found: Found | None) -> Case:
    if reachable(verdicts) >= case.level:
        notify(tx, provider, case.person_id, "identity_submitted", reference=case.reference)
        return case
    decisions.conclude(tx, case, Choice.REFUSED, (Reason.DETAILS_NOT_CONFIRMED,), ())
    told = [Reason.DETAILS_NOT_CONFIRMED.value]
    notify(tx, provider, case.person_id, "identity_refused", reference=case.reference, reasons=told)
    warn_holder(tx, provider, case, found)
    return cases.get(tx.connection, case.id)


def warn_holder(tx: Tx, provider: Provider, case: Case, found: Found | None) -> None:
    """Tell whoever holds this identity in another account that somebody gave their details."""
    holder = _holder(tx, provider, found)
    if holder not in (None, case.person_id):
        notify(tx, provider, str(holder), "identity_used_elsewhere", reference=case.reference)


def _holder(tx: Tx, provider: Provider, found: Found | None) -> str | None:
    if found is None:
        return None
    return identifiers.owner(tx.connection, provider.vault, "national_identifier", found.national_identifier)


def _submission(provider: Provider, case: Case, done: Progress, found: Found | None) -> Submission:
    vault, number = provider.vault, "" if found is None else found.national_identifier
    assert case.document is not None  # noqa: S101 (submit has looked)
    with provider.reading() as connection:
        holder = identifiers.owner(connection, vault, "national_identifier", number)
        own = identifiers.of(connection, vault, case.person_id, "national_identifier")
        waiting = cases.waiting_elsewhere(connection, vault, case.person_id, number)
    return Submission(
        document=case.document,
        details=done.details,
        found=found,
        evidence={piece.kind: piece.sha256 for piece in done.pictures},
        held_elsewhere=holder not in (None, case.person_id) and not case.former,
        waiting_elsewhere=waiting,
        own_identifier=own[0].value if own else "",
        today=datetime.fromtimestamp(provider.store.now(), UTC).date(),
    )


def _found(entry: RegisterEntry, document_number: str) -> Found:
    same = (one for one in entry.documents if same_number(one.number) == same_number(document_number))
    shown = next(same, RegisteredDocument("", "", "", "", ""))
    return Found(
        national_identifier=entry.national_identifier,
        alive=entry.alive,
        birthdate=entry.birthdate,
        names_latin=(entry.given_name_latin, entry.family_name_latin),
        claims=_claims(entry),
        document_kind=shown.kind,
        document_country=shown.country,
        issued_on=shown.issued_on,
        expires_on=shown.expires_on,
        revoked=shown.revoked,
        portrait_sha256=entry.portrait_sha256,
    )


def _claims(entry: RegisterEntry) -> dict[str, object]:
    """The register's entry by OpenID Connect names; what it does not hold is left out."""
    place = {"locality": entry.place_of_birth, "country": entry.country_of_birth}
    address = {
        "street_address": entry.street_address,
        "postal_code": entry.postal_code,
        "locality": entry.locality,
        "country": entry.nationality if entry.locality else "",
    }
    claims: dict[str, object] = {
        "name": entry.name,
        "given_name": entry.given_name,
        "family_name": entry.family_name,
        "birthdate": entry.birthdate,
        "gender": entry.gender,
        "nationalities": [entry.nationality],
        "place_of_birth": {name: value for name, value in place.items() if value},
        "address": {name: value for name, value in address.items() if value},
        "tax_number": entry.tax_number,
        "national_identifier": entry.national_identifier,
    }
    return {name: value for name, value in claims.items() if value}
