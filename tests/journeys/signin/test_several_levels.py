"""OpenID Connect Core 5.5.1.1: of several essential `acr` values any one does, and the answer names one of them."""

import pytest

from idp.domain.grants import grants
from idp.journeys.oidc.authorize import decide
from idp.journeys.oidc.understand import Asked
from idp.protocol.assurance import HARDWARE_ACR, Level, Strength
from idp.protocol.claims import ClaimsRequest
from tests.builders import a_citizen, a_client
from tests.journeys.signin.conftest import SECRET, asking
from tests.journeys.signin.handing import a_pair, opened

__all__ = ["a_pair", "opened"]
LOW, SUBSTANTIAL, HIGH = (level.acr for level in Level)
EITHER_ORDER = pytest.mark.parametrize("values", [(SUBSTANTIAL, HARDWARE_ACR), (HARDWARE_ACR, SUBSTANTIAL)])


@pytest.fixture
def citizen(provider):
    """Makes somebody with a password and an authenticator app."""
    return lambda assurance, totp=SECRET: a_citizen(provider, assurance=assurance, totp=totp)


def insisting(service, *values, **more):
    return asking(service, claims=ClaimsRequest({"acr": {"essential": True, "values": list(values)}}), **more)


def acr(provider, answer):
    with provider.reading() as connection:
        return grants.of_code(connection, answer.parameters["code"]).context.acr


def silently(provider, service, user, *values):
    """What `prompt=none` brings."""
    request = insisting(service, *values, prompt=frozenset({"none"}))
    return decide(provider, Asked(request, service), user.session)


@EITHER_ORDER
def test_a_session_that_meets_one_of_them_is_answered_at_once(provider, service, user, citizen, values):
    user.signs_in(citizen(Level.SUBSTANTIAL), asking(service))

    assert acr(provider, silently(provider, service, user, *values)) == SUBSTANTIAL


@EITHER_ORDER
def test_who_has_all_that_one_of_them_takes_is_asked_for_that_alone(provider, service, user, citizen, values):
    verified = citizen(Level.SUBSTANTIAL)
    user.signs_in(verified, asking(service))
    finished = user.signs_in(verified, insisting(service, *values, prompt=frozenset({"login"})))

    assert acr(provider, finished.answer) == SUBSTANTIAL


@pytest.mark.parametrize(
    ("values", "step"),
    [((SUBSTANTIAL, HARDWARE_ACR), "verify-identity"), ((HARDWARE_ACR, SUBSTANTIAL), "enrol")],
)
def test_of_two_that_take_as_much_the_one_named_first_is_aimed_at(service, user, citizen, values, step):
    hardly_known = citizen(Level.LOW)
    login_id = user.begins(insisting(service, *values))
    user.types_password(login_id, hardly_known)
    user.types_code(login_id, hardly_known)

    assert user.step(login_id) == step


@EITHER_ORDER
def test_who_lacks_two_things_for_one_and_a_key_for_the_other_adds_the_key(service, user, citizen, values):
    newcomer = citizen(Level.LOW, totp="")
    login_id = user.begins(insisting(service, *values))
    user.types_password(login_id, newcomer)

    progress = user.looks_at(login_id)
    assert (progress.step.name, progress.goal.authentication) == ("enrol", Strength.HARDWARE)


@pytest.mark.parametrize("values", [(SUBSTANTIAL, HIGH), (HIGH, SUBSTANTIAL)])
def test_no_higher_level_is_aimed_at_than_must_be(service, user, citizen, values):
    hardly_known = citizen(Level.LOW)
    login_id = user.begins(insisting(service, *values))
    user.types_password(login_id, hardly_known)
    user.types_code(login_id, hardly_known)

    progress = user.looks_at(login_id)
    assert (progress.step.name, progress.goal.identity) == ("verify-identity", Level.SUBSTANTIAL)


@EITHER_ORDER
def test_the_levels_that_a_service_registered_are_alternatives_too(provider, user, citizen, values):
    service = a_client(provider, default_acr_values=list(values))
    user.signs_in(citizen(Level.SUBSTANTIAL), asking(service))

    answer = decide(provider, Asked(asking(service, prompt=frozenset({"none"})), service), user.session)
    assert acr(provider, answer) == SUBSTANTIAL


@pytest.mark.parametrize(
    ("values", "told"), [((LOW,), LOW), ((LOW, SUBSTANTIAL, HIGH), SUBSTANTIAL), (("low", HARDWARE_ACR), "low")]
)
def test_the_answer_names_the_highest_that_holds_of_those_that_were_asked_for(
    provider, service, user, citizen, values, told
):
    user.signs_in(citizen(Level.SUBSTANTIAL), asking(service))

    assert acr(provider, silently(provider, service, user, *values)) == told


@EITHER_ORDER
def test_an_approval_at_another_device_leads_to_what_it_can_reach(opened, service, citizen, values):
    """No key is added on the strength of an approval, so what is left to do is to prove who she is."""
    both = opened(citizen(Level.LOW), claims=insisting(service, *values).claims).approves().takes()

    assert both.kiosk.step(both.login_id) == "verify-identity"
