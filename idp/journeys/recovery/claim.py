"""Where somebody stands who wants her account back: whose she says it is, and in which ways she has proved it.

The facts live in a login row, so they survive a restart and belong to one browser. Each step finds its turn in
`step_of`. For a name that nobody has every page is the same, and no answer is right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from idp.domain.authenticators import registry
from idp.domain.people import records
from idp.domain.people.records import Person, Status
from idp.domain.recovery import alarms, reclaims
from idp.domain.sessions import logins
from idp.domain.sessions.logins import Login
from idp.foundation.audit.event import Event
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.notify import announce
from idp.journeys.provider import Provider
from idp.journeys.signin.authenticate import Visitor
from idp.protocol.assurance import Level, Strength

RECOVERABLE = (Status.ACTIVE, Status.CLOSING, Status.REPORTED, Status.LOCKED)
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Turn:
    """One step of recovery, and when it is due."""

    name: str
    due: Callable[[Mapping[str, Any]], bool]


STEPS = (
    Turn("name", lambda facts: "claimed" not in facts),
    Turn("ways", lambda facts: not facts.get("enough")),
    Turn("method", lambda facts: "way_in" not in facts),
    Turn("second-factor", lambda facts: not facts.get("second")),
    Turn("recovery-codes", lambda facts: not facts.get("codes_saved")),
)


def step_of(login: Login) -> str | None:
    """The step that is due; None when she can go and sign in."""
    return next((turn.name for turn in STEPS if turn.due(login.facts)), None)


def look_at(provider: Provider, login_id: str, visitor: Visitor) -> Login:
    """Where the recovery stands. Raises Refusal("signin.gone")."""
    with provider.reading() as connection:
        return logins.get(connection, login_id, visitor.browser, provider.store.now())


def at_step(tx: Tx, login_id: str, visitor: Visitor, *steps: str) -> Login:
    """As `look_at`, locked, for a journey about to change something. Raises Refusal("signin.out_of_turn")."""
    login = logins.get(tx.connection, login_id, visitor.browser, tx.now, lock=True)
    if step_of(login) not in steps:
        raise Refusal("signin.out_of_turn", f"it is not the turn of {steps[0]}")
    return login


def claimed(connection: Connection, login: Login) -> Person | None:
    """Whose account is claimed, if it is anybody's who can have it back.

    A recovery of which its owner said that it was not she is over, and claims nobody.
    """
    reclaim_id = login.facts.get("reclaim")
    if reclaim_id is not None and not reclaims.is_live(connection, reclaim_id):
        return None
    person = records.find(connection, login.facts.get("claimed") or NOBODY)
    stopped = alarms.was_raised(connection, person.id if person else NOBODY, login.created_at)
    return person if person is not None and person.status in RECOVERABLE and not stopped else None


def prove_way(tx: Tx, provider: Provider, login: Login, visitor: Visitor, way: str, kept: str | None = None) -> None:
    """One way is proved; `kept` is the authenticator that was used, which is not lost then.

    Raises Refusal("recovery.locked") in the end for an account that an operator locked.
    """
    person = claimed(tx.connection, login)
    if person is None:
        raise Refusal("authenticators.wrong_code", "a lucky guess about nobody")
    ways = sorted({*login.facts.get("ways", []), way})
    tx.record(Event("recovery.way.proved", person.id, person.id, {"way": way}))
    if len(ways) == 1:
        announce(tx, provider, person.id, "recovery_begun")
    enough = len(ways) >= needed(tx.connection, person)
    if enough and person.status is Status.LOCKED:
        raise Refusal("recovery.locked", "an operator locked the account")
    found: dict[str, Any] = {"ways": ways, "kept": [*login.facts.get("kept", []), *([kept] if kept else [])]}
    if enough:
        found |= {"enough": True, "way_in": "kept" if "password" in ways else None}
        found["second"] = "totp" in ways or needed(tx.connection, person) == 1 or None
    logins.establish(tx, login.id, visitor.browser, **found)


def needed(connection: Connection, person: Person) -> int:
    """How many ways, each different (NIST SP 800-63B section 4.2.2): one only where a password alone was enough.

    Saying "this was not me" takes second factors away; whoever reads her mail must not gain by pressing that link.
    """
    if person.assurance is not Level.LOW or registry.reachable(connection, person.id) is not Strength.ONE_FACTOR:
        return 2
    return 2 if person.status is Status.REPORTED and registry.had_second_factor(connection, person.id) else 1
