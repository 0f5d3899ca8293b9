import io

import pytest
from PIL import Image

from idp.domain.clients import registry
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.journeys.oidc.subjects import subject_for
from idp.journeys.signing import collect
from idp.journeys.signing import review as reviewing
from idp.journeys.signing.decline import decline
from idp.protocol.assurance import Level
from tests.builders import a_citizen
from tests.journeys.signing.conftest import PDF


def test_the_citizen_sees_who_asks_what_for_and_how_her_name_will_be_printed(provider, agency, desk, anna):
    review = reviewing.open_for(provider, desk.asks().id, anna.id)
    assert (review.client.id, review.ceremony.title) == (agency.id, "Registration of a birth")
    assert (review.signer, review.document.pages) == ("Anna Lindqvist", 1)


def test_the_pages_are_pictures(provider, desk, anna):
    ceremony = desk.opened_by(anna)
    with Image.open(io.BytesIO(reviewing.page(provider, ceremony.id, anna.id, 1))) as picture:
        assert (picture.format, picture.width) == ("PNG", reviewing.PAGE_WIDTH)


@pytest.mark.parametrize("number", [0, 2, 10**9])
def test_a_page_that_is_not_there_is_refused(provider, desk, anna, number):
    with pytest.raises(Refusal, match=r"signatures\.no_such_page"):
        reviewing.page(provider, desk.opened_by(anna).id, anna.id, number)


def test_the_original_can_be_taken_away_byte_for_byte(provider, desk, anna):
    assert reviewing.original(provider, desk.opened_by(anna).id, anna.id) == PDF


def test_a_second_citizen_sees_nothing_of_it(provider, desk, anna, boris):
    ceremony = desk.opened_by(anna)
    for look in (reviewing.open_for, reviewing.review, reviewing.original, reviewing.signed):
        with pytest.raises(Refusal, match=r"signatures\.not_yours"):
            look(provider, ceremony.id, boris.id)


def test_a_service_can_name_the_signer(provider, agency, desk, anna, boris):
    ceremony = desk.asks(sub=subject_for(provider, agency, boris.id))
    with pytest.raises(Refusal, match=r"signatures\.not_yours"):
        reviewing.open_for(provider, ceremony.id, anna.id)
    assert reviewing.open_for(provider, ceremony.id, boris.id).ceremony.person_id == boris.id


def test_somebody_who_is_not_verified_cannot_open_it_and_does_not_lock_it(provider, desk, anna):
    nobody = a_citizen(provider, assurance=Level.LOW)
    ceremony = desk.asks()
    with pytest.raises(Refusal, match=r"signing\.identity_not_verified"):
        reviewing.open_for(provider, ceremony.id, nobody.id)
    assert reviewing.open_for(provider, ceremony.id, anna.id).ceremony.person_id == anna.id


def test_somebody_locked_cannot_open_it(provider, desk, anna):
    with provider.transaction() as tx:
        records.set_status(tx, anna.id, Status.LOCKED, "operator", "lost")
    with pytest.raises(Refusal, match=r"signing\.inactive"):
        reviewing.open_for(provider, desk.asks().id, anna.id)


def test_a_suspended_services_document_is_not_shown(provider, agency, desk, anna):
    ceremony = desk.asks()
    with provider.transaction() as tx:
        registry.set_status(tx, agency.id, registry.SUSPENDED, "operator", "fraud")
    provider.clients._kept.clear()  # noqa: SLF001 (two seconds of cache)
    with pytest.raises(Refusal, match=r"signing\.service_gone"):
        reviewing.open_for(provider, ceremony.id, anna.id)


def test_an_unknown_ceremony_is_unknown(provider, anna):
    with pytest.raises(Refusal, match=r"signatures\.unknown"):
        reviewing.open_for(provider, "no-such-ceremony", anna.id)


def test_declining_tells_the_service_why_and_who(provider, agency, desk, anna):
    ceremony = desk.opened_by(anna)
    decline(provider, ceremony.id, anna.id, "incorrect", "The date is wrong.")
    told = collect.standing(provider, agency, ceremony.id)
    assert (told.ceremony.status, told.ceremony.decline_reason) == ("declined", "incorrect")
    assert told.ceremony.decline_comment == "The date is wrong."
    assert told.sub == subject_for(provider, agency, anna.id)


def test_nobody_declines_for_somebody_else(provider, desk, anna, boris):
    ceremony = desk.opened_by(anna)
    with pytest.raises(Refusal, match=r"signatures\.not_yours"):
        decline(provider, ceremony.id, boris.id, "other", "no")
