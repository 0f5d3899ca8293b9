from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from demo import zones
from idp.domain.proofing import cases, decisions, evidence
from idp.domain.proofing.cases import Case
from idp.domain.proofing.checks import Submission
from idp.domain.proofing.details import Details, Document, Found, Result, Verdict
from idp.domain.proofing.images import clean
from idp.foundation.randomness import identifier
from idp.foundation.transaction import Store
from idp.foundation.vault.vault import Vault
from idp.protocol.assurance import Level
from tests.domain.proofing.pictures import jpeg
from tests.fixtures.storage import NOW

TODAY: date = datetime.fromtimestamp(NOW, UTC).date()
ALL_WELL = tuple(
    Verdict(name, Result.PASSED)
    for name in (
        "mrz_check_digits",
        "document_not_expired",
        "document_age",
        "register_match",
        "document_registered",
        "alive",
        "unique_person",
        "same_person_as_before",
        "names_consistent",
        "portrait_present",
        "document_image_present",
    )
)
ROW = {
    "passport_number": "XP8989025",
    "birthdate": "1974-08-12",
    "passport_expires_on": "2030-04-15",
    "gender": "female",
    "given_name_latin": "Anna Maria",
    "family_name_latin": "Eriksson",
}
DETAILS = Details(
    document_number="XP8989025",
    birthdate="1974-08-12",
    expires_on="2030-04-15",
    issuing_state="XAR",
    mrz=zones.passport(ROW),
    mrz_names=("ANNA MARIA", "ERIKSSON"),
    given_name="Anna Maria",
    family_name="Eriksson",
)
FOUND = Found(
    national_identifier="10000000001",
    alive=True,
    birthdate="1974-08-12",
    names_latin=("Anna Maria", "Eriksson"),
    claims={"given_name": "Anna Maria", "family_name": "Eriksson"},
    document_kind="passport",
    document_country="XAR",
    issued_on="2020-04-16",
    expires_on="2030-04-15",
)
SUBMISSION = Submission(
    document=Document.PASSPORT,
    details=DETAILS,
    found=FOUND,
    evidence={"portrait": "aa", "document": "bb"},
    held_elsewhere=False,
    waiting_elsewhere=False,
    own_identifier="",
    today=TODAY,
)


@pytest.fixture
def vault() -> Vault:
    return Vault({"kek": b"k" * 32}, "kek", b"i" * 32)


@pytest.fixture
def a_person(store: Store, vault: Vault) -> Callable[[], str]:
    """Makes somebody whose data can be sealed."""

    def make() -> str:
        person_id = identifier()
        with store.transaction() as tx:
            vault.admit(tx, person_id)
        return person_id

    return make


@pytest.fixture
def a_waiting_case(store: Store, vault: Vault, a_person: Callable[[], str]) -> Callable[..., Case]:
    """Makes a submitted case with both pictures, checked well unless told otherwise."""

    def make(level: Level = Level.SUBSTANTIAL, verdicts: tuple[Verdict, ...] = ALL_WELL) -> Case:
        with store.transaction() as tx:
            case = cases.open_case(tx, a_person_id, level, None)
            cases.choose_document(tx, case, Document.PASSPORT)
            cases.keep_details(tx, vault, cases.get(tx.connection, case.id), DETAILS)
            for kind in evidence.KINDS:
                evidence.put(tx, vault, cases.get(tx.connection, case.id), kind, PICTURES[kind])
            case = cases.get(tx.connection, case.id)
            pieces = evidence.of(tx.connection, case.id)
            cases.submit(tx, vault, case, FOUND, verdicts, evidence.manifest(pieces))
            return cases.get(tx.connection, case.id)

    a_person_id = a_person()
    return make


COLOURS = {"portrait": "tan", "document": "teal"}
PICTURES = {kind: clean(jpeg(Image.new("RGB", (900, 700), colour))) for kind, colour in COLOURS.items()}


@pytest.fixture
def approve(store: Store, vault: Vault) -> Callable[[str, str], decisions.Approval | None]:
    """A verifier takes the case and approves it."""

    def approve(case_id: str, verifier: str) -> decisions.Approval | None:
        with store.transaction() as tx:
            decisions.claim(tx, case_id, verifier)
            return decisions.decide(tx, vault, case_id, verifier, decisions.Choice.APPROVED, (), "")

    return approve
