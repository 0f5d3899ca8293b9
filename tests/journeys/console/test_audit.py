import csv
import io
import json

import pytest
from sqlalchemy import update

from idp.foundation.audit import checkpoint
from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves
from idp.foundation.refusal import Refusal
from idp.journeys.console import audit
from idp.journeys.console.audit import Wanted
from tests.journeys.console.trail import trail


def record(provider, *events):
    with provider.transaction() as tx:
        for event in events:
            tx.record(event)


def sign(provider):
    checkpoint.advance(provider.store, provider.keyring, provider.issuer, provider.data_dir / checkpoint.KEPT_COPY)


def test_events_are_found_by_whom_they_are_about(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob"), Event("tests.b", "bob", "cy"), Event("tests.c", "ann", "cy"))
    found = audit.search(provider, augustin, Wanted(about="bob", name="tests."))
    assert [leaf.name for leaf in found] == ["tests.b", "tests.a"]


def test_each_search_is_recorded_and_shown_to_whom_it_is_about(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob"))
    audit.search(provider, augustin, Wanted(about="bob", since=1))
    (search,) = trail(provider, "console.audit.searched")
    assert (search.actor, search.subject, search.facts) == (augustin.person_id, "bob", {"about": "bob", "since": 1})


def test_a_search_that_found_nothing_keeps_nothing_of_what_was_typed(provider, augustin):
    audit.search(provider, augustin, Wanted(about="eleni@arcadia.example"))
    (search,) = trail(provider, "console.audit.searched")
    assert (search.subject, search.facts) == ("", {"found": False})


def test_a_page_says_whether_there_is_another(provider, augustin):
    record(provider, *(Event("tests.a", "ann", "bob", {"number": number}) for number in range(audit.PAGE + 1)))
    first = audit.search(provider, augustin, Wanted(name="tests."))
    rest = audit.search(provider, augustin, Wanted(name="tests.", before_id=first[audit.PAGE - 1].id))
    assert len(first) == audit.PAGE + 1
    assert [leaf.facts for leaf in rest] == [{"number": 0}]


def test_an_administrator_cannot_search(provider, adele):
    with pytest.raises(Refusal, match=r"console\.forbidden"):
        audit.search(provider, adele, Wanted(about="bob"))


def test_a_csv_export_starts_no_formula_in_a_spreadsheet(provider, augustin):
    record(provider, Event("tests.a", "-1+1|calc", '=HYPERLINK("x")', {"say": "@sum"}))
    rows = list(csv.DictReader(io.StringIO(audit.export_csv(provider, augustin, Wanted(name="tests.")))))
    assert rows[0]["actor"] == "'-1+1|calc"
    assert rows[0]["subject"] == '\'=HYPERLINK("x")'
    assert json.loads(rows[0]["facts"]) == {"say": "@sum"}


def test_a_json_export_carries_events_and_the_newest_checkpoint(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob", {"name": "大"}))
    sign(provider)
    document = json.loads(audit.export_json(provider, augustin, Wanted(name="tests.")))
    (event,) = document["events"]
    assert (event["actor"], event["facts"], document["complete"]) == ("ann", {"name": "大"}, True)
    assert document["checkpoint"]["size"] > event["position"]


def test_an_export_is_recorded_as_one(provider, augustin):
    audit.export_csv(provider, augustin, Wanted())
    assert len(trail(provider, "console.audit.exported")) == 1


def test_a_whole_audit_verifies_and_that_is_recorded(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob"))
    sign(provider)
    verdict = audit.verify(provider, augustin)
    (verified,) = trail(provider, "console.audit.verified")
    assert verdict.fault is None
    assert verified.facts == {"leaves": verdict.leaves, "fault": None}


def test_a_changed_audit_does_not_verify(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob"))
    sign(provider)
    with provider.transaction() as tx:
        tx.execute(update(leaves).where(leaves.c.name == "tests.a").values(subject="eve"))
    assert "column subject differs" in str(audit.verify(provider, augustin).fault)


def test_an_audit_rolled_back_with_its_checkpoints_does_not_agree_with_the_kept_copy(provider, augustin):
    record(provider, Event("tests.a", "ann", "bob"))
    sign(provider)
    kept = provider.data_dir / checkpoint.KEPT_COPY
    kept.write_text(kept.read_text() + "999999 00 1 audit x\n")
    assert "rolled back or forked" in str(audit.verify(provider, augustin).fault)


def test_verifying_again_and_again_stops(provider, augustin):
    for _ in range(audit.VERIFICATIONS.most):
        audit.verify(provider, augustin)
    with pytest.raises(Refusal, match="too_many_attempts"):
        audit.verify(provider, augustin)
