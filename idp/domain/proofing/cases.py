"""A verification case from its opening to its decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from idp.domain.proofing.details import Details, Document, Found, Verdict, verdicts_from_json, verdicts_to_json
from idp.domain.proofing.tables import cases, evidence
from idp.foundation.audit.event import Event
from idp.foundation.randomness import identifier, reference
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level

TABLE = "proofing_cases"


class State(StrEnum):
    """OPEN is the citizen's turn, WAITING the verifiers'; the others are ends."""

    OPEN = "open"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    State.WAITING: frozenset({State.OPEN}),
    State.APPROVED: frozenset({State.WAITING}),
    State.REFUSED: frozenset({State.OPEN, State.WAITING}),
    State.WITHDRAWN: frozenset({State.OPEN, State.WAITING}),
}
"""A state, and those it can be entered from."""

Conditions = tuple[ColumnElement[bool], ...]
LIVE: Final = (State.OPEN, State.WAITING)


@dataclass(frozen=True, slots=True)
class Case:
    """One verification, without anything personal in it. `document` is None until the citizen chose one.

    `revision` counts the citizen's changes: what was checked is what is submitted. `verdicts` are empty before that.
    `former` says that she wants back an account that she cannot open any more.
    """

    id: str
    reference: str
    person_id: str
    level: Level
    state: State
    document: Document | None
    verdicts: tuple[Verdict, ...]
    manifest: str
    login_id: str | None
    former: bool
    claimed_by: str | None
    claimed_until: int | None
    revision: int
    opened_at: int
    submitted_at: int | None
    decided_at: int | None


def open_case(tx: Tx, person_id: str, level: Level, login_id: str | None, *, former: bool = False) -> Case:
    """A new case. `login_id` is the sign-in to return to; `former` as in `Case`.

    Raises Refusal("proofing.case_open") beside a live one.
    """
    case_id = identifier()
    row = {
        "id": case_id,
        "reference": reference(),
        "person_id": person_id,
        "level": level.word,
        "state": State.OPEN.value,
        "document": "",
        "verdicts": "[]",
        "manifest": "",
        "login_id": login_id,
        "former": former,
        "revision": 0,
        "opened_at": tx.now,
    }
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(cases), row)
    except IntegrityError:
        raise Refusal("proofing.case_open", "this person has a case that is not decided") from None
    tx.record(Event("proofing.case.opened", person_id, person_id, {"case": case_id, "level": level.word}))
    return get(tx.connection, case_id)


def get(connection: Connection, case_id: str) -> Case:
    """The case. Raises Refusal("proofing.unknown_case")."""
    row = connection.execute(_plain().where(cases.c.id == case_id)).mappings().one_or_none()
    if row is None:
        raise Refusal("proofing.unknown_case", "no such case")
    return to_case(row)


def latest(connection: Connection, person_id: str) -> Case | None:
    """The person's live case, or else the one that was opened last; None for somebody without any."""
    mine = of_person(connection, person_id)
    return next((case for case in mine if case.state in LIVE), mine[0] if mine else None)


def of_person(connection: Connection, person_id: str) -> tuple[Case, ...]:
    """All cases of a person, newest first."""
    statement = _plain().where(cases.c.person_id == person_id).order_by(cases.c.opened_at.desc(), cases.c.id)
    return tuple(to_case(row) for row in connection.execute(statement).mappings())


def return_to(tx: Tx, case: Case, level: Level, login_id: str) -> None:
    """Tie an open case to another sign-in, and raise (never lower) the level it is for."""
    change(tx, case, login_id=login_id, level=max(level, case.level).word)


def is_for_former(tx: Tx, case: Case, level: Level) -> None:
    """It turns out that she had an account before."""
    change(tx, case, former=True, level=level.word)


def choose_level(tx: Tx, case: Case, level: Level) -> None:
    """The level the citizen wants."""
    change(tx, case, level=level.word)


def choose_document(tx: Tx, case: Case, document: Document) -> None:
    """Which document the citizen uses; another kind than before forgets what was typed and uploaded of the old one."""
    if document is case.document:
        return
    change(tx, case, document=document.value, details=None)
    tx.execute(delete(evidence).where(evidence.c.case_id == case.id, evidence.c.kind == "document"))


def keep_details(tx: Tx, vault: Vault, case: Case, details: Details) -> None:
    """Seal what the citizen typed."""
    sealed = vault.seal(tx.connection, case.person_id, TABLE, "details", details.to_json())
    change(tx, case, details=sealed)


def details(connection: Connection, vault: Vault, case: Case) -> Details:
    """What the citizen typed so far."""
    sealed = connection.execute(select(cases.c.details).where(cases.c.id == case.id)).scalar_one()
    if sealed is None:
        return Details()
    return Details.from_json(vault.open(connection, case.person_id, TABLE, "details", sealed))


def found(connection: Connection, vault: Vault, case: Case) -> Found | None:
    """The register's entry as it was when the case was submitted; None if there was none."""
    sealed = connection.execute(select(cases.c.found).where(cases.c.id == case.id)).scalar_one()
    return None if sealed is None else Found.from_json(vault.open(connection, case.person_id, TABLE, "found", sealed))


def submit(tx: Tx, vault: Vault, case: Case, entry: Found | None, verdicts: tuple[Verdict, ...], manifest: str) -> None:
    """Hand the case to the verifiers with what was checked.

    Raises Refusal("proofing.changed") if the citizen changed something after `case` was read.
    """
    kept = {"verdicts": verdicts_to_json(verdicts), "manifest": manifest, "submitted_at": tx.now}
    if entry is not None:
        kept["found"] = vault.seal(tx.connection, case.person_id, TABLE, "found", entry.to_json())
        kept["identity_blind"] = vault.blind("national_identifier", entry.national_identifier)
    change(tx, case, state=State.WAITING.value, **kept)
    tx.record(Event("proofing.case.submitted", case.person_id, case.person_id, {"case": case.id}))


def waiting_elsewhere(connection: Connection, vault: Vault, person_id: str, national_identifier: str) -> bool:
    """Whether another person's case waits for the same identity."""
    blind = vault.blind("national_identifier", national_identifier)
    same = (cases.c.identity_blind == blind, cases.c.state == State.WAITING.value, cases.c.person_id != person_id)
    return connection.execute(select(cases.c.id).where(*same).limit(1)).first() is not None


def withdraw(tx: Tx, case: Case) -> None:
    """The citizen gives up: the evidence goes at once."""
    enter(tx, case.id, State.WITHDRAWN, decided_at=tx.now, details=None, found=None)
    tx.execute(delete(evidence).where(evidence.c.case_id == case.id))
    tx.record(Event("proofing.case.withdrawn", case.person_id, case.person_id, {"case": case.id}))


def forget(tx: Tx, person_id: str) -> None:
    """Of every case of one person nothing stays but that it was, and how it ended; a live one is withdrawn."""
    for case in of_person(tx.connection, person_id):
        if case.state in LIVE:
            withdraw(tx, case)
    gone = {"details": None, "found": None, "identity_blind": None}
    tx.execute(update(cases).where(cases.c.person_id == person_id).values(**gone))
    tx.execute(delete(evidence).where(evidence.c.person_id == person_id))


def change(tx: Tx, case: Case, **values: Any) -> None:
    """Write to an open case exactly as `case` shows it.

    Raises Refusal("proofing.changed") if it was submitted or changed meanwhile, in another window for example.
    """
    unchanged = (cases.c.state == State.OPEN.value, cases.c.revision == case.revision)
    _enter(tx, case.id, unchanged, "proofing.changed", values)


def enter(tx: Tx, case_id: str, state: State, **values: Any) -> None:
    """Bring a case into a state that it may enter. Raises Refusal("proofing.case_closed") if it may not."""
    allowed = cases.c.state.in_([before.value for before in TRANSITIONS[state]])
    _enter(tx, case_id, (allowed,), "proofing.case_closed", {"state": state.value, "claimed_by": None, **values})


def _enter(tx: Tx, case_id: str, where: Conditions, refusal: str, values: Mapping[str, Any]) -> None:
    statement = update(cases).where(cases.c.id == case_id, *where)
    if tx.execute(statement.values(revision=cases.c.revision + 1, **values)).rowcount != 1:
        raise Refusal(refusal, "the case is not as it was when it was read")


def _plain() -> Any:
    """Everything but the sealed columns."""
    return select(*(column for column in cases.c if column.name not in ("details", "found", "identity_blind")))


def to_case(row: Mapping[Any, Any]) -> Case:
    """A row of `_plain` as a Case."""
    values = dict(row)
    level = Level.of(values["level"])
    assert level is not None  # noqa: S101 (we wrote it)
    return Case(
        **values
        | {
            "level": level,
            "state": State(values["state"]),
            "document": Document(values["document"]) if values["document"] else None,
            "verdicts": verdicts_from_json(values["verdicts"]),
        }
    )
