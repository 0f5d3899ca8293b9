"""Who is staff, and what they may do: asked at the door, and again in the transaction that changes something."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Action, Role, allows
from idp.domain.people import records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Tx
from idp.journeys.provider import Provider


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works here, with the roles held when they came in. Made by `recognise` alone."""

    person_id: str
    roles: frozenset[Role]

    def may(self, action: Action) -> bool:
        """Whether one of the roles includes the action."""
        return allows(self.roles, action)


def recognise(provider: Provider, person_id: str, action: Action) -> Staff:
    """The member of staff who may do this. Raises Refusal("console.forbidden") for everybody else."""
    with provider.reading() as connection:
        return _staff(connection, person_id, action)


def require(tx: Tx, staff: Staff, action: Action) -> None:
    """A role that was taken away a second ago is gone. Raises Refusal("console.forbidden")."""
    _staff(tx.connection, staff.person_id, action)


def _staff(connection: Connection, person_id: str, action: Action) -> Staff:
    person = records.find(connection, person_id)
    held = roles.of(connection, person_id)
    if person is None or person.status is not Status.ACTIVE or not allows(held, action):
        raise Refusal("console.forbidden", f"no role of this person includes {action.value}")
    return Staff(person_id, held)
