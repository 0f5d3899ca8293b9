"""The services that a citizen uses: what each may receive, and taking that back."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from idp.domain.clients.directory import Directory
from idp.domain.grants import grants
from idp.foundation.outbox import outbox
from idp.foundation.refusal import Refusal
from idp.journeys.account import services
from idp.journeys.oidc.introspect import introspect
from idp.journeys.oidc.redeem_code import redeem_code
from idp.journeys.oidc.refresh import refresh
from idp.journeys.oidc.userinfo import userinfo
from idp.protocol.errors import OAuthError
from idp.protocol.pkce import challenge_of
from tests.builders import REDIRECT_URI, a_client, refused_today
from tests.journeys.account.hands import shown
from tests.journeys.signin.conftest import asking


def notices(provider):
    statement = select(outbox.c.payload).where(outbox.c.kind == "backchannel_logout").order_by(outbox.c.created_at)
    with provider.reading() as connection:
        return [json.loads(payload) for payload in connection.execute(statement).scalars()]


def test_a_service_is_there_with_what_it_may_receive_and_since_when(provider, user, anna, revenue, clock):
    user.signs_in(anna, asking(revenue, scope=("openid", "profile")))

    (used,) = services.in_use(provider, anna.id)

    assert used.client.id == revenue.id
    assert "profile" in used.consent.allowed
    assert "email" not in used.consent.allowed
    assert used.consent.given_at == clock.now


def test_what_is_not_on_record_was_not_received(provider, user, anna, revenue):
    user.signs_in(anna, asking(revenue, scope=("openid", "profile")))

    received = set(services.in_use(provider, anna.id)[0].receives) - {"offline_access"}
    assert received == {"birthdate", "family_name", "given_name", "name", "updated_at"}


def test_nobody_sees_what_another_uses(provider, user, anna, boris, revenue):
    user.signs_in(anna, asking(revenue))

    assert services.in_use(provider, boris.id) == []


def test_a_service_that_is_removed_has_nothing_left_and_is_told(provider, user, anna, revenue):
    code = user.signs_in(anna, asking(revenue)).answer.parameters["code"]
    services.remove(provider, anna.id, revenue.id)

    assert services.in_use(provider, anna.id) == []
    with provider.reading() as connection:
        assert grants.of_code(connection, code).revoked_at is not None
    assert [notice["client"] for notice in notices(provider)] == [revenue.id]


VERIFIER = "v" * 43
OFFLINE = ("openid", "profile", "offline_access")


def tokens_of(provider, user, citizen, service):
    """What a service holds after somebody signed in to it and let it come back by itself."""
    asked = asking(service, scope=OFFLINE, prompt=frozenset({"consent"}), code_challenge=challenge_of(VERIFIER))
    code = user.signs_in(citizen, asked).answer.parameters["code"]
    sent = {"code": code, "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    held = redeem_code(provider, service, sent)
    return held["access_token"], held["refresh_token"]


def test_every_token_of_a_removed_service_ends_and_those_of_others_do_not(provider, user, anna, revenue):
    other = a_client(provider, client_id="other", backchannel_logout_uri="https://other.example/ended")
    access, coming_back = tokens_of(provider, user, anna, revenue)
    kept_access, kept_coming_back = tokens_of(provider, user, anna, other)
    assert introspect(provider, revenue, {"token": access})["active"] is True
    services.remove(provider, anna.id, revenue.id)

    assert introspect(provider, revenue, {"token": access}) == {"active": False}
    for attempt in (
        lambda: userinfo(provider, shown(access)),
        lambda: refresh(provider, revenue, {"refresh_token": coming_back}),
    ):
        with pytest.raises(OAuthError):
            attempt()
    assert userinfo(provider, shown(kept_access))["sub"]
    assert refresh(provider, other, {"refresh_token": kept_coming_back})["access_token"]
    assert [notice["client"] for notice in notices(provider)] == [revenue.id]


def test_a_removed_service_is_told_of_every_session_that_it_was_in(provider, a_browser, anna, revenue):
    for secret in ("at home", "at work"):
        a_browser(secret).signs_in(anna, asking(revenue))
    services.remove(provider, anna.id, revenue.id)

    told = notices(provider)
    assert [notice["client"] for notice in told] == [revenue.id] * 2
    assert len({json.dumps(notice, sort_keys=True) for notice in told}) == 2


def test_a_service_that_was_removed_must_ask_again(provider, user, anna, revenue):
    user.signs_in(anna, asking(revenue))
    services.remove(provider, anna.id, revenue.id)

    assert user.step(user.begins(asking(revenue))) == "consent"


def test_removing_one_service_leaves_the_session_and_the_other_services(provider, user, anna, revenue, audit):
    code = user.signs_in(anna, asking(revenue)).answer.parameters["code"]
    with pytest.raises(Refusal):
        services.remove(provider, anna.id, "another")

    assert user.session is not None
    with provider.reading() as connection:
        assert grants.of_code(connection, code).revoked_at is None
    assert "grants.consent.withdrawn" not in audit(anna.id)


@pytest.mark.parametrize("whose", ["nobody's", "another person's", "removed"])
def test_what_is_not_in_use_is_unknown_whoever_uses_it(provider, user, a_browser, anna, boris, revenue, whose):
    if whose == "another person's":
        a_browser("hers").signs_in(anna, asking(revenue))
    if whose == "removed":
        user.signs_in(boris, asking(revenue))
        services.remove(provider, boris.id, revenue.id)
    with pytest.raises(Refusal) as refused:
        services.remove(provider, boris.id, revenue.id)

    assert refused.value.code == "account.unknown_service"


def test_what_was_withdrawn_is_in_the_audit(provider, user, anna, revenue, audit):
    user.signs_in(anna, asking(revenue))
    services.remove(provider, anna.id, revenue.id)

    assert audit(anna.id)[-1] == "grants.consent.withdrawn"


def test_a_service_that_todays_rules_refuse_is_still_named_and_can_be_removed(provider, user, anna, boris, revenue):
    code = user.signs_in(anna, asking(revenue)).answer.parameters["code"]
    refused_today(provider.store, revenue.id)
    provider = replace(provider, clients=Directory(provider.store))  # As after a new start, which brought the rule.

    (standing,) = services.out_of_service(provider, anna.id)
    assert (standing.id, standing.name("ar")) == (revenue.id, revenue.metadata.client_name)
    assert services.out_of_service(provider, boris.id) == []
    assert services.in_use(provider, anna.id) == []
    assert services.removable(provider, anna.id, revenue.id).id == revenue.id

    services.remove(provider, anna.id, revenue.id)
    assert services.out_of_service(provider, anna.id) == []
    with provider.reading() as connection:
        assert grants.of_code(connection, code).revoked_at is not None
