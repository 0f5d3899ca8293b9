"""A passkey that the browser makes by itself while the citizen reads what she is asked to share."""

import json

import pytest

from idp.domain.authenticators import registry
from tests.passkeys import SoftKey
from tests.web.passkey_forms import answers, makes, options_of
from tests.web.signin.conftest import answered
from tests.web.signin.test_way import signs_in

QUIETLY = "/consent/passkey"


@pytest.fixture
def key(provider):
    """As a password manager makes it: nobody was there, and it is on all devices."""
    key = SoftKey(provider.rp_id, provider.issuer)
    key.present, key.verified, key.synced, key.backed_up = False, False, True, True
    return key


def passkeys(provider, citizen):
    with provider.reading() as connection:
        return [one for one in registry.of(connection, citizen.id) if one.method == registry.PASSKEY]


def test_it_is_bound_and_the_way_goes_on_as_if_nothing_were(provider, at_sign_in, anna, key, clock, mail):
    window = signs_in(at_sign_in(), anna, clock)
    at, form = window.at, window.page.form("/consent")
    asked = json.loads(options_of(window, QUIETLY))
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    makes(window, key, QUIETLY)
    assert (window.status, window.response.text) == (204, "")
    assert mail(anna.email) == ["A new way to sign in was added"]

    window.posts(form.action, **form.values)
    assert "code" in answered(window)
    assert len(passkeys(provider, anna)) == 1
    assert at.endswith("/consent")


def test_from_then_on_it_opens_the_door_once_it_verifies_its_user(at_sign_in, anna, key, clock):
    makes(signs_in(at_sign_in(), anna, clock), key, QUIETLY)
    key.present = key.verified = True
    window = answers(at_sign_in(), key, "/authenticate/passkey")

    assert window.at.endswith("/consent")
    assert "data-quiet" not in window.response.text


def test_nothing_is_made_for_somebody_with_a_password_alone(provider, at_sign_in, boris, key):
    window = at_sign_in().submits("/authenticate", username="boris", password=boris.password)
    assert window.at.endswith("/consent")
    assert "data-quiet" not in window.response.text
    form = window.page.form("/consent")
    window.posts(form.action + "/passkey", **form.values, challenge="x", credential="{}")

    assert window.status == 204
    assert passkeys(provider, boris) == []


def test_nothing_is_made_before_the_second_factor(provider, at_sign_in, anna, key):
    window = at_sign_in().submits("/authenticate", username="anna", password=anna.password)
    at = window.at.replace("/second-factor", QUIETLY)
    window.posts(at, csrf_token=window.token(), challenge="x", credential="{}")

    assert passkeys(provider, anna) == []


def test_what_is_no_credential_harms_nothing(provider, at_sign_in, anna, clock):
    window = signs_in(at_sign_in(), anna, clock)
    form = window.page.form("/consent")
    window.submits(QUIETLY, credential="{}")
    assert window.status == 400
    window.posts(form.action, **form.values)

    assert "code" in answered(window)
    assert passkeys(provider, anna) == []
