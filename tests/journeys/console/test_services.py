import pytest

from idp.domain.clients import registry
from idp.domain.grants import consents
from idp.foundation.outbox import Job
from idp.foundation.refusal import Refusal
from idp.journeys.console import queries, services
from idp.journeys.console.services import Reason
from idp.journeys.oidc.log_out import NOTICE
from tests.journeys.console.trail import trail


def status(provider, client_id):
    with provider.reading() as connection:
        client = registry.find(connection, client_id)
    return None if client is None else client.status


def test_a_suspended_service_may_act_no_more_and_the_reason_is_recorded(provider, adele, revenue):
    services.suspend(provider, adele, revenue, Reason.SECURITY)
    (change,) = trail(provider, "clients.status.")
    assert status(provider, revenue) == "suspended"
    assert (change.actor, change.facts) == (adele.person_id, {"status": "suspended", "reason": "security_incident"})


def test_a_service_works_again_after_it_is_reinstated(provider, adele, revenue):
    services.suspend(provider, adele, revenue, Reason.SECURITY)
    services.reinstate(provider, adele, revenue, Reason.RESOLVED)
    assert status(provider, revenue) == "active"


def test_suspending_twice_is_recorded_once(provider, adele, revenue):
    for _ in range(2):
        services.suspend(provider, adele, revenue, Reason.SECURITY)
    assert len(trail(provider, "clients.status.")) == 1


def test_a_service_that_is_not_registered_cannot_be_suspended(provider, adele):
    with pytest.raises(Refusal, match=r"clients\.unknown"):
        services.suspend(provider, adele, "nobody", Reason.SECURITY)


@pytest.mark.parametrize("change", [services.suspend, services.reinstate])
def test_a_service_that_was_never_approved_is_approved_and_not_reinstated(provider, adele, change):
    document = {"client_id": "new", "redirect_uris": ["https://new.example/cb"]}
    with provider.transaction() as tx:
        registry.register(tx, document, None, "new", status=registry.PENDING)
    with pytest.raises(Refusal, match=r"clients\.nothing_waits"):
        change(provider, adele, "new", Reason.RESOLVED)
    assert status(provider, "new") == "pending"


def test_an_auditor_suspends_nothing(provider, augustin, revenue):
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        services.suspend(provider, augustin, revenue, Reason.SECURITY)
    assert status(provider, revenue) == "active"


def test_a_service_counts_who_allows_it_something_now_and_remembers_its_last_use(provider, clock, revenue, a_person):
    people = [a_person("eleni"), a_person("marcus")]
    for person in people:
        with provider.transaction() as tx:
            consents.give(tx, person, revenue, ["name"])
        clock.advance(60)
    with provider.transaction() as tx:
        consents.withdraw(tx, people[1], revenue, people[1])
    with provider.reading() as connection:
        (service,) = queries.services(connection).sound
    assert (service.people, service.used_at) == (1, clock.now - 60)


def test_a_services_notices_show_what_became_of_them(provider, revenue):
    with provider.transaction() as tx:
        tx.send(Job(NOTICE, {"client": revenue}, about=revenue))
        tx.send(Job(NOTICE, {"client": "other"}, about="other"))
    with provider.reading() as connection:
        file = queries.service(connection, revenue)
    assert [(one.about, one.state) for one in file.notices] == [(revenue, "waiting")]
