import logging

import pytest

from idp.domain.clients import directory, registry
from idp.domain.clients.directory import Directory
from idp.foundation.audit import log
from idp.foundation.clock import pause
from idp.foundation.refusal import Refusal
from idp.protocol.errors import OAuthError
from tests.builders import FAULT, refused_today

DOCUMENT = {
    "client_id": "revenue",
    "client_name": "Revenue Service",
    "client_name#ar": "مصلحة الإيرادات",
    "redirect_uris": ["https://agency.example/callback"],
}


def registered(store, **changes):
    with store.transaction() as tx:
        return registry.register(tx, DOCUMENT | changes, "digest", "operator")


def events(store):
    with store.reading() as connection:
        return [leaf.name for leaf in log.search(connection, about="revenue")][::-1]


def test_a_registration_is_read_back_as_it_was_written(store):
    client = registered(store)
    with store.reading() as connection:
        assert registry.find(connection, "revenue") == client
        assert registry.find(connection, "REVENUE") is None

    assert client.active
    assert client.metadata.name("ar") == "مصلحة الإيرادات"


def test_registering_again_replaces_and_is_recorded(store, clock):
    made = registered(store)
    clock.advance(10)
    changed = registered(store, client_name="Tax Service")

    assert (changed.metadata.client_name, changed.created_at) == ("Tax Service", made.created_at)
    assert changed.updated_at == clock.now
    assert events(store) == ["clients.registration.added", "clients.registration.replaced"]


def test_what_is_wrong_is_refused_and_leaves_the_registration_as_it_was(store):
    before = registered(store)
    with pytest.raises(OAuthError), store.transaction() as tx:
        registry.register(tx, DOCUMENT | {"redirect_uris": ["http://evil.example"]}, None, "operator")
    with store.reading() as connection:
        assert registry.find(connection, "revenue") == before


def test_since_when_an_active_client_is_registered_is_known_of_it_alone(store, clock):
    def registered_at():
        with store.reading() as connection:
            return registry.registered_at(connection, "revenue")

    assert registered_at() is None
    made = registered(store)
    clock.advance(10)
    registered(store, client_name="Tax Service")
    assert registered_at() == made.created_at

    with store.transaction() as tx:
        registry.set_status(tx, "revenue", registry.SUSPENDED, "operator", "complaint")
    assert registered_at() is None
    with store.transaction() as tx:
        registry.remove(tx, "revenue")
    assert registered(store).created_at == registered_at() == clock.now


def test_a_suspension_outlives_a_new_registration(store):
    registered(store)
    with store.transaction() as tx:
        registry.set_status(tx, "revenue", registry.SUSPENDED, "operator", "complaint")
    assert not registered(store, client_name="Tax Service").active

    with store.transaction() as tx:
        registry.set_status(tx, "revenue", registry.ACTIVE, "operator", "resolved")
    with store.reading() as connection:
        assert registry.find(connection, "revenue").active
    assert events(store).count("clients.status.changed") == 2


def test_what_is_not_registered_has_no_status(store):
    with pytest.raises(Refusal) as refused, store.transaction() as tx:
        registry.set_status(tx, "nobody", registry.SUSPENDED, "operator", "complaint")

    assert refused.value.code == "clients.unknown"


def test_the_digest_of_a_secret_is_worth_something_with_its_key_and_client_only():
    digest = registry.secret_digest(b"k" * 32, "revenue", "secret")

    assert digest == registry.secret_digest(b"k" * 32, "revenue", "secret")
    others = [(b"j" * 32, "revenue", "secret"), (b"k" * 32, "registry", "secret"), (b"k" * 32, "revenue", "Secret")]
    assert digest not in [registry.secret_digest(*other) for other in others]


def test_the_listing_is_in_order(store):
    for client_id in ("zoo", "archive", "revenue"):
        registered(store, client_id=client_id)
    with store.reading() as connection:
        assert [client.id for client in registry.listing(connection).sound] == ["archive", "revenue", "zoo"]


def test_a_suspension_takes_effect_within_seconds_in_every_process(store):
    registered(store)
    elsewhere = Directory(store)
    assert elsewhere.find("revenue").active
    with store.transaction() as tx:
        registry.set_status(tx, "revenue", registry.SUSPENDED, "operator", "complaint")

    pause(directory.CACHE_SECONDS)
    assert not elsewhere.find("revenue").active


def test_a_service_that_is_registered_later_is_found_at_once(store):
    found = Directory(store)
    assert found.find("revenue") is None
    registered(store)

    assert found.find("revenue").id == "revenue"


def test_the_cache_never_grows_beyond_its_size(store, monkeypatch):
    monkeypatch.setattr(directory, "CACHE_SIZE", 2)
    found = Directory(store)
    for number in range(5):
        registered(store, client_id=f"agency{number}")
    for number in range(5):
        assert found.find(f"agency{number}").id == f"agency{number}"


WAGES = "https://wages.example/"


def server_of(store, resource=WAGES):
    with store.reading() as connection:
        return registry.server_of(connection, resource)


def test_a_resource_is_one_clients_and_nobody_takes_it(store):
    registered(store, resources=[WAGES])
    with pytest.raises(OAuthError, match=f"{WAGES}, which another client registered") as refusal:
        registered(store, client_id="thief", resources=["https://own.example/", WAGES])

    assert refusal.value.code == "invalid_client_metadata"
    assert server_of(store) == "revenue"
    assert server_of(store, "https://own.example/") is None
    with store.reading() as connection:
        assert registry.find(connection, "thief") is None


def test_a_resource_may_be_registered_again_and_given_up(store):
    registered(store, resources=[WAGES])
    registered(store, resources=[WAGES, f"{WAGES}2"])
    assert server_of(store, f"{WAGES}2") == "revenue"
    registered(store, resources=[f"{WAGES}2"])
    assert server_of(store) is None
    registered(store, client_id="wages", resources=[WAGES])
    assert server_of(store) == "wages"


def test_the_directory_knows_a_resource_for_a_moment(store, monkeypatch):
    known = Directory(store)
    assert known.server_of(WAGES) is None
    registered(store, resources=[WAGES])
    assert known.server_of(WAGES).id == "revenue"
    registered(store, resources=[])
    assert known.server_of(WAGES).id == "revenue"
    monkeypatch.setattr(directory, "CACHE_SECONDS", 0.0)
    assert known.server_of(WAGES) is None


def test_one_that_todays_rules_refuse_is_listed_apart_and_hides_none_of_the_others(store):
    for client_id in ("zoo", "archive", "revenue"):
        registered(store, client_id=client_id)
    refused_today(store, "archive")
    with store.reading() as connection:
        listed = registry.listing(connection)

    assert [client.id for client in listed.sound] == ["revenue", "zoo"]
    (faulty,) = listed.faulty
    assert (faulty.id, faulty.name, faulty.status) == ("archive", "Revenue Service", "active")
    assert faulty.faults == (FAULT,)


def test_one_that_todays_rules_refuse_is_as_good_as_none_to_whoever_would_use_it(store):
    registered(store, resources=["https://revenue.example/api"])
    refused_today(store, "revenue")
    elsewhere = Directory(store)
    with store.reading() as connection:
        assert registry.find(connection, "revenue") is None
        with pytest.raises(OAuthError, match=FAULT):
            registry.get(connection, "revenue")

    assert elsewhere.find("revenue") is None
    assert elsewhere.server_of("https://revenue.example/api") is None


def test_registered_in_order_again_it_works_at_once_and_stands_as_it_did(store):
    registered(store)
    with store.transaction() as tx:
        registry.set_status(tx, "revenue", registry.SUSPENDED, "operator", "complaint")
    refused_today(store, "revenue")
    elsewhere = Directory(store)
    assert elsewhere.find("revenue") is None
    registered(store)

    assert elsewhere.find("revenue").status == registry.SUSPENDED


def test_the_log_names_one_that_todays_rules_refuse_once_in_a_while(store, caplog, monkeypatch):
    registered(store)
    refused_today(store, "revenue")
    asked = Directory(store)
    with caplog.at_level(logging.WARNING, "idp"):
        for _ in range(3):
            asked.find("revenue")
        (line,) = caplog.messages
        monkeypatch.setattr(directory, "SILENT_SECONDS", 0.0)
        asked.find("revenue")

    assert line == f"client revenue can do nothing: today's rules refuse it: {FAULT}"
    assert len(caplog.messages) == 2
