"""Signing in with another device: what is approved there counts here, once, for who approved, and for nobody else."""

import json
from dataclasses import replace

import pytest

from idp.domain.sessions.handovers import State
from idp.foundation.audit import log
from idp.journeys.signin import approve_elsewhere, handover
from idp.journeys.signin.finish import abandon
from idp.protocol.assurance import Amr, Level, Strength
from tests.journeys.signin.conftest import DEVICE, asking, essential
from tests.journeys.signin.handing import KIOSK, PHONE, a_pair, opened, refused

__all__ = ["a_pair", "opened"]


def test_what_was_approved_on_the_telephone_signs_in_at_the_kiosk(opened, anna, clock):
    pair = opened().approves()
    assert pair.state is State.APPROVED
    pair.takes()
    assert pair.kiosk.step(pair.login_id) == "consent"
    pair.kiosk.consents(pair.login_id)
    done = pair.kiosk.finishes(pair.login_id)

    assert "code" in done.answer.parameters
    session = pair.kiosk.session
    assert (session.person_id, session.strength) == (anna.id, Strength.TWO_FACTORS)
    assert set(session.amr) == {"pwd", "otp", "mfa"}
    assert session.handed_over
    assert not pair.phone.session.handed_over
    assert session.id != pair.phone.session.id
    assert session.auth_time == pair.phone.session.auth_time


def test_the_highest_identity_is_reached_that_way_too(opened):
    pair = opened(claims=essential(Level.HIGH)).approves().takes()
    assert pair.kiosk.step(pair.login_id) == "consent"
    assert pair.kiosk.looks_at(pair.login_id).achieved.authentication is Strength.TWO_FACTORS


def test_a_hardware_key_at_the_telephone_is_no_hardware_at_the_kiosk(opened):
    pair = opened()
    amr = (str(Amr.HARDWARE_KEY), str(Amr.USER_PRESENCE), str(Amr.MULTIPLE_FACTORS))
    session = replace(pair.phone.session, amr=amr, strength=Strength.HARDWARE)
    approve_elsewhere.approve(pair.provider, pair.handle, pair.phone.visitor, session, pair.shown.matching)
    proof = json.loads(pair.found.proof)
    pair.takes()

    achieved = pair.kiosk.looks_at(pair.login_id).achieved
    assert achieved.authentication is Strength.TWO_FACTORS
    assert Amr.HARDWARE_KEY not in achieved.amr
    assert not proof["phishing_resistant"]


def test_an_approval_is_used_once(opened):
    pair = opened().approves().takes()
    with refused("signin.out_of_turn"):
        pair.takes()
    with refused("handover.gone"):
        pair.approves()


def test_it_ends_after_five_minutes_at_both_devices(opened, clock):
    pair = opened()
    clock.advance(300)
    assert pair.state is State.EXPIRED
    with refused("handover"):
        pair.approves()


def test_an_approval_that_nobody_took_ends_too(opened, clock):
    pair = opened().approves()
    clock.advance(300)
    with refused("handover.not_approved"):
        pair.takes()


def test_cancelled_at_the_kiosk_is_over_at_the_telephone(opened):
    pair = opened()
    handover.cancel(pair.provider, pair.login_id, pair.kiosk.visitor)
    with refused("handover.gone"):
        pair.approves()
    assert pair.state is State.CANCELLED


def test_a_new_code_ends_the_one_before(opened):
    pair = opened()
    pair.begins()
    with refused("handover.gone"):
        pair.approves()
    assert pair.state is State.WAITING


def test_a_sign_in_that_was_abandoned_cannot_be_approved(opened):
    pair = opened()
    matching = pair.shown.matching
    abandon(pair.provider, pair.login_id, pair.kiosk.visitor)
    with refused("signin.gone"):
        pair.approves(matching)


def test_refused_at_the_telephone_is_over_at_the_kiosk(opened, anna):
    pair = opened()
    approve_elsewhere.refuse(pair.provider, pair.handle, pair.phone.visitor, anna.id)
    assert pair.state is State.REFUSED
    with refused("handover.gone"):
        pair.approves()
    with refused("handover.not_approved"):
        pair.takes()


def test_who_was_meant_by_the_hint_may_approve(opened, anna):
    assert opened(login_hint=anna.username).approves().state is State.APPROVED


def test_prompt_login_and_max_age_are_met_by_an_approval(opened):
    pair = opened(prompt=frozenset({"login"}), max_age=0).approves().takes()
    assert pair.kiosk.step(pair.login_id) == "consent"


@pytest.mark.parametrize("asked", [{"first_hand": True}, {"strength": Strength.HARDWARE}])
def test_a_page_that_wants_somebody_at_this_browser_or_hardware_is_not_handed_over(a_pair, asked):
    pair = a_pair()
    pair.login_id = pair.kiosk.begins(return_to="/account", **asked)
    assert not handover.is_offered(pair.kiosk.looks_at(pair.login_id))
    with refused("signin.out_of_turn"):
        pair.begins()


def test_the_code_that_is_typed_opens_it_once(a_pair, clock):
    pair = a_pair().begins()
    code = pair.shown.code
    with refused("handover.wrong_code"):
        approve_elsewhere.open_typed(pair.provider, "", pair.phone.visitor, PHONE)
    pair.handle = approve_elsewhere.open_typed(pair.provider, code, pair.phone.visitor, PHONE)
    assert pair.found.opener_device == PHONE
    with refused("handover.wrong_code"):
        approve_elsewhere.open_typed(pair.provider, code, pair.phone.visitor, PHONE)


def test_both_ends_are_on_record_without_secrets(opened, anna, provider):
    pair = opened()
    with refused("handover.wrong_matching_code"):
        pair.approves(pair.wrong)
    pair.approves()
    with provider.reading() as connection:
        leaves = log.search(connection, about=anna.id, limit=500)
    events = [leaf for leaf in leaves if leaf.name.startswith("signin.handover.")]

    assert [(leaf.name, leaf.actor) for leaf in events] == [
        ("signin.handover.approved", anna.id),
        ("signin.handover.mismatched", anna.id),
    ]
    assert events[0].facts == {"device": KIOSK}


def signed_in_at_the_kiosk(pair):
    pair.approves().takes()
    pair.kiosk.consents(pair.login_id)
    pair.kiosk.finishes(pair.login_id)
    assert pair.kiosk.session.handed_over
    return pair


def test_a_proof_at_the_kiosk_makes_the_session_there_her_own(opened, anna):
    pair = signed_in_at_the_kiosk(opened())
    session, cookie = pair.kiosk.session, pair.kiosk.cookie
    pair.kiosk.signs_in(anna, first_hand=True)
    assert pair.kiosk.cookie != cookie
    assert (pair.kiosk.session.id, pair.kiosk.session.handed_over) == (session.id, False)


def test_a_service_that_asks_how_long_ago_is_not_told_of_the_other_device(opened, service):
    pair = signed_in_at_the_kiosk(opened())
    again = pair.kiosk.begins(asking(service))
    assert pair.kiosk.step(again) is None
    again = pair.kiosk.begins(asking(service, max_age=3600))
    assert pair.kiosk.step(again) == "authenticate"


def test_she_is_told_of_every_sign_in_that_was_approved(opened, provider, anna, monkeypatch):
    told = []
    monkeypatch.setattr("idp.journeys.signin.finish.announce", lambda *said, **facts: told.append((said[2:], facts)))
    signed_in_at_the_kiosk(opened())
    assert told[-1] == ((anna.id, "new_browser"), {"device": DEVICE})


def test_what_was_approved_stays_so_on_the_telephone(opened, clock):
    pair = signed_in_at_the_kiosk(opened())
    for _ in range(2):
        asked = approve_elsewhere.look_at(pair.provider, pair.handle, pair.phone.visitor)
        assert asked.handover.state is State.APPROVED
        clock.advance(400)
