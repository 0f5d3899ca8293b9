"""Whoever holds part of an account gains nothing by its recovery, nor by the link that stops one."""

import re

import pyotp
import pytest

from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import recovery_code
from idp.domain.people import identifiers
from idp.domain.people.records import Status
from idp.journeys.account import contacts, security
from tests.builders import a_citizen
from tests.journeys.proofing.letters import letters
from tests.web.pages import Window
from tests.web.recovery.test_not_me import link_to, status
from tests.web.recovery.test_recover import NEW, binds, by_mail, by_sheet, secret_of


def presses(app, link):
    return Window.of(app).goes(link).submits(link)


def methods(provider, citizen):
    with provider.reading() as connection:
        return sorted(one.method for one in registry.of(connection, citizen.id))


@pytest.mark.parametrize("way_further", ["ways", "method", "second-factor"])
def test_the_link_in_the_letter_stops_the_recovery_that_it_tells_of(
    provider, app, lost, anna, sheet, clock, way_further
):
    clock.advance(60)
    thief = by_mail(provider, lost("anna"), anna)
    link = link_to(provider, anna)
    if way_further != "ways":
        by_sheet(thief, sheet)
    if way_further == "second-factor":
        thief.submits("/method", password=NEW)
    secret = secret_of(thief) if way_further == "second-factor" else ""
    assert thief.at.endswith(f"/{way_further}")
    clock.advance(1)
    presses(app, link)

    if way_further == "ways":
        by_sheet(thief, sheet)
    elif way_further == "method":
        thief.submits("/method", password=NEW)
    else:
        thief.submits("/second-factor", code=pyotp.TOTP(secret).at(clock.now))
    assert status(provider, anna) is Status.REPORTED
    assert methods(provider, anna) == ["password", "totp"], "they are hers, from before"
    assert not thief.at.endswith("/recovery-codes")


def test_what_a_thief_bound_by_a_recovery_takes_nothing_back_once_it_was_reported(
    provider, app, lost, anna, sheet, clock
):
    clock.advance(60)
    binds(by_sheet(by_mail(provider, lost("anna"), anna), sheet), clock)
    link = link_to(provider, anna)
    clock.advance(60)
    presses(app, link)

    assert methods(provider, anna) == []
    with provider.reading() as connection:
        assert recovery_code.left(connection, anna.id) == 0


def test_a_password_that_was_changed_after_the_letter_is_gone_too(provider, app, anna, clock):
    clock.advance(60)
    with provider.reading() as connection:
        held = registry.of(connection, anna.id)
    security.new_recovery_codes(provider, anna.id)
    link = link_to(provider, anna)
    clock.advance(60)
    security.change_password(provider, anna.id, NEW)
    presses(app, link)
    assert {one.method for one in held} == {"password", "totp"}
    assert methods(provider, anna) == ["totp"]


def test_an_address_that_was_added_after_the_letter_receives_no_codes(provider, app, lost, anna, clock):
    clock.advance(60)
    security.new_recovery_codes(provider, anna.id)
    link = link_to(provider, anna)
    clock.advance(60)
    with provider.transaction() as tx:
        identifiers.claim(tx, provider.vault, anna.id, "email", "thief@people.example", tx.now)
    presses(app, link)
    clock.advance(60)
    lost("anna").submits("/send/email")
    told = [one["address"] for one in letters(provider) if re.search(r"\b\d{6}\b", one["subject"])]
    assert told.count(anna.email) == 1
    assert "thief@people.example" not in told


def test_a_changed_address_is_told_with_a_link(provider, app, anna, clock):
    with provider.transaction() as tx:
        identifiers.claim(tx, provider.vault, anna.id, "email", "second@people.example", None)
    other = next(one for one in contacts.held(provider, anna.id) if not one.proven)
    contacts.remove(provider, anna.id, other.id, "192.0.2.1")
    assert "telephone number of your account was changed" in Window.of(app).goes(link_to(provider, anna)).page.words


def test_whoever_reads_her_mail_gains_nothing_by_locking(provider, app, lost, clock):
    clock.advance(60)
    berta = a_citizen(provider, username="berta")
    clock.advance(60)
    with provider.transaction() as tx:
        added = registry.add(tx, berta.id, "passkey", "", verifier="x", credential_id="x", user_verified=True)
    security.new_recovery_codes(provider, berta.id)
    link = link_to(provider, berta)
    presses(app, link)
    assert methods(provider, berta) == ["password"]
    assert added.method == "passkey"

    clock.advance(60)
    window = by_mail(provider, lost("berta"), berta)
    assert window.at.endswith("/ways"), "her mail was enough before she had a second factor, and is not any more"


def test_after_the_link_she_takes_it_back_herself(provider, app, lost, anna, sheet, clock):
    clock.advance(60)
    security.change_password(provider, anna.id, NEW)
    link = link_to(provider, anna)
    clock.advance(60)
    presses(app, link)
    clock.advance(60)
    binds(by_sheet(by_mail(provider, lost("anna"), anna), sheet), clock)
    assert status(provider, anna) is Status.ACTIVE
    assert methods(provider, anna) == ["password", "totp"]


def test_a_password_that_opens_an_account_alone_is_a_long_one(provider, lost):
    gina = a_citizen(provider, username="gina")
    window = by_mail(provider, lost("gina"), gina)
    assert "At least 15 characters" in window.page.words
    window.submits("/method", password="kaleidosc0pe")
    assert (window.status, window.at.endswith("/method")) == (422, True)
    window.submits("/method", password=NEW)
    assert window.at.endswith("/recovery-codes")
