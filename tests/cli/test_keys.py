import json
from functools import partial

import pytest

from tests import serving, warm

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def idp(settings, database_url, tmp_path):
    """Runs a command on the test's installation."""
    environment = serving.settings(tmp_path, database_url, 80, issuer="http://localhost")

    return partial(warm.idp, environment)


def states(idp):
    keys = json.loads(idp("keys", "list", "--json").stdout)
    return {(key["purpose"], key["algorithm"], key["state"]) for key in keys}


def test_every_key_is_listed_and_nothing_private(idp):
    answer = idp("keys", "list")
    assert answer.returncode == 0
    assert ("tokens", "ES256", "active") in states(idp)
    assert '"d"' not in idp("keys", "list", "--json").stdout


def test_the_first_rotation_is_possible_at_once_and_the_second_waits(idp):
    first = json.loads(idp("keys", "rotate", "--json").stdout)
    second = json.loads(idp("keys", "rotate", "--json").stdout)
    assert {step["rotated"] for step in first} == {True}
    assert {step["rotated"] for step in second} == {False}
    assert {("tokens", "ES256", state) for state in ("next", "active", "retiring")} <= states(idp)


def test_a_rotation_that_waits_says_until_when(idp):
    idp("keys", "rotate")
    answer = idp("keys", "rotate")
    assert answer.returncode == 0
    assert answer.stdout.startswith("waits    tokens ES256:")


def test_an_emergency_waits_for_nobody(idp):
    idp("keys", "rotate")
    steps = json.loads(idp("keys", "rotate", "--emergency", "--json").stdout)
    assert {step["rotated"] for step in steps} == {True}
