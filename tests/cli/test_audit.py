import json
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import update

from idp.foundation.audit import checkpoint
from idp.foundation.audit.event import Event
from idp.foundation.audit.tables import leaves
from tests import serving, warm

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def idp(settings, database_url, tmp_path):
    """Runs a command on the test's installation."""
    environment = serving.settings(tmp_path, database_url, 80, issuer="http://localhost")

    return partial(warm.idp, environment)


@pytest.fixture
def history(provider):
    """Three events under a signed checkpoint, with the copy that the courier keeps."""
    with provider.transaction() as tx:
        for number in range(3):
            tx.record(Event("tests.thing.done", "ann", "bob", {"number": number}))
    kept = provider.data_dir / checkpoint.KEPT_COPY
    checkpoint.advance(provider.store, provider.keyring, provider.issuer, kept)
    return kept


def test_a_whole_audit_is_sound(idp, history):
    answer = idp("audit", "verify")
    assert answer.returncode == 0
    assert answer.stdout.startswith("Sound: 3 events under 1 signed checkpoints.")


def test_a_changed_audit_is_named_and_ends_with_one(idp, provider, history):
    with provider.transaction() as tx:
        tx.execute(update(leaves).where(leaves.c.position == 1).values(subject="eve"))
    answer = idp("audit", "verify", "--json")
    assert answer.returncode == 1
    assert json.loads(answer.stdout)["fault"] == "leaf 1: column subject differs from what was recorded"


def test_an_audit_is_compared_with_a_copy_kept_elsewhere(idp, history, tmp_path):
    elsewhere = tmp_path / "elsewhere.log"
    elsewhere.write_text(history.read_text() + "9 00 1 audit x\n")
    answer = idp("audit", "verify", "--against", str(elsewhere))
    assert answer.returncode == 1
    assert "rolled back or forked" in answer.stdout


def test_without_a_kept_copy_it_says_what_would_not_show(idp, history):
    Path(history).unlink()
    answer = idp("audit", "verify")
    assert answer.returncode == 0
    assert "a rollback would not show" in answer.stdout


def test_events_are_searched_by_person_name_and_day(idp, history):
    found = json.loads(idp("audit", "search", "--about", "bob", "--name", "tests.", "--limit", "2", "--json").stdout)
    before = json.loads(idp("audit", "search", "--about", "bob", "--until", "2020-01-01", "--json").stdout)
    assert [leaf["facts"]["number"] for leaf in found] == [2, 1]
    assert before == []


def test_events_are_listed_for_people(idp, history):
    answer = idp("audit", "search", "--about", "bob", "--since", "2020-01-01")
    assert answer.returncode == 0
    assert "tests.thing.done" in answer.stdout.splitlines()[0]
    assert "number=2" in answer.stdout.splitlines()[0]


def test_a_day_that_is_none_is_explained(idp, history):
    answer = idp("audit", "search", "--since", "yesterday")
    assert answer.returncode == 2
    assert "%Y-%m-%d" in answer.stderr
