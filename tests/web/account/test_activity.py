"""Activity: every event that concerns a citizen, in words, by days; what may have been another leads to stopping it."""

import ast
import re

import pytest

from idp.config import ROOT
from idp.domain.oversight import viewings
from idp.domain.oversight.viewings import Purpose
from idp.foundation.audit.event import Event
from idp.foundation.audit.log import Leaf
from idp.web.account.activity_words import describe, spoken_names
from tests.builders import a_client

UNSPOKEN = {
    "clients.invitation.made",  # of services, all of these
    "clients.invitation.withdrawn",
    "clients.registration.approved",
    "clients.registration.change_requested",
    "clients.registration.deleted",
    "clients.registration.refused",
    "clients.registration.requested",
    "clients.registration.token_renewed",
    "clients.status.changed",
    "console.audit.verified",  # of the whole audit
    "console.people.not_found",  # of nobody
    "keyring.key.made",
    "oidc.code.redeemed",  # what follows an opened service within a second
    "oidc.code.refused",
    "oidc.grant.revoked",
    "oidc.refresh.foreign",
    "oidc.token.exchanged",  # between services, every few minutes
    "oidc.token.issued",
    "oidc.token.refreshed",  # every few minutes; Your services says when last
    "oidc.token.revoked",
    "people.record.erased",  # nobody is left to read it
    "proofing.case.claimed",  # opening the case is told
    "proofing.case.decided",  # one of two; the outcome is told
    "proofing.identity.verified",  # told as people.assurance.changed
    "signatures.activation.issued",  # a part of signing
    "signatures.ceremony.begun",
    "signatures.ceremony.cancelled",
    "signatures.signing.begun",
    "signatures.signing.failed",
    "signin.abandoned",
}
"""Events that a citizen is told nothing of on the page; her data has them all."""


def literal_names():
    """Every name of an event that stands in the code."""
    for path in (ROOT / "idp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_event = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event"
            if is_event and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def record(provider, *events):
    with provider.transaction() as tx:
        for event in events:
            tx.record(event)


def test_every_event_has_words_or_is_known_to_have_none(app):
    names = set(literal_names())

    assert len(names) > 40
    assert names - spoken_names() - UNSPOKEN == set()


def test_every_spoken_event_has_a_sentence(app):
    facts = {"purpose": "support", "reference": "T-1", "client": "x", "methods": ["pwd"], "verdict": "approved"}
    with app.test_request_context():
        silent = [
            name
            for name in spoken_names()
            if not describe(Leaf(1, None, 0, name, "me", "me", facts), "me", lambda client: client)
        ]

    assert silent == []


def test_many_events_without_words_hide_nothing(provider, boris, a_window):
    record(provider, *[Event("oidc.token.refreshed", "agency", boris.id)] * 100)
    page = a_window(boris).goes("/account/activity").page

    assert "Nothing has happened yet" not in page.words
    assert "Your account was created" in page.words


def test_activity_is_told_in_words_and_by_pages(provider, anna, a_window):
    record(provider, *[Event(name, anna.id, anna.id) for name in ["signin.totp.wrong", *["signin.completed"] * 40]])
    window = a_window(anna).goes("/account/activity")
    assert "You signed in" in window.page.words
    assert "A wrong code was entered" not in window.page.words

    older = window.page.by_id["activity-older"]["href"]
    window.goes(f"/account/activity{older}")
    assert "A wrong code was entered" in window.page.words
    assert "activity-older" not in window.page.by_id
    assert window.page.by_id["activity-newest"]["href"] == "/account/activity"


def test_a_sign_in_is_told_with_method_device_and_service(app, provider, anna, a_window, clock):
    a_client(provider, client_id="revenue", client_name="Revenue Service")
    window = a_window(anna)
    with provider.reading() as connection:
        session = connection.exec_driver_sql("SELECT id FROM sessions").scalar_one()
    facts = {"methods": ["pwd", "otp", "mfa"], "client": "revenue", "session": session}
    record(provider, Event("signin.completed", anna.id, anna.id, facts))
    words = window.goes("/account/activity").page.words

    assert "You signed in with: password, one-time code" in words
    assert "Revenue Service · Firefox on Linux" in words


def test_events_stand_under_their_day(provider, boris, a_window, clock):
    record(provider, Event("signin.completed", boris.id, boris.id))
    clock.advance(24 * 3600)
    record(provider, Event("signin.password.wrong", boris.id, boris.id))
    words = a_window(boris).goes("/account/activity").page.words

    days = [words.index(text) for text in ("16 January 2027", "A wrong password", "15 January 2027", "You signed in")]
    assert days == sorted(days)


@pytest.mark.parametrize("name", ["signin.completed", "signin.password.wrong", "authenticators.totp.added"])
def test_what_may_have_been_another_leads_to_stopping_it_in_two_clicks(provider, boris, a_window, mail, name):
    record(provider, Event(name, boris.id, boris.id))
    window = a_window(boris).goes("/account/activity")
    assert len(re.findall("This wasn.t me", window.page.words)) >= 1
    assert "/account/not-me" in window.page.links

    window.goes("/account/not-me").submits("/account/not-me")
    assert mail(boris.email)[-1] == "You reported that somebody else had used your account"


def test_who_looked_at_the_record_and_why_is_told(provider, anna, boris, a_window):
    with provider.transaction() as tx:
        viewings.open_for(tx, anna.id, boris.id, Purpose.FRAUD, "F-9")
    words = a_window(boris).goes("/account/activity").page.words

    assert "A member of staff opened your record: Suspected fraud or misuse (F-9)" in words
    assert "opened your record" not in a_window(anna).goes("/account/activity").page.words
