"""Every combination of facts: what the table lets through, and what it never does."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from idp.journeys.signin.next_step import STEPS, Facts, next_step
from idp.protocol.assurance import Level, Strength

NO_YES = (False, True)
EVERY = [Facts(*values) for values in product(*(NO_YES,) * 6, *(Strength,) * 3, Level, Level, NO_YES, NO_YES)]


def done(**given: object) -> Iterator[Facts]:
    """All facts, of those given, that let a sign-in finish."""
    return (facts for facts in (replace(one, **given) for one in EVERY) if next_step(facts) is None)


def test_nobody_finishes_unknown():
    assert list(done(person_known=False)) == []


def test_nobody_finishes_below_the_authentication_that_is_required():
    assert [facts for facts in done() if facts.authentication < facts.required_authentication] == []


def test_nobody_finishes_below_the_identity_that_is_required():
    assert [facts for facts in done() if facts.identity < facts.required_identity] == []


def test_nobody_who_holds_a_second_factor_finishes_without_it():
    holders = [facts for facts in done(remembered=False) if facts.reachable > Strength.ONE_FACTOR]
    assert holders
    assert all(facts.authentication > Strength.ONE_FACTOR for facts in holders)


def test_a_browser_that_remembers_asks_for_one_factor_and_never_for_less_than_the_service_needs():
    finished = list(done(remembered=True, reachable=Strength.HARDWARE))
    assert Strength.ONE_FACTOR in {facts.authentication for facts in finished}
    assert all(facts.person_known for facts in finished)
    assert all(facts.authentication >= facts.required_authentication for facts in finished)


def test_one_factor_opens_no_service_that_wants_two_unless_the_browser_remembers_her():
    finished = list(done(two_factors=True))
    assert finished
    assert all(facts.authentication > Strength.ONE_FACTOR for facts in finished if not facts.remembered)


def test_who_has_one_factor_is_led_to_add_another_where_two_are_wanted():
    newly = Facts(person_known=True, just_proved=True, two_factors=True)
    assert next_step(newly) is next(step for step in STEPS if step.name == "enrol")
    assert next_step(replace(newly, two_factors=False)) is None
    assert next_step(replace(newly, just_proved=False)) is STEPS[0]


def test_a_browser_stands_in_for_no_factor_after_a_leaked_password_or_for_an_account_that_is_closing():
    known = Facts(person_known=True, just_proved=True, remembered=True, two_factors=True)
    assert next_step(known) is None
    for distrusted in (replace(known, password_leaked=True), replace(known, closing_for_service=True)):
        assert next_step(distrusted) is not None


def test_who_holds_something_stronger_is_asked_for_it_only_where_it_is_needed():
    held = replace(Facts(person_known=True, reachable=Strength.HARDWARE), authentication=Strength.TWO_FACTORS)
    assert next_step(held) is None
    assert next_step(replace(held, required_authentication=Strength.HARDWARE)) is STEPS[1]


def test_nothing_is_shared_without_consent():
    assert list(done(consent_missing=True)) == []


def test_nobody_goes_on_with_a_password_that_leaked():
    assert list(done(password_leaked=True)) == []


def test_a_leaked_password_alone_replaces_none_where_a_second_factor_is_held():
    replacing = [facts for facts in EVERY if (step := next_step(facts)) and step.name == "new-password"]
    assert replacing
    assert all(facts.authentication >= min(facts.reachable, Strength.RESTRICTED) for facts in replacing)


def test_no_service_hears_of_an_account_that_is_being_closed():
    assert list(done(closing_for_service=True)) == []


def test_who_keeps_her_account_has_given_every_factor_that_she_holds():
    keeping = [facts for facts in EVERY if (step := next_step(facts)) and step.name == "closing"]
    assert keeping
    assert all(facts.person_known for facts in keeping)
    assert all(facts.authentication >= min(facts.reachable, Strength.RESTRICTED) for facts in keeping)


def test_no_service_is_opened_before_she_knows_who_wants_her_account():
    assert list(done(claimed_for_service=True)) == []


def test_who_keeps_her_account_from_another_has_given_every_factor_that_she_holds():
    warned = [facts for facts in EVERY if (step := next_step(facts)) and step.name == "reclaim"]
    assert warned
    assert all(facts.person_known for facts in warned)
    assert all(
        facts.authentication >= min(facts.reachable, Strength.RESTRICTED) for facts in warned if not facts.remembered
    )


def test_a_second_factor_is_added_only_by_somebody_who_has_just_signed_in():
    enrolling = [facts for facts in EVERY if (step := next_step(facts)) and step.name == "enrol"]
    assert enrolling
    assert all(facts.person_known and facts.just_proved for facts in enrolling)
    assert all(
        facts.reachable < max(facts.required_authentication, Strength.RESTRICTED if facts.two_factors else 0)
        for facts in enrolling
    )


def test_only_somebody_known_is_asked_for_more():
    assert {step.name for facts in EVERY if (step := next_step(replace(facts, person_known=False)))} == {"authenticate"}


def test_consent_is_asked_for_when_nothing_else_is_due():
    """So that nobody decides about data before it is certain who they are."""
    asked = [facts for facts in EVERY if (step := next_step(facts)) and step.name == "consent"]
    assert asked
    assert all(next_step(replace(facts, consent_missing=False)) is None for facts in asked)


def test_a_known_person_who_meets_everything_is_asked_for_nothing():
    assert next_step(Facts(person_known=True)) is None


@pytest.mark.parametrize(
    ("step", "error"),
    [
        ("authenticate", "login_required"),
        ("second-factor", "login_required"),
        ("new-password", "interaction_required"),
        ("closing", "login_required"),
        ("reclaim", "interaction_required"),
        ("enrol", "interaction_required"),
        ("verify-identity", "interaction_required"),
        ("consent", "consent_required"),
    ],
)
def test_each_step_tells_a_silent_request_what_is_missing(step: str, error: str):
    """OpenID Connect Core section 3.1.2.6."""
    assert {row.name: row.prompt_none_error for row in STEPS}[step] == error
