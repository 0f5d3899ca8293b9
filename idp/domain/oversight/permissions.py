"""What each role may do: the one table. What does not stand here is denied, to everybody."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is employed for. Deciding, administering and auditing are kept apart."""

    VERIFIER = "verifier"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(StrEnum):
    """Something that staff do, by the name its routes ask for."""

    OPEN = "console.open"
    SEE_QUEUE = "cases.queue"
    DECIDE = "cases.decide"
    INSPECT = "cases.inspect"
    VIEW_PEOPLE = "people.view"
    VIEW_SERVICES = "services.view"
    SUSPEND_SERVICES = "services.suspend"
    APPROVE_SERVICES = "services.approve"
    VIEW_STAFF = "staff.view"
    GRANT_ROLES = "staff.grant"
    SEARCH_AUDIT = "audit.search"


PERMISSIONS: Final[Mapping[Role, frozenset[Action]]] = {
    Role.VERIFIER: frozenset({Action.OPEN, Action.SEE_QUEUE, Action.DECIDE}),
    Role.ADMINISTRATOR: frozenset(
        {
            Action.OPEN,
            Action.VIEW_PEOPLE,
            Action.VIEW_SERVICES,
            Action.SUSPEND_SERVICES,
            Action.APPROVE_SERVICES,
            Action.VIEW_STAFF,
            Action.GRANT_ROLES,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Action.OPEN,
            Action.SEE_QUEUE,
            Action.INSPECT,
            Action.VIEW_PEOPLE,
            Action.VIEW_SERVICES,
            Action.VIEW_STAFF,
            Action.SEARCH_AUDIT,
        }
    ),
}


def allows(roles: Iterable[Role], action: Action) -> bool:
    """Whether one of the roles includes the action."""
    return any(action in PERMISSIONS[role] for role in roles)
