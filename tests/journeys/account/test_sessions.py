"""Where a citizen is signed in: ending one, the others, or everything because somebody else was there."""

import pytest

from idp.domain.grants import grants
from idp.foundation.refusal import Refusal
from idp.journeys.account import sessions
from tests.journeys.account.test_services import notices
from tests.journeys.signin.conftest import asking


def living(provider, person_id):
    return {session.id for session in sessions.living(provider, person_id)}


def test_a_citizen_sees_her_own_sessions_only(provider, anna, boris, a_session):
    mine, _ = a_session(anna.id), a_session(boris.id)

    assert living(provider, anna.id) == {mine.id}


def test_a_session_that_is_ended_ends_everywhere(provider, user, anna, revenue, audit):
    code = user.signs_in(anna, asking(revenue)).answer.parameters["code"]
    sessions.end_one(provider, anna.id, user.session.id)

    assert user.session is None
    assert [notice["client"] for notice in notices(provider)] == [revenue.id]
    assert audit(anna.id)[-1] == "sessions.browser.ended"
    with provider.reading() as connection:
        assert grants.of_code(connection, code).revoked_at is not None


@pytest.mark.parametrize("whose", ["nobody's", "another's", "ended"])
def test_a_session_that_is_not_hers_or_over_is_unknown(provider, anna, boris, a_session, whose):
    session = a_session(boris.id if whose == "another's" else anna.id)
    if whose == "ended":
        sessions.end_one(provider, anna.id, session.id)
    with pytest.raises(Refusal) as refused:
        sessions.end_one(provider, anna.id, "no-such-session" if whose == "nobody's" else session.id)

    assert refused.value.code == "account.unknown_session"
    assert (session.id in living(provider, boris.id)) is (whose == "another's")


def test_all_others_are_ended_and_nobody_elses(provider, anna, boris, a_session):
    keep, _, _, theirs = (a_session(person.id) for person in (anna, anna, anna, boris))

    assert sessions.end_others(provider, keep) == 2
    assert living(provider, anna.id) == {keep.id}
    assert living(provider, boris.id) == {theirs.id}


def test_when_somebody_else_was_there_everything_stops(provider, user, anna, revenue, a_session, mail, audit):
    request = asking(revenue, scope=("openid", "offline_access"), prompt=frozenset({"consent"}))
    code = user.signs_in(anna, request).answer.parameters["code"]
    a_session(anna.id)
    sessions.not_me(provider, anna.id)

    assert living(provider, anna.id) == set()
    with provider.reading() as connection:
        assert grants.of_code(connection, code).revoked_at is not None
    assert [notice["client"] for notice in notices(provider)] == [revenue.id]
    assert mail(anna.email)[-1] == "You reported that somebody else had used your account"
    assert "account.intrusion.reported" in audit(anna.id)


def test_nobody_elses_sessions_stop_with_it(provider, anna, boris, a_session):
    theirs = a_session(boris.id)
    sessions.not_me(provider, anna.id)

    assert living(provider, boris.id) == {theirs.id}
