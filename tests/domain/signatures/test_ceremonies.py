from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from idp.domain.signatures import ceremonies, documents
from idp.domain.signatures.ceremonies import Ceremony, Status, Terms
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box
from tests.fixtures.storage import Clock

BOX = Box(b"b" * 32)
PDF = b"%PDF-1.7 a document of one page"
TERMS = Terms("Registration of a birth", "Civil register", "https://agency.example/signed", None, 3600)
DAY = 24 * 3600

Begin = Callable[..., Ceremony]


@pytest.fixture
def begin(store: Store) -> Begin:
    def begin(terms: Terms = TERMS, key: str | None = None, client: str = "registry", content: bytes = PDF) -> Ceremony:
        with store.transaction() as tx:
            frozen = documents.freeze(tx, BOX, content, 1)
            return ceremonies.begin(tx, BOX, client, terms, frozen.sha256, key)

    return begin


def current(store: Store, ceremony: Ceremony) -> Ceremony:
    with store.reading() as connection:
        return ceremonies.get(connection, BOX, ceremony.id, store.now())


def lock(store: Store, ceremony: Ceremony, person: str) -> None:
    with store.transaction() as tx:
        ceremonies.lock_to(tx, ceremony.id, person)


def test_a_ceremony_tells_back_what_was_asked(store, begin):
    ceremony = begin()
    assert (ceremony.status, ceremony.title, ceremony.reason) == (Status.AWAITING, TERMS.title, TERMS.reason)


def test_title_and_reason_are_not_readable_in_the_database(store, begin):
    begin()
    with store.reading() as connection:
        sealed = connection.execute(text("SELECT terms FROM signature_ceremonies")).scalar_one()
    assert b"birth" not in bytes(sealed)


def test_the_first_citizen_who_opens_it_is_the_one_who_may_sign(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with pytest.raises(Refusal, match=r"signatures\.not_yours"):
        lock(store, ceremony, "boris")
    assert current(store, ceremony).person_id == "anna"


def test_opening_it_again_changes_nothing(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    lock(store, ceremony, "anna")
    assert current(store, ceremony).status is Status.VIEWED


def test_of_twenty_citizens_who_open_it_at_once_one_gets_it(store, begin):
    ceremony = begin()

    def open_it(person: str) -> bool:
        try:
            lock(store, ceremony, person)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(open_it, [f"person-{number}" for number in range(20)]))
    assert won.count(True) == 1


def test_a_ceremony_whose_time_is_over_reads_as_expired_and_nobody_can_open_it(store, begin, clock: Clock):
    ceremony = begin()
    clock.advance(TERMS.expires_in)
    with pytest.raises(Refusal, match=r"signatures\.not_yours"):
        lock(store, ceremony, "anna")
    assert current(store, ceremony).status is Status.EXPIRED


def test_the_sweep_writes_down_which_ceremonies_expired(store, begin, clock: Clock):
    ceremony = begin()
    clock.advance(TERMS.expires_in)
    with store.transaction() as tx:
        assert ceremonies.sweep(tx) == 1
    assert current(store, ceremony).ended_at == ceremony.expires_at


def test_declining_keeps_the_reason_and_ends_the_ceremony(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with store.transaction() as tx:
        ceremonies.decline(tx, BOX, ceremony, "anna", "incorrect", "My name is spelled wrongly.")
    declined = current(store, ceremony)
    assert (declined.status, declined.decline_reason) == (Status.DECLINED, "incorrect")
    assert declined.decline_comment == "My name is spelled wrongly."


@pytest.mark.parametrize("person", ["boris", ""])
def test_only_its_own_citizen_declines_or_completes_a_ceremony(store, begin, person):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with pytest.raises(Refusal, match=r"signatures\.over"), store.transaction() as tx:
        ceremonies.decline(tx, BOX, ceremony, person, "other", "")
    with pytest.raises(Refusal, match=r"signatures\.over"), store.transaction() as tx:
        ceremonies.complete(tx, ceremony, person, "0" * 64)
    assert current(store, ceremony).status is Status.VIEWED


def test_a_cancelled_ceremony_cannot_be_signed_any_more(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with store.transaction() as tx:
        ceremonies.cancel(tx, ceremony)
    with pytest.raises(Refusal, match=r"signatures\.over"), store.transaction() as tx:
        ceremonies.begin_signing(tx, ceremony.id, "anna")


def test_a_signed_ceremony_is_signed_once(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with store.transaction() as tx:
        ceremonies.complete(tx, ceremony, "anna", "a" * 64)
    with pytest.raises(Refusal, match=r"signatures\.over"), store.transaction() as tx:
        ceremonies.complete(tx, ceremony, "anna", "b" * 64)
    assert current(store, ceremony).signed_sha256 == "a" * 64


def test_a_signature_that_was_begun_and_not_finished_can_be_seen(store, begin):
    ceremony = begin()
    lock(store, ceremony, "anna")
    with store.transaction() as tx:
        ceremonies.begin_signing(tx, ceremony.id, "anna")
    assert current(store, ceremony).signing_at == store.now()


def test_the_same_key_finds_the_same_ceremony(store, begin):
    assert begin(key="order-7").id == begin(key="order-7").id


def test_the_same_key_of_another_service_is_another_ceremony(store, begin):
    assert begin(key="order-7").id != begin(key="order-7", client="revenue").id


def test_the_same_key_with_another_document_is_refused(store, begin):
    begin(key="order-7")
    with pytest.raises(Refusal, match=r"signatures\.idempotency_key_reused"):
        begin(key="order-7", content=PDF + b" changed")


def test_twenty_equal_requests_at_once_open_one_ceremony(store, begin):
    with ThreadPoolExecutor(20) as pool:
        opened = list(pool.map(lambda _: begin(key="order-7").id, range(20)))
    assert len(set(opened)) == 1


def test_the_code_has_four_digits_and_belongs_to_document_and_ceremony(store, begin):
    codes = {begin().code for _ in range(12)}
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert len(codes) > 6


def test_documents_are_sealed_and_come_back_byte_for_byte(store, begin):
    ceremony = begin()
    with store.reading() as connection:
        sealed = connection.execute(text("SELECT sealed FROM signature_documents")).scalar_one()
        assert documents.read(connection, BOX, ceremony.document_sha256) == PDF
    assert PDF not in bytes(sealed)


def test_swapped_bytes_are_noticed_when_they_are_read(store, begin):
    first, second = begin(), begin(content=PDF + b" changed")
    with store.transaction() as tx:
        taken = tx.execute(
            text("SELECT sealed FROM signature_documents WHERE sha256 = :name"), {"name": second.document_sha256}
        ).scalar_one()
        tx.execute(
            text("UPDATE signature_documents SET sealed = :sealed WHERE sha256 = :name"),
            {"sealed": taken, "name": first.document_sha256},
        )
    with store.reading() as connection, pytest.raises(Refusal, match=r"signatures\.document_changed"):
        documents.read(connection, BOX, first.document_sha256)


def test_bytes_under_the_wrong_name_are_noticed_even_when_they_open(store, begin):
    ceremony = begin()
    forged = BOX.seal(f"signature_documents|{ceremony.document_sha256}", b"%PDF-1.7 something else")
    with store.transaction() as tx:
        tx.execute(text("UPDATE signature_documents SET sealed = :sealed"), {"sealed": forged})
    with store.reading() as connection, pytest.raises(Refusal, match=r"signatures\.document_changed"):
        documents.read(connection, BOX, ceremony.document_sha256)


def test_documents_stay_while_their_ceremony_lives_and_thirty_days_after(store, begin, clock: Clock):
    ceremony = begin()
    clock.advance(TERMS.expires_in + 29 * DAY)
    with store.transaction() as tx:
        ceremonies.sweep(tx)
        assert documents.sweep(tx) == 0
    clock.advance(2 * DAY)
    with store.transaction() as tx:
        assert documents.sweep(tx) == 1
    with store.reading() as connection, pytest.raises(Refusal, match=r"signatures\.document_gone"):
        documents.read(connection, BOX, ceremony.document_sha256)


def test_a_document_that_another_ceremony_needs_stays(store, begin, clock: Clock):
    begin()
    clock.advance(TERMS.expires_in + 31 * DAY)
    begin()
    with store.transaction() as tx:
        ceremonies.sweep(tx)
        assert documents.sweep(tx) == 0
