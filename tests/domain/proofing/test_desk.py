import pytest

from idp.domain.proofing import cases, decisions, desk, evidence
from idp.domain.proofing.desk import Filters
from idp.domain.proofing.details import Document, Result, Verdict
from idp.protocol.assurance import Level
from tests.domain.proofing.conftest import ALL_WELL, DETAILS, FOUND, PICTURES


@pytest.fixture
def listed(store, clock):
    def listed(**filters):
        with store.reading() as connection:
            return [entry.case.id for entry in desk.queue(connection, Filters(**filters), clock.now)]

    return listed


@pytest.fixture
def many(store, clock, vault):
    """Makes waiting cases of different people, a minute apart."""

    def make(level=Level.SUBSTANTIAL):
        with store.transaction() as tx:
            case = cases.open_case(tx, a_person_of(tx), level, None)
            cases.submit(tx, vault, case, None, ALL_WELL, "")
        clock.advance(60)
        return case

    def a_person_of(tx):
        person_id = f"person-{tx.now}"
        vault.admit(tx, person_id)
        return person_id

    return make


def test_the_queue_begins_with_who_waits_longest(many, listed):
    first, second = many(), many()
    assert listed() == [first.id, second.id]


def test_the_queue_is_filtered_by_level_and_reference(many, listed):
    first, second = many(Level.HIGH), many()
    assert listed(level=Level.HIGH) == [first.id]
    assert listed(reference=f" {second.reference.lower()} ") == [second.id]


def test_a_verifier_sees_only_what_they_may_take(store, many, listed):
    theirs, mine = many(), many()
    with store.transaction() as tx:
        decisions.claim(tx, theirs.id, "viktor")
    assert listed(for_verifier="vera") == [mine.id]
    assert listed(for_verifier=mine.person_id) == []
    assert listed(claimed_by="viktor") == [theirs.id]


def test_open_cases_are_not_in_the_queue(store, listed):
    with store.transaction() as tx:
        cases.open_case(tx, "somebody", Level.HIGH, None)
    assert listed(state=None) == []


def test_the_queue_is_read_page_by_page(monkeypatch, many, listed):
    monkeypatch.setattr(desk, "PAGE", 2)
    three = [many().id for _ in range(3)]
    assert listed() == three[:2]
    assert listed(after=three[1]) == three[2:]


def test_an_entry_counts_approvals_and_shows_what_was_flagged(store, clock, a_waiting_case, approve):
    case = a_waiting_case(Level.HIGH, (*ALL_WELL, Verdict("of_age", Result.FLAGGED, "minor")))
    approve(case.id, "vera")
    with store.reading() as connection:
        entry = desk.queue(connection, Filters(), clock.now)[0]
        assert (entry.approvals, entry.approvals_needed, entry.flags) == (1, 2, ("minor",))
        assert not entry.claimed_at(clock.now)


def test_the_desk_knows_how_many_wait_and_since_when(store, clock, many):
    since = clock.now
    many()
    many()
    with store.reading() as connection:
        assert desk.waiting(connection) == (2, since)


def test_a_file_holds_everything_about_a_case(store, vault, a_waiting_case):
    case = a_waiting_case(Level.HIGH)
    with store.reading() as connection:
        opened = desk.file(connection, vault, case.id)
    assert (opened.details, opened.found, opened.reachable) == (DETAILS, FOUND, Level.HIGH)
    assert opened.case.document is Document.PASSPORT
    assert {piece.kind: piece.sha256 for piece in opened.evidence} == {k: p.sha256 for k, p in PICTURES.items()}
    assert {piece.kind for piece in opened.evidence} == set(evidence.KINDS)


def test_the_queue_can_be_asked_for_those_who_wait_too_long(clock, many, listed):
    first, _second = many(), many()
    assert listed(submitted_before=clock.now - 60) == [first.id]
