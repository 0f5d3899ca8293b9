"""Finding one person by an exact identifier, for a stated purpose: there is no browsing, and no search by parts."""

from typing import Final

from sqlalchemy import Connection

from idp.domain.oversight import viewings
from idp.domain.oversight.permissions import Action
from idp.domain.oversight.viewings import Purpose, Viewing
from idp.domain.people import identifiers
from idp.foundation import limits
from idp.foundation.audit.event import Event
from idp.foundation.limits import Limit
from idp.foundation.refusal import Refusal
from idp.journeys.console.authority import Staff, require
from idp.journeys.provider import Provider
from idp.protocol import telephone_number

KINDS: Final = ("username", "email", "phone", "national_identifier")
LOOKUPS: Final = Limit("console.people.found", 60, 3600)
_PUNCTUATION: Final = dict.fromkeys(map(ord, " -()./"))


def find(provider: Provider, staff: Staff, kind: str, value: str, purpose: Purpose, reference: str) -> Viewing:
    """A licence to look at the one person who holds the identifier. Recorded whether or not somebody is found.

    Raises Refusal `console.nobody_found`, `too_many_attempts` or what `viewings.open_for` raises.
    """
    viewings.check_reference(reference)
    with provider.transaction() as tx:
        require(tx, staff, Action.VIEW_PEOPLE)
        limits.take(tx, LOOKUPS, staff.person_id)
        person_id = _owner(tx.connection, provider, kind, value)
        if person_id is None:
            facts = {"kind": kind, "purpose": purpose.value, "reference": reference}
            tx.record(Event("console.people.not_found", staff.person_id, "", facts))
            raise Refusal("console.nobody_found", f"nobody holds this {kind}")
        return viewings.open_for(tx, staff.person_id, person_id, purpose, reference)


def licence(provider: Provider, staff: Staff, viewing_id: str) -> Viewing:
    """The stated purpose under which a record is open. Raises Refusal("oversight.no_viewing")."""
    with provider.reading() as connection:
        return viewings.get(connection, viewing_id, staff.person_id, provider.store.now())


def _owner(connection: Connection, provider: Provider, kind: str, value: str) -> str | None:
    exact = _as_kept(value, provider.telephone_region) if kind == "phone" else value
    return identifiers.owner(connection, provider.vault, kind, exact)


def _as_kept(number: str, region: str) -> str:
    """In its one form; a number of no plan, from before numbers were read by their plans, without its punctuation."""
    try:
        return telephone_number.e164(number, region)
    except Refusal:
        return number.translate(_PUNCTUATION)
