import pytest

from idp.domain.oversight.permissions import PERMISSIONS, Action, Role, allows


def test_somebody_without_a_role_may_do_nothing():
    assert not any(allows((), action) for action in Action)


def test_every_role_has_its_line_and_may_open_the_console():
    assert {role for role in Role if allows({role}, Action.OPEN)} == set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        (Action.DECIDE, {Role.VERIFIER}),
        (Action.INSPECT, {Role.AUDITOR}),
        (Action.GRANT_ROLES, {Role.ADMINISTRATOR}),
        (Action.SUSPEND_SERVICES, {Role.ADMINISTRATOR}),
        (Action.APPROVE_SERVICES, {Role.ADMINISTRATOR}),
        (Action.SEARCH_AUDIT, {Role.AUDITOR}),
        (Action.VIEW_PEOPLE, {Role.ADMINISTRATOR, Role.AUDITOR}),
    ],
)
def test_who_may_do_what_is_kept_apart(action, roles):
    assert {role for role in Role if allows({role}, action)} == roles


def test_two_roles_may_do_what_either_may():
    both = {Role.VERIFIER, Role.ADMINISTRATOR}
    assert allows(both, Action.DECIDE)
    assert allows(both, Action.GRANT_ROLES)
    assert not allows(both, Action.SEARCH_AUDIT)
