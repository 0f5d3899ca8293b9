from dataclasses import replace

import pytest
from sqlalchemy import select, update

from idp.domain.proofing import cases, evidence
from idp.domain.proofing.cases import State
from idp.domain.proofing.details import Details, Document
from idp.domain.proofing.tables import cases as case_rows
from idp.domain.proofing.tables import evidence as evidence_rows
from idp.foundation.refusal import Refusal
from idp.protocol.assurance import Level
from tests.domain.proofing.conftest import DETAILS, FOUND, PICTURES


@pytest.fixture
def a_case(store, a_person):
    person_id = a_person()
    with store.transaction() as tx:
        return cases.open_case(tx, person_id, Level.HIGH, "login")


def refused(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def test_a_new_case_is_open_and_has_a_reference_to_read_aloud(a_case):
    assert (a_case.state, a_case.level, a_case.login_id, a_case.document) == (State.OPEN, Level.HIGH, "login", None)
    assert len(a_case.reference) == 8


def test_a_person_has_one_live_case(store, a_case):
    with store.transaction() as tx:
        assert refused(lambda: cases.open_case(tx, a_case.person_id, Level.HIGH, None)) == "proofing.case_open"


def test_a_person_may_begin_again_after_withdrawing(store, a_case):
    with store.transaction() as tx:
        cases.withdraw(tx, a_case)
        again = cases.open_case(tx, a_case.person_id, Level.HIGH, None)
        assert cases.latest(tx.connection, a_case.person_id) == again


def test_what_was_typed_is_sealed_and_read_back(store, vault, a_case):
    with store.transaction() as tx:
        cases.keep_details(tx, vault, a_case, DETAILS)
    with store.reading() as connection:
        stored = connection.execute(select(case_rows.c.details)).scalar_one()
        assert b"Eriksson" not in bytes(stored)
        assert cases.details(connection, vault, a_case) == DETAILS


def test_another_document_forgets_what_belonged_to_the_first(store, vault, a_case):
    with store.transaction() as tx:
        cases.choose_document(tx, a_case, Document.PASSPORT)
        cases.keep_details(tx, vault, cases.get(tx.connection, a_case.id), DETAILS)
        for kind in evidence.KINDS:
            evidence.put(tx, vault, cases.get(tx.connection, a_case.id), kind, PICTURES[kind])
        cases.choose_document(tx, cases.get(tx.connection, a_case.id), Document.CARD)
        assert cases.details(tx.connection, vault, a_case) == Details()
        assert [piece.kind for piece in evidence.of(tx.connection, a_case.id)] == ["portrait"]


def test_a_stale_window_cannot_write_over_what_came_later(store, vault, a_case):
    with store.transaction() as tx:
        cases.keep_details(tx, vault, a_case, DETAILS)
    with store.transaction() as tx:
        assert refused(lambda: cases.keep_details(tx, vault, a_case, Details())) == "proofing.changed"


def test_what_changed_after_the_checks_cannot_be_submitted(store, vault, a_case):
    with store.transaction() as tx:
        cases.keep_details(tx, vault, a_case, replace(DETAILS, birthdate="1980-01-01"))
    with store.transaction() as tx:
        assert refused(lambda: cases.submit(tx, vault, a_case, FOUND, (), "m")) == "proofing.changed"
        assert cases.get(tx.connection, a_case.id).state is State.OPEN


def test_a_submitted_case_takes_no_more_evidence(store, vault, a_waiting_case):
    case = a_waiting_case()
    with store.transaction() as tx:
        assert refused(lambda: evidence.put(tx, vault, case, "portrait", PICTURES["portrait"])) == "proofing.changed"


def test_a_withdrawn_case_keeps_nothing_personal(store, vault, a_waiting_case):
    case = a_waiting_case()
    with store.transaction() as tx:
        cases.withdraw(tx, case)
        assert evidence.of(tx.connection, case.id) == ()
        assert cases.details(tx.connection, vault, case) == Details()
        assert cases.found(tx.connection, vault, case) is None


def test_two_cases_for_one_identity_know_of_each_other(store, vault, a_waiting_case, a_person):
    case = a_waiting_case()
    with store.reading() as connection:
        assert cases.waiting_elsewhere(connection, vault, a_person(), FOUND.national_identifier)
        assert not cases.waiting_elsewhere(connection, vault, case.person_id, FOUND.national_identifier)


def test_pictures_are_sealed_and_read_back(store, vault, a_waiting_case):
    case = a_waiting_case()
    with store.reading() as connection:
        piece = evidence.of(connection, case.id)[0]
        stored = connection.execute(select(evidence_rows.c.content)).scalars().all()
        assert not any(b"JFIF" in bytes(content) for content in stored)
        assert evidence.content(connection, vault, case.id, piece.id) == PICTURES[piece.kind].content


def test_a_picture_is_read_through_its_own_case_only(store, vault, a_waiting_case, a_case):
    case = a_waiting_case()
    with store.reading() as connection:
        piece = evidence.of(connection, case.id)[0]
        code = refused(lambda: evidence.content(connection, vault, a_case.id, piece.id))
    assert code == "proofing.unknown_evidence"


def test_evidence_swapped_after_submission_is_noticed(store, vault, a_waiting_case):
    case = a_waiting_case()
    other = PICTURES["document"]
    with store.transaction() as tx:
        sealed = vault.seal_bytes(tx.connection, case.person_id, evidence.TABLE, "portrait", other.content)
        swap = update(evidence_rows).where(evidence_rows.c.kind == "portrait")
        tx.execute(swap.values(content=sealed, sha256=other.sha256))
        assert refused(lambda: evidence.check(tx.connection, vault, case)) == "proofing.evidence_changed"


def test_content_that_is_not_what_its_digest_says_is_not_shown(store, vault, a_waiting_case):
    case = a_waiting_case()
    with store.transaction() as tx:
        piece = evidence.of(tx.connection, case.id)[1]
        sealed = vault.seal_bytes(tx.connection, case.person_id, evidence.TABLE, piece.kind, b"other")
        tx.execute(update(evidence_rows).where(evidence_rows.c.id == piece.id).values(content=sealed))
        assert refused(lambda: evidence.check(tx.connection, vault, case)) == "proofing.evidence_changed"
        code = refused(lambda: evidence.content(tx.connection, vault, case.id, piece.id))
    assert code == "proofing.evidence_changed"


def test_pictures_go_thirty_days_after_the_decision(store, clock, vault, a_waiting_case, approve):
    case = a_waiting_case()
    with store.transaction() as tx:
        cases.withdraw(tx, case)
    waiting = a_waiting_case()
    clock.advance(evidence.KEPT_SECONDS + 1)
    with store.transaction() as tx:
        assert evidence.sweep(tx) == 0
        cases.enter(tx, waiting.id, State.REFUSED, decided_at=tx.now)
    clock.advance(evidence.KEPT_SECONDS + 1)
    with store.transaction() as tx:
        assert evidence.sweep(tx) == 2
        assert evidence.of(tx.connection, waiting.id) == ()
