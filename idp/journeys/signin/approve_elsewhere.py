"""Signing in with another device, at the other device: open what was scanned, look hard, approve or refuse.

Who approves has proved to be there since she opened it, with two factors, whatever session her browser had before.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from idp.domain.authenticators import levels
from idp.domain.authenticators.lockout import visitor_may_try
from idp.domain.authenticators.proof import HANDOVER, INHERENCE, KNOWLEDGE, POSSESSION, Proof
from idp.domain.clients.registry import Client
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.domain.sessions import browser, frames, handovers, logins
from idp.domain.sessions.browser import Session
from idp.domain.sessions.handovers import Handover, Opener, State
from idp.foundation.audit.event import Event
from idp.foundation.limits import Limit, take
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.journeys.signin.evidence import needed_elsewhere
from idp.journeys.signin.goal import Goal
from idp.journeys.signin.handover import shown_of
from idp.journeys.signin.login import goal_of
from idp.journeys.signin.standing import is_who_was_meant
from idp.protocol.assurance import Amr, Strength

PER_PERSON = Limit("handover.approve", 10, 15 * 60)
"""Approvals and wrong matching codes of one account: who is asked again and again is not worn down."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: `client` is None for a page of ours, and `needed` what must be proved here to approve.

    `same_network` compares network addresses.
    """

    handover: Handover
    client: Client | None
    needed: Strength
    address: str
    same_network: bool


def scanned(provider: Provider, frame: str, binding: str) -> str:
    """A ticket for a frame that was scanned in time, so that it may be read at leisure; only this browser can use it.

    Raises Refusal("handover.frame_dead") for one that is old, forged, or of a handover that was opened or is over.
    """
    now = provider.store.now()
    handle = frames.handle_of(frame)
    with provider.reading() as connection:
        found = handovers.waiting(connection, handle=handle, now=now) if handle else None
    if found is None or not frames.is_live(shown_of(provider, found).key, frame, now):
        raise Refusal("handover.frame_dead", "the picture is old, forged, or was used")
    return f"{handle}.{_ticket(provider, found, handle, binding)}"


def open_scanned(provider: Provider, ticket: str, visitor: Visitor, device: str) -> str:
    """Open what was scanned; returns its handle. Raises Refusal("handover.frame_dead" | "handover.gone")."""
    handle, _, proof = ticket.partition(".")
    with provider.transaction() as tx:
        found = handovers.waiting(tx.connection, handle=handle, now=tx.now) if handle else None
        right = "" if found is None else _ticket(provider, found, handle, visitor.browser)
        if found is None or not hmac.compare_digest(right.encode(), proof.encode("utf-8", "replace")):
            raise Refusal("handover.frame_dead", "not scanned by this browser, or opened by another")
        return _open(tx, found, handle, visitor, device)


def open_typed(provider: Provider, code: str, visitor: Visitor, device: str) -> str:
    """Open by the code that the other device shows. Raises Refusal("handover.wrong_code" | "too_many_attempts")."""
    with provider.transaction() as tx:
        visitor_may_try(tx, visitor.address, visitor.browser)
        found = handovers.waiting(tx.connection, code=code, now=tx.now) if code else None
        if found is None:
            raise Refusal("handover.wrong_code", "no such code, or it was used")
        return _open(tx, found, shown_of(provider, found).handle, visitor, device)


def look_at(provider: Provider, handle: str, visitor: Visitor) -> Request:
    """What to show before it is approved, or what became of it.

    Raises Refusal("handover.gone"), or ("signin.gone") if it cannot be approved because the sign-in itself is over.
    """
    now = provider.store.now()
    with provider.reading() as connection:
        found = handovers.opened_by(connection, Opener(handle, visitor.browser), now)
        is_open = found.state is State.OPENED
        goal = goal_of(provider, logins.elsewhere(connection, found.login_id, now)) if is_open else Goal()
    shown = shown_of(provider, found)
    same = shown.address == visitor.address
    return Request(found, goal.client, needed_elsewhere(goal), shown.address, same)


def approve(provider: Provider, handle: str, visitor: Visitor, session: Session, matching: str) -> None:
    """Sign in over there, as oneself.

    Raises Refusal("handover.wrong_matching_code"), ("handover.failed") after the third, ("handover.not_fresh"),
    ("handover.gone"), ("signin.somebody_else"), ("signin.locked") or ("too_many_attempts").
    """
    opener = Opener(handle, visitor.browser)
    with provider.transaction() as tx:
        take(tx, PER_PERSON, session.person_id)
        found = handovers.opened_by(tx.connection, opener, tx.now)
        goal = goal_of(provider, logins.elsewhere(tx.connection, found.login_id, tx.now))
        _require_there(tx, found, goal, session)
        _require_admitted(tx, provider, goal, session.person_id)
        handovers.count_try(tx, opener)
        _compare(tx, opener, shown_of(provider, found).matching, matching, session.person_id)
        handovers.approve(tx, opener, session.person_id, json.dumps(_proof(session).document()))
        tx.record(_event("approved", session.person_id, device=found.device))


def refuse(provider: Provider, handle: str, visitor: Visitor, person_id: str) -> None:
    """That was not me, or I think better of it."""
    with provider.transaction() as tx:
        opener = Opener(handle, visitor.browser)
        found = handovers.opened_by(tx.connection, opener, tx.now)
        if handovers.refuse(tx, opener):
            tx.record(_event("refused", person_id, device=found.device))


def _open(tx: Tx, found: Handover, handle: str, visitor: Visitor, device: str) -> str:
    handovers.open_at(tx, found.login_id, Opener(handle, visitor.browser), device)
    return handle


def _ticket(provider: Provider, found: Handover, handle: str, binding: str) -> str:
    message = f"scanned {handle} {binding}".encode()
    return urlsafe_b64encode(hmac.digest(shown_of(provider, found).key, message, "sha256")).decode().rstrip("=")


def _require_there(tx: Tx, found: Handover, goal: Goal, session: Session) -> None:
    """She herself, at this device, since it was opened, with all that is needed there."""
    worth = min(session.strength, levels.strength_of(levels.handed_over(session.amr)))
    if session.handed_over or session.auth_time < found.opened_at or worth < needed_elsewhere(goal):
        raise Refusal("handover.not_fresh", "she did not prove at this device, since it was opened, to be there")
    if browser.has_ended(tx.connection, session.id):
        raise Refusal("handover.not_fresh", "the session ended meanwhile")


def _require_admitted(tx: Tx, provider: Provider, goal: Goal, person_id: str) -> None:
    if records.get(tx.connection, person_id).status is not Status.ACTIVE:
        raise Refusal("signin.locked", "the record may not sign in")
    if not (is_who_was_meant(provider, goal, person_id) and _is_hinted(tx, provider, goal, person_id)):
        tx.record(_event("somebody_else", person_id))
        raise Refusal("signin.somebody_else", "the service asks for another person")


def _is_hinted(tx: Tx, provider: Provider, goal: Goal, person_id: str) -> bool:
    """A name that nobody has is somebody else's too, or the answer would tell which names exist."""
    hint = goal.request.login_hint if goal.request else None
    return not hint or identifiers.sign_in_name(tx.connection, provider.vault, hint) == person_id


def _compare(tx: Tx, opener: Opener, right: str, typed: str, person_id: str) -> None:
    if hmac.compare_digest(right.encode(), typed.encode("utf-8", "replace")):
        return
    tx.record(_event("mismatched", person_id))
    if handovers.fail_if_used_up(tx, opener):
        raise Refusal("handover.failed", "the last matching code was wrong")
    raise Refusal("handover.wrong_matching_code", "not the code that the other device shows")


def _proof(session: Session) -> Proof:
    """What she proved here counts there, except that no key of hers is there: neither hardware nor origin-bound."""
    amr = levels.handed_over(session.amr)
    factors = {levels.FACTOR[method] for method in amr if method in levels.FACTOR}
    if Amr.MULTIPLE_FACTORS in amr and len(factors) == 1:
        factors.add(KNOWLEDGE if Amr.PIN_OR_PATTERN in amr else INHERENCE)
    return Proof(HANDOVER, session.id, frozenset(factors or {POSSESSION}), amr, session.auth_time)


def _event(what: str, person_id: str, **facts: str) -> Event:
    return Event(f"signin.handover.{what}", person_id, person_id, facts)
