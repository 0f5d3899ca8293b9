"""Signing in with another device, at the device where somebody wants to sign in: a picture, a wait, and the approval.

The other end is `approve_elsewhere`. The approval becomes a proof of this sign-in, so the steps that follow are the
same for everybody: docs/decisions/0012.
"""

import io
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass

import segno

from idp.domain.authenticators.proof import Proof
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.domain.sessions import browser, frames, handovers, logins
from idp.domain.sessions.frames import Pace
from idp.domain.sessions.handovers import Handover, State
from idp.foundation.audit.event import Event
from idp.foundation.limits import Limit, network_of, take
from idp.foundation.randomness import digits, identifier, octets, reference
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import STEP, Visitor
from idp.journeys.signin.evidence import may_be_handed_over
from idp.journeys.signin.login import InProgress, add_proof, at_step

CONTEXT = "handover"
PATH = "/handover"
PER_ADDRESS = Limit("handover.begin", 100, 15 * 60)
PER_LOGIN = Limit("handover.login", 10, 15 * 60)
MASK = 3
"""Trying all eight masks (ISO/IEC 18004 section 7.8) takes three times as long, and any of them can be scanned."""
FEWEST = 10
"""The matching code has two digits, and none of them is lost."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page keeps showing: `key` draws the frames, `code` is typed elsewhere, `matching` compared there.

    `address` is the network address of the device that began.
    """

    handle: str
    key: bytes
    code: str
    matching: str
    address: str


def is_offered(progress: InProgress) -> bool:
    """Not where somebody must be at this browser, as who approves for another must; nor for more than it is worth."""
    return may_be_handed_over(progress.goal)


def begin(provider: Provider, login_id: str, visitor: Visitor, device: str) -> None:
    """Hand the sign-in over, anew. Raises Refusal("signin.out_of_turn") or ("too_many_attempts")."""
    shown = Shown(identifier(), octets(32), reference(), _two_digits(), visitor.address)
    with provider.transaction() as tx:
        if not is_offered(_turn(tx, provider, login_id, visitor)):
            raise Refusal("signin.out_of_turn", "this sign-in is not handed over")
        take(tx, PER_ADDRESS, network_of(visitor.address))
        take(tx, PER_LOGIN, login_id)
        handovers.begin(tx, login_id, shown.handle, shown.code, _seal(provider, shown), device)


def look_at(provider: Provider, login_id: str, binding: str) -> Handover:
    """Where it stands, for its own browser. Raises Refusal("signin.gone"), or ("handover.gone") if there is none."""
    now = provider.store.now()
    with provider.reading() as connection:
        logins.get(connection, login_id, binding, now)
        found = handovers.of_login(connection, login_id, now)
    if found is None:
        raise Refusal("handover.gone", "the sign-in was not handed over")
    return found


def shown_of(provider: Provider, handover: Handover) -> Shown:
    """What `begin` sealed."""
    document = json.loads(provider.box.open(CONTEXT, handover.sealed))
    return Shown(**document | {"key": b64decode(document["key"])})


def picture(provider: Provider, handover: Handover, pace: Pace) -> str:
    """The QR code of this moment as SVG; empty once it has been opened."""
    if handover.state is not State.WAITING:
        return ""
    shown = shown_of(provider, handover)
    frame = frames.draw(shown.key, shown.handle, pace, provider.store.now())
    drawn = io.BytesIO()
    code = segno.make(f"{provider.issuer}{PATH}?f={frame}", error="l", boost_error=False, micro=False, mask=MASK)
    code.save(drawn, kind="svg", xmldecl=False, scale=5, border=4)
    return drawn.getvalue().decode()


def cancel(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """Back to the other ways to sign in; whoever opened it elsewhere finds it over."""
    with provider.transaction() as tx:
        logins.get(tx.connection, login_id, visitor.browser, tx.now, lock=True)
        handovers.cancel(tx, login_id)


def take_over(provider: Provider, login_id: str, visitor: Visitor) -> None:
    """Spend the approval, which counts as a proof of this sign-in.

    Raises Refusal("handover.not_approved"), ("handover.stopped") if the session in which it was approved has ended,
    ("signin.locked") or ("signin.out_of_turn").
    """
    with provider.transaction() as tx:
        _turn(tx, provider, login_id, visitor)
        approved = handovers.take(tx, login_id)
        if records.get(tx.connection, approved.person_id).status is not Status.ACTIVE:
            tx.record(Event("signin.refused.inactive", approved.person_id, approved.person_id))
            raise Refusal("signin.locked", "the record may not sign in any more")
        proof = Proof.of(json.loads(approved.proof))
        if browser.has_ended(tx.connection, proof.authenticator_id):
            tx.record(Event("signin.handover.stopped", approved.person_id, approved.person_id))
            raise Refusal("handover.stopped", "the session in which it was approved has ended")
        add_proof(tx, login_id, visitor.browser, approved.person_id, proof)


def _turn(tx: Tx, provider: Provider, login_id: str, visitor: Visitor) -> InProgress:
    return at_step(tx, provider, login_id, visitor.browser, visitor.session, STEP)


def _seal(provider: Provider, shown: Shown) -> bytes:
    document = {
        "handle": shown.handle,
        "key": b64encode(shown.key).decode(),
        "code": shown.code,
        "matching": shown.matching,
        "address": shown.address,
    }
    return provider.box.seal(CONTEXT, json.dumps(document).encode())


def _two_digits() -> str:
    while True:
        drawn = digits(2)
        if int(drawn) >= FEWEST:
            return drawn
