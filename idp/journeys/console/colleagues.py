"""Giving and taking roles: by an administrator, never one's own, and told to the colleague."""

from idp.domain.oversight import roles
from idp.domain.oversight.permissions import Action, Role
from idp.domain.people import identifiers, records
from idp.domain.people.records import Status
from idp.foundation.refusal import Refusal
from idp.journeys import notify
from idp.journeys.console.authority import Staff, require
from idp.journeys.provider import Provider
from idp.protocol.assurance import Level

LEAST = Level.SUBSTANTIAL
"""Staff are people whose identity was verified."""


def grant_role(provider: Provider, staff: Staff, username: str, role: Role) -> str:
    """Give a colleague a role; returns their identifier.

    Raises Refusal `console.nobody_found`, `console.not_verified` or what `roles.grant` raises.
    """
    with provider.transaction() as tx:
        require(tx, staff, Action.GRANT_ROLES)
        person_id = identifiers.sign_in_name(tx.connection, provider.vault, username)
        person = None if person_id is None else records.find(tx.connection, person_id)
        if person is None or person.status is not Status.ACTIVE:
            raise Refusal("console.nobody_found", "nobody active signs in by this name")
        if person.assurance < LEAST:
            raise Refusal("console.not_verified", "staff need a verified identity")
        roles.grant(tx, person.id, role, staff.person_id)
        notify.notify(tx, provider, person.id, "role_granted", role=role.value)
        return person.id


def revoke_role(provider: Provider, staff: Staff, person_id: str, role: Role) -> None:
    """Take a role away; it is gone at the colleague's next click. Raises what `roles.revoke` raises."""
    with provider.transaction() as tx:
        require(tx, staff, Action.GRANT_ROLES)
        roles.revoke(tx, person_id, role, staff.person_id)
        notify.notify(tx, provider, person_id, "role_revoked", role=role.value)
