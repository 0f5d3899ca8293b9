import pytest

from idp.domain.oversight import viewings
from idp.domain.oversight.viewings import Purpose
from idp.foundation.audit import log
from idp.foundation.refusal import Refusal


def opened(store, staff="adele", person="eleni", purpose=Purpose.SUPPORT, reference="T-2041"):
    with store.transaction() as tx:
        return viewings.open_for(tx, staff, person, purpose, reference)


def live(store, staff="adele", person="eleni"):
    with store.reading() as connection:
        return viewings.live(connection, staff, person, store.now())


def test_stating_a_purpose_opens_the_record_and_leaves_a_trace_on_it(store):
    viewing = opened(store)
    with store.reading() as connection:
        leaf = log.search(connection, about="eleni")[0]
    assert live(store) == viewing
    assert (leaf.name, leaf.actor, leaf.subject) == ("console.record.viewed", "adele", "eleni")
    assert leaf.facts == {"purpose": "support", "reference": "T-2041"}


def test_without_a_stated_purpose_the_record_stays_closed(store):
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        live(store)


def test_a_viewing_opens_one_record_to_one_member_of_staff(store):
    viewing = opened(store)
    for staff, person in (("vera", "eleni"), ("adele", "marcus")):
        with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
            live(store, staff, person)
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"), store.reading() as connection:
        viewings.get(connection, viewing.id, "vera", store.now())


def test_a_viewing_ends_after_a_quarter_of_an_hour(store, clock):
    opened(store)
    clock.advance(viewings.SECONDS - 1)
    assert live(store)
    clock.advance(1)
    with pytest.raises(Refusal, match=r"oversight\.no_viewing"):
        live(store)


def test_nobody_looks_at_their_own_record(store):
    with pytest.raises(Refusal, match=r"oversight\.own_record"):
        opened(store, staff="adele", person="adele")


@pytest.mark.parametrize("reference", ["", " ", "Mrs Papadaki of Olive Street", "x" * 41, "-a", "a\nb"])
def test_a_reference_is_a_file_number_and_not_a_sentence(store, reference):
    with pytest.raises(Refusal, match=r"oversight\.reference_needed"):
        opened(store, reference=reference)


def test_viewings_that_are_over_are_swept_and_their_trace_stays(store, clock):
    opened(store)
    clock.advance(viewings.SECONDS + 1)
    with store.transaction() as tx:
        assert viewings.sweep(tx) == 1
    with store.reading() as connection:
        assert len(log.search(connection, about="eleni")) == 1
