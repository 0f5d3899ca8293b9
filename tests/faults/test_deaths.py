"""A worker is killed between any two writes: nobody is admitted, nothing is spent twice, nothing is lost."""

import json
import os
import subprocess
import sys

import pytest

from idp.domain.authenticators.methods import totp
from idp.domain.authenticators.methods.password import set_password
from idp.domain.grants import consents
from idp.domain.people import attributes, closings, identifiers, records
from idp.foundation.audit.checkpoint import KEPT_COPY, advance
from idp.foundation.audit.verification import verify
from tests import serving
from tests.builders import PASSWORD, a_citizen, a_client
from tests.faults.deeds import CLIENT, CLIENT_SECRET, SECRET
from tests.faults.mortal import BETWEEN
from tests.faults.ways_back import address_of, person_of


@pytest.fixture
def lives(provider, settings, database_url, tmp_path, clock):
    """Runs a deed until it survives; what came of each life."""
    a_citizen(provider, totp=SECRET, username="anna")
    a_client(provider, client_id=CLIENT, secret=CLIENT_SECRET)
    environment = serving.settings(tmp_path, database_url, 80, issuer="http://localhost")

    def run(deed):
        sign_the_log(provider)
        provider.store.dispose()
        command = [sys.executable, "-m", "tests.faults.mortal", deed, str(clock.now)]
        named = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
        done = subprocess.run(
            command, env=named | environment, capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        sign_the_log(provider)
        assert fault_of_the_log(provider) is None
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def sign_the_log(provider):
    """As a courier does now and then: only what was signed is verified, and not every deed has a courier."""
    advance(provider.store, provider.keyring, provider.issuer, provider.data_dir / KEPT_COPY)


def fault_of_the_log(provider):
    """As `idp audit verify` finds it, against the copy of the checkpoints too."""
    kept = provider.data_dir / KEPT_COPY
    with provider.reading() as connection:
        copy = kept.read_text() if kept.exists() else ""
        return verify(connection, provider.issuer, provider.keyring.audit_keys(), copy).fault


@pytest.fixture
def people_who_close(provider, clock):
    """One for each life, whose waiting is over just then."""
    password = provider.hasher.hash("seventeen quiet lamps")
    began = clock.now
    for number in range(61):
        clock.now = began + BETWEEN * number - provider.lifetimes.closing
        with provider.transaction() as tx:
            person = records.create(tx, provider.vault, person_id=f"closing-{number}")
            identifiers.claim(tx, provider.vault, person.id, "email", f"{person.id}@people.example", tx.now)
            attributes.put(tx, provider.vault, person.id, {"name": "Ann"}, "person")
            set_password(tx, person.id, password)
            consents.give(tx, person.id, CLIENT, {"openid"})
            closings.reminded(tx, closings.request(tx, person.id, provider.lifetimes.closing).id)
    clock.now = began


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("people_who_close")
def test_who_closes_her_account_is_erased_whole_or_not_yet(lives):
    found = lives("closing")

    assert [(one["number"], one["wrong"]) for one in found if one["wrong"]] == []
    assert 15 < len(found) < 60
    assert [one["died"] for one in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("deed", "least"), [("sign-in", 30), ("registration", 30)])
def test_whoever_comes_after_a_death_finds_everything_in_order(lives, deed, least):
    found = lives(deed)

    assert [(one["number"], one["wrong"]) for one in found if one["wrong"]] == []
    assert len(found) > least
    assert [one["died"] for one in found] == [True] * (len(found) - 1) + [False]
    assert {one["by"] for one in found[:-1]} == {9}, "a death was not the one that was meant"


@pytest.fixture
def somebody_for_each_life(provider):
    """With a proven address, a password and an app."""
    password = provider.hasher.hash(PASSWORD)
    with provider.transaction() as tx:
        for number in range(121):
            person = records.create(tx, provider.vault, person_id=person_of(number))
            identifiers.claim(tx, provider.vault, person.id, "email", address_of(number), tx.now)
            set_password(tx, person.id, password)
            totp.adopt(tx, provider.vault, person.id, SECRET)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("somebody_for_each_life")
@pytest.mark.parametrize(
    ("database_url", "deed"), [("sqlite", "taking back"), ("sqlite", "passkey")], indirect=["database_url"]
)
def test_ways_to_sign_in_are_the_old_ones_or_the_new_ones_and_never_lost(lives, deed):
    found = lives(deed)

    assert [(one["number"], one["wrong"]) for one in found if one["wrong"]] == []
    assert 20 < len(found) < 120
    assert [one["died"] for one in found] == [True] * (len(found) - 1) + [False]
