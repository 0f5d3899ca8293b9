"""A citizen's copy of everything: complete, hers alone, without what would harm somebody else."""

import hashlib
import json

import pytest
from sqlalchemy import select

from idp.domain.authenticators.methods import recovery_code
from idp.domain.authenticators.tables import authenticators
from idp.domain.oversight import viewings
from idp.domain.oversight.viewings import Purpose
from idp.domain.proofing import cases
from idp.domain.proofing import evidence as pictures
from idp.domain.proofing.details import Details, Found
from idp.domain.proofing.images import Picture
from idp.domain.signatures import ceremonies
from idp.domain.signatures.ceremonies import Terms
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.tables import metadata
from idp.journeys.account import my_data
from idp.journeys.account.my_data_json import document
from idp.journeys.people.erase import erase
from idp.protocol.assurance import Level
from tests.builders import a_citizen
from tests.fixtures.storage import NOW
from tests.journeys.signin.conftest import asking

PICTURE = b"a picture"
FOUND = Found("10860310013", True, "1986-03-14", ("ANN", "SECRET"), {"address": {"formatted": "9 Hidden Lane"}})


@pytest.fixture
def whole(provider, user, anna, revenue):
    """Anna with something in every room."""
    user.signs_in(anna, asking(revenue, scope=("openid", "profile", "email")))
    with provider.transaction() as tx:
        recovery_code.issue(tx, anna.id)
        viewings.open_for(tx, "staff-1", anna.id, Purpose.SUPPORT, "T-17")
        case = cases.open_case(tx, anna.id, Level.HIGH, None)
        cases.keep_details(tx, provider.vault, case, Details(document_number="P123", given_name="Ann"))
        case = cases.get(tx.connection, case.id)
        pictures.put(tx, provider.vault, case, "portrait", Picture(PICTURE, 1, 1, hashlib.sha256(PICTURE).hexdigest()))
        case = cases.get(tx.connection, case.id)
        cases.submit(tx, provider.vault, case, FOUND, (), "manifest")
        terms = Terms("Tax return 2026", "I agree", "https://agency.example", None, 600)
        ceremony = ceremonies.begin(tx, provider.box, revenue.id, terms, "a" * 64)
        ceremonies.lock_to(tx, ceremony.id, anna.id)
        tx.record(Event("proofing.case.decided", "staff-2", anna.id, {"reasons": ["suspected_fraud"]}))
    return anna


def copy_of(provider, citizen, form="json"):
    copy = my_data.download(provider, citizen.id, form)
    return json.loads(json.dumps(document(copy, provider.issuer, lambda leaf: f"words of {leaf.name}")))


def test_everything_is_in_it(provider, whole, revenue):
    told = copy_of(provider, whole)

    assert (told["format"], told["version"], told["complete"]) == ("tessera-my-data", 1, True)
    assert (told["account"]["assurance"], told["account"]["status"]) == ("high", "active")
    details = {one["name"]: one for one in told["details"]}
    assert details["email"]["value"] == whole.email
    assert details["email"]["source"] == "import"
    assert {(one["kind"], one["value"]) for one in told["identifiers"]} >= {
        ("username", "anna"),
        ("email", whole.email),
    }
    assert told["verifications"][0]["level"] == "high"
    assert told["verifications"][0]["trust_framework"]
    assert {one["method"] for one in told["ways_to_sign_in"]["held"]} == {"password", "totp"}
    assert told["ways_to_sign_in"]["recovery_codes_left"] == 10
    assert told["sessions"][0]["device"] == "Firefox, Linux"
    assert told["sessions"][0]["services"] == [revenue.id]
    (service,) = told["services"]
    assert service["receives_now"]["email"] == whole.email
    assert service["receives_now"]["updated_at"] == NOW
    assert service["last_opened_at"] == told["made_at"]
    assert len(service["authorizations"]) == 1
    assert (told["signatures"][0]["title"], told["signatures"][0]["status"]) == ("Tax return 2026", "viewed")
    (case,) = told["cases"]
    assert (case["state"], case["typed"]["document_number"]) == ("waiting", "P123")
    assert case["pictures"][0]["content_base64"] == "YSBwaWN0dXJl"
    assert [(one["purpose"], one["reference"]) for one in told["looked_at"]] == [("support", "T-17")]
    assert {"signin.completed", "grants.consent.given", "account.data.downloaded"} <= {
        one["event"] for one in told["activity"]
    }


def test_every_table_about_people_is_in_it_or_known_to_be_left_out(provider):
    """Whoever adds a table that holds something of a person decides here what her copy says of it."""
    told = {
        "person_attributes": "details",
        "person_identifiers": "identifiers",
        "person_verifications": "verifications",
        "person_closings": "account",
        "authenticators": "ways_to_sign_in",
        "recovery_codes": "ways_to_sign_in",
        "sessions": "sessions",
        "remembered_browsers": "browsers_that_remember",
        "consents": "services",
        "grants": "services",
        "signature_ceremonies": "signatures",
        "proofing_cases": "cases",
        "proofing_evidence": "cases",
        "proofing_outcomes": "cases",
        "staff_roles": "account",
    }
    left_out = {
        "data_keys",  # a key
        "webauthn_challenges",  # minutes
        "proofing_decisions",  # of the staff; the outcome is told
        "signature_activations",  # minutes; the audit says when one was given
        "record_viewings",  # a quarter of an hour; the audit says so
        "contact_changes",  # an hour; the outcome is in the identifiers
        "handovers",  # an hour; what was approved is in the activity
        "alarms",  # links in letters
        "reclaims",  # days; the audit says so
    }
    personal = {table.name for table in metadata.sorted_tables if "person_id" in table.c}
    assert personal - set(told) <= left_out


def test_who_did_it_is_said_without_names_of_staff(provider, whole, revenue):
    told = copy_of(provider, whole)

    assert {one["by"] for one in told["activity"]} <= {"you", "staff", "operator", revenue.id}
    assert "staff-1" not in json.dumps(told)


def test_no_secret_and_nothing_that_would_harm_another_is_in_it(provider, whole):
    text = json.dumps(copy_of(provider, whole))

    with provider.reading() as connection:
        verifiers = connection.execute(select(authenticators.c.verifier)).scalars().all()
    assert whole.totp_secret not in text
    assert all(verifier not in text for verifier in verifiers if verifier)
    assert "9 Hidden Lane" not in text
    assert FOUND.national_identifier not in text
    assert "suspected_fraud" not in text
    assert "details_not_confirmed" in text


def test_nothing_of_another_is_in_it(provider, whole, boris):
    told = json.dumps(copy_of(provider, boris))

    assert whole.id not in told
    assert whole.email not in told


def test_each_download_is_recorded_and_told(provider, anna, audit, mail):
    copy_of(provider, anna, "pdf")

    assert audit(anna.id)[-1] == "account.data.downloaded"
    assert mail(anna.email) == ["Your data was downloaded"]


def test_the_eleventh_of_a_day_is_refused(provider, anna, clock):
    for _ in range(10):
        my_data.download(provider, anna.id, "json")
    with pytest.raises(Refusal, match="too_many_attempts"):
        my_data.download(provider, anna.id, "json")
    clock.advance(24 * 3600)
    my_data.download(provider, anna.id, "json")


def test_of_somebody_erased_there_is_no_copy(provider, whole):
    erase(provider, "anna")

    with provider.reading() as connection:
        told = json.dumps(
            document(my_data.collect(connection, provider, whole.id), provider.issuer, lambda _: ""), default=str
        )
    assert "Ann" not in told
    assert whole.email not in told
    assert "a picture" not in told


def test_more_events_than_fit_are_said_to_be_missing(provider, anna, monkeypatch):
    monkeypatch.setattr(my_data, "MOST_EVENTS", 3)
    told = copy_of(provider, anna)

    assert (told["complete"], len(told["activity"])) == (False, 3)


def test_what_is_told_of_a_name_in_another_script_is_the_name(provider):
    amal = a_citizen(provider, name="\u0623\u0645\u0644 \u062d\u062f\u0627\u062f")

    assert "\u0623\u0645\u0644" in json.dumps(copy_of(provider, amal), ensure_ascii=False)
