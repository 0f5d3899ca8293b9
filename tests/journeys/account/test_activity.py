"""What happened around a citizen, and what is held about her: for her own eyes, page by page."""

from idp.foundation.audit.event import Event
from idp.journeys.account import activity
from idp.protocol.assurance import Level


def happened(provider, person_id, *names):
    with provider.transaction() as tx:
        for name in names:
            tx.record(Event(name, person_id, person_id))


def test_what_happened_last_comes_first(provider, boris):
    happened(provider, boris.id, "signin.completed", "signin.password.wrong")

    assert [leaf.name for leaf in activity.of(provider, boris.id)][:2] == ["signin.password.wrong", "signin.completed"]


def test_every_event_is_on_one_page(provider, boris):
    happened(provider, boris.id, *[f"tests.event.number{number}" for number in range(70)])
    seen, before = [], None
    while page := activity.of(provider, boris.id, before):
        assert len(page) <= activity.PAGE
        seen += [leaf.name for leaf in page]
        before = page[-1].id

    assert [name for name in seen if name.startswith("tests.")] == [
        f"tests.event.number{number}" for number in reversed(range(70))
    ]


def test_nobody_sees_what_happened_to_another(provider, anna, boris):
    happened(provider, anna.id, "signin.completed")

    assert {leaf.subject for leaf in activity.of(provider, boris.id)} == {boris.id}


def test_what_staff_did_with_a_record_is_seen_by_its_owner(provider, anna, boris):
    with provider.transaction() as tx:
        tx.record(Event("oversight.record.viewed", anna.id, boris.id))

    assert activity.of(provider, boris.id)[0].actor == anna.id


def test_the_details_are_the_owners_own(provider, anna, boris):
    details = activity.details(provider, anna.id)

    assert details.person.assurance is Level.HIGH
    assert details.attributes["email"] == anna.email
    assert {one.value for one in details.identifiers if one.kind in ("username", "email")} == {"anna", anna.email}
    assert details.verification.assurance_level == "high"
    assert details.sources["email"][0] == "import"
    assert activity.details(provider, boris.id).verification is None
