"""What happened around a citizen, and what is held about her: for her own eyes, page by page."""

from idp.foundation.audit.event import Event
from idp.journeys.account import activity
from idp.protocol.assurance import Level
from tests.journeys.signin.conftest import asking

NAMES = ["people.record.created", "signin.completed", "signin.password.wrong", "oversight.record.viewed"]


def happened(provider, person_id, *names):
    with provider.transaction() as tx:
        for name in names:
            tx.record(Event(name, person_id, person_id))


def test_what_happened_last_comes_first(provider, boris):
    happened(provider, boris.id, "signin.completed", "signin.password.wrong")

    found = activity.of(provider, boris.id, NAMES).leaves
    assert [leaf.name for leaf in found][:2] == ["signin.password.wrong", "signin.completed"]


def test_every_event_is_on_one_page_and_every_page_but_the_last_is_full(provider, boris):
    for number in range(70):
        happened(provider, boris.id, f"tests.event.number{number}", *["tests.without.words"] * 3)
    names = [f"tests.event.number{number}" for number in range(70)]
    pages, before = [], None
    while before is not None or not pages:
        page = activity.of(provider, boris.id, names, before)
        pages.append([leaf.name for leaf in page.leaves])
        before = page.following

    assert [name for page in pages for name in page] == names[::-1]
    assert [len(page) for page in pages] == [30, 30, 10]


def test_a_last_page_that_is_full_leads_nowhere(provider, boris):
    happened(provider, boris.id, *["tests.event"] * activity.PAGE)

    assert activity.of(provider, boris.id, ["tests.event"]).following is None


def test_nobody_sees_what_happened_to_another(provider, anna, boris):
    happened(provider, anna.id, "signin.completed")

    assert {leaf.subject for leaf in activity.of(provider, boris.id, NAMES).leaves} == {boris.id}


def test_what_staff_did_with_a_record_is_seen_by_its_owner_and_not_in_the_activity_of_staff(provider, anna, boris):
    with provider.transaction() as tx:
        tx.record(Event("oversight.record.viewed", anna.id, boris.id))

    assert activity.of(provider, boris.id, NAMES).leaves[0].actor == anna.id
    assert activity.of(provider, anna.id, ["oversight.record.viewed"]).leaves == []


def test_a_sign_in_says_how_where_and_for_which_service(provider, user, anna, service):
    user.signs_in(anna, asking(service))
    happened = activity.of(provider, anna.id, ["signin.completed"])

    (leaf,) = happened.leaves
    assert leaf.facts["methods"] == ["pwd", "otp", "mfa"]
    assert leaf.facts["client"] == service.id
    assert happened.devices[leaf.facts["session"]] == "Firefox, Linux"


def test_the_details_are_the_owners_own(provider, anna, boris):
    details = activity.details(provider, anna.id)

    assert details.person.assurance is Level.HIGH
    assert details.attributes["email"] == anna.email
    assert {one.value for one in details.identifiers if one.kind in ("username", "email")} == {"anna", anna.email}
    assert details.verification.assurance_level == "high"
    assert details.sources["email"][0] == "import"
    assert activity.details(provider, boris.id).verification is None
