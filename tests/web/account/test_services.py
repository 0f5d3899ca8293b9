"""Your services: who they are, when they were used, what they are told now, and taking it back."""

import pytest

from idp.domain.grants import consents, grants
from tests.builders import a_client, refused_today


@pytest.fixture
def revenue(provider, anna):
    """A service that anna allowed to come back while she is away."""
    client = a_client(
        provider,
        client_id="revenue",
        client_name="Revenue Service",
        client_uri="https://revenue.example/",
        agency="Ministry of Finance",
        purpose="To file your tax return.",
    )
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, {"openid", "name", "birthdate", "offline_access"})
    return client


def opened(provider, person_id, client, lifetime=90 * 24 * 3600, code="c"):
    context = grants.Context("https://agency.example", "openid", None, None, None, "acr", ("pwd",), 1)
    parties = grants.Parties(person_id, client.id, "session")
    with provider.transaction() as tx:
        return grants.open_grant(tx, code, parties, context, offline=True, lifetime=lifetime, code_lifetime=60)


def test_a_service_is_linked_and_says_who_provides_it_and_what_it_is_told_now(anna, revenue, a_window):
    window = a_window(anna).goes("/account/services")
    assert "https://revenue.example/" in window.page.links
    assert "Ministry of Finance" in window.page.words
    assert "17 May 1990" not in window.page.words

    window.goes("/account/services/revenue")
    for said in ("To file your tax return.", "17 May 1990", "Ann Citizen", "It may ask to come back"):
        assert said in window.page.words


def test_a_service_is_opened_by_its_own_sign_in_if_it_offers_one(provider, anna, a_window):
    """OpenID Connect Core section 4: with our name, and with nothing about who comes."""
    client = a_client(
        provider, client_uri="https://agency.example/", initiate_login_uri="https://agency.example/login?from=idp"
    )
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, {"openid"})
    window = a_window(anna).goes(f"/account/services/{client.id}")

    opened = window.page.by_id["service-open"]["href"]
    assert opened == "https://agency.example/login?from=idp&iss=http%3A%2F%2Flocalhost"


def test_an_agreement_that_was_narrowed_since_is_what_counts(provider, anna, a_window):
    client = a_client(provider, agreed_claims=["name"])
    with provider.transaction() as tx:
        consents.give(tx, anna.id, client.id, {"openid", "name", "birthdate", "offline_access"})
    words = a_window(anna).goes(f"/account/services/{client.id}").page.words

    assert "Ann Citizen" in words
    assert "17 May 1990" not in words


def test_last_used_is_the_last_use_and_not_the_consent(provider, anna, revenue, a_window, clock):
    clock.advance(10 * 24 * 3600)
    opened(provider, anna.id, revenue)
    clock.advance(24 * 3600)

    assert "Last used 25 January 2027" in a_window(anna).goes("/account/services").page.words


def test_the_last_use_outlives_the_grant_that_showed_it(provider, anna, revenue, a_window, clock):
    clock.advance(10 * 24 * 3600)
    opened(provider, anna.id, revenue, lifetime=3600)
    clock.advance(24 * 3600)
    with provider.transaction() as tx:
        assert grants.sweep(tx) == 1

    assert "Last used 25 January 2027" in a_window(anna).goes("/account/services").page.words


def test_a_short_use_after_a_long_one_is_the_last_use_even_when_it_left_no_trace(
    provider, anna, revenue, a_window, clock
):
    a_client(provider, client_id="other", client_name="Other Service")
    opened(provider, anna.id, revenue, code="long")
    clock.advance(5 * 24 * 3600)
    with provider.transaction() as tx:
        consents.give(tx, anna.id, "other", {"openid"})
    clock.advance(5 * 24 * 3600)
    opened(provider, anna.id, revenue, lifetime=3600, code="short")
    clock.advance(24 * 3600)
    with provider.transaction() as tx:
        assert grants.sweep(tx) == 1
    words = a_window(anna).goes("/account/services").page.words

    assert "Last used 25 January 2027" in words
    assert words.index("Revenue Service") < words.index("Other Service")


def test_a_service_that_can_come_back_says_when_it_did(provider, anna, revenue, a_window, clock):
    grant = opened(provider, anna.id, revenue)
    clock.advance(2 * 24 * 3600)
    with provider.transaction() as tx:
        grants.add_refresh_token(tx, "r", grant, tx.now + 3600)
    words = a_window(anna).goes("/account/services/revenue").page.words

    assert "Last came back by itself 17 January 2027" in words
    assert "It may also ask for this again while you are away" in words


def test_nothing_is_removed_before_what_follows_was_read(provider, anna, revenue, a_window):
    window = a_window(anna).goes("/account/services/revenue/remove")
    stays, comes_back = "What it received before stays with it", "cannot come back by itself"
    for said in ("Remove Revenue Service?", stays, comes_back, "it is told to sign you out"):
        assert said in window.page.words
    with provider.reading() as connection:
        assert consents.given(connection, anna.id, "revenue")

    window.submits("/account/services/revenue/remove")
    assert window.at == "/account/services"
    with provider.reading() as connection:
        assert not consents.given(connection, anna.id, "revenue")


def test_a_service_that_todays_rules_refuse_says_so_and_is_removed_like_any_other(provider, anna, revenue, a_window):
    refused_today(provider.store, revenue.id)
    window = a_window(anna).goes("/account/services")
    assert "Revenue Service" in window.page.words
    assert "receives nothing about you now" in window.page.words
    assert "service-revenue" not in window.page.by_id, "there is nothing that it would be told"

    window.goes(window.page.by_id["remove-revenue"]["href"])
    assert "Remove Revenue Service?" in window.page.words
    assert "it is told to sign you out" not in window.page.words
    assert "sign out there yourself" in window.page.words
    window.submits("/account/services/revenue/remove")
    assert "Revenue Service" not in window.page.words
    assert "You have used no service yet" in window.page.words


def test_the_home_page_says_what_to_do_next_until_it_is_done(provider, anna, boris, a_window):
    page = a_window(boris).goes("/account").page
    assert "You have only one way to sign in" in page.words
    assert "next-codes" not in page.by_id

    page = a_window(anna).goes("/account").page
    assert "next-add" not in page.by_id
    assert "You have no recovery codes" in page.words
    window = a_window(anna).goes("/account/security")
    window.submits("/account/security/recovery-codes")
    assert "next-codes" not in window.goes("/account").page.by_id


def test_the_home_page_names_the_service_that_was_used_last(anna, revenue, a_window):
    words = a_window(anna).goes("/account").page.words

    assert "1 service" in words
    assert "Last used: Revenue Service" in words
