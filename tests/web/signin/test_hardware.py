"""A service that insists on a hardware key is served after nothing less, and the citizen learns what to do."""

import json
from dataclasses import replace

import pytest

from idp.app import create_app
from idp.domain.authenticators import registry
from tests.makers import MODEL, Maker
from tests.passkeys import SoftKey
from tests.web.passkey_forms import answers, makes, options_of
from tests.web.signin.conftest import answered

PHRH = {"claims": json.dumps({"id_token": {"acr": {"essential": True, "value": "phrh"}}})}
NOT_ENOUGH = "This service needs a security key that cannot be copied"


@pytest.fixture(scope="module")
def maker():
    return Maker()


@pytest.fixture
def app(settings, clock, tmp_path, maker):
    """The application with a list of one make of hardware keys."""
    made = create_app(replace(settings, attestation=maker.listed(tmp_path)), clock)
    made.testing = True
    yield made
    made.extensions["provider"].store.dispose()


@pytest.fixture
def provider(app):
    return app.extensions["provider"]


@pytest.fixture
def a_key(provider, maker):
    """Gives somebody a new key: listed, or of nobody in particular."""

    def make(*, listed=True):
        key = SoftKey(provider.rp_id, provider.issuer)
        key.batch = maker.batch() if listed else None
        return key

    return make


def proves_two_factors(window, citizen, clock):
    window.submits("/authenticate", username=citizen.username, password=citizen.password)
    clock.advance(30)
    return window.submits("/second-factor", code=citizen.code(clock.now))


def keys(provider, citizen):
    with provider.reading() as connection:
        return [one for one in registry.of(connection, citizen.id) if one.method == registry.PASSKEY]


def test_whoever_has_no_such_key_adds_one_and_is_served(provider, at_sign_in, anna, a_key, clock):
    window = proves_two_factors(at_sign_in(**PHRH), anna, clock)
    assert window.at.endswith("/enrol")
    assert "Arcadian Key" in window.page.words
    assert "totp-secret" not in window.page.by_id
    asked = json.loads(options_of(window, "/security-key"))
    assert (asked["attestation"], asked["hints"]) == ("direct", ["security-key"])
    assert asked["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"

    makes(window, a_key(), "/security-key")
    assert window.at.endswith("/consent")
    assert "code" in answered(window.submits("/consent"))
    assert [(one.hardware, one.model) for one in keys(provider, anna)] == [(True, MODEL)]


@pytest.mark.parametrize("kind", ["of nobody in particular", "synced"])
def test_a_key_that_will_not_do_is_refused_in_words_and_not_added(provider, at_sign_in, anna, a_key, clock, kind):
    window = proves_two_factors(at_sign_in(**PHRH), anna, clock)
    key = a_key(listed=kind == "synced")
    key.synced = kind == "synced"
    makes(window, key, "/security-key")

    assert window.status == 422
    assert NOT_ENOUGH in window.page.words
    assert keys(provider, anna) == []
    assert makes(window, a_key(), "/security-key").at.endswith("/consent")


@pytest.fixture
def both(provider, at_sign_in, anna, a_key, clock):
    """Anna's hardware key, and a passkey of hers that is none."""
    hardware, soft = a_key(), a_key(listed=False)
    window = proves_two_factors(at_sign_in(**PHRH), anna, clock)
    assert makes(window, hardware, "/security-key").at.endswith("/consent")
    window.submits("/consent")
    window.goes("/account/security/add")
    assert makes(window, soft, "/security/passkey").at == "/account/security"
    return hardware, soft


def test_the_key_is_asked_for_beside_a_password_and_nothing_else_is_offered(at_sign_in, anna, both):
    hardware, _ = both
    window = at_sign_in(**PHRH).submits("/authenticate", username="anna", password=anna.password)
    assert window.at.endswith("/second-factor")
    assert "login-code" not in window.page.by_id
    offered = json.loads(options_of(window, "/passkey"))["allowCredentials"]
    assert [one["id"] for one in offered] == [hardware.id]

    assert "code" in answered(answers(window, hardware, "/second-factor/passkey"))


def test_another_passkey_that_answers_all_the_same_is_refused_in_words(at_sign_in, anna, both):
    hardware, soft = both
    window = at_sign_in(**PHRH).submits("/authenticate", username="anna", password=anna.password)
    answers(window, soft, "/second-factor/passkey")

    assert window.status == 422
    assert NOT_ENOUGH in window.page.words
    assert "code" in answered(answers(window, hardware, "/second-factor/passkey"))


def test_a_passkey_opens_the_door_and_the_key_is_asked_for_after_it(at_sign_in, both):
    hardware, soft = both
    window = answers(at_sign_in(**PHRH), soft, "/authenticate/passkey")
    assert window.at.endswith("/second-factor")

    assert "code" in answered(answers(window, hardware, "/second-factor/passkey"))


def test_the_key_alone_is_enough_if_it_verifies_its_user(at_sign_in, both):
    assert "code" in answered(answers(at_sign_in(**PHRH), both[0], "/authenticate/passkey"))


def test_an_app_is_still_enough_for_whoever_needs_no_hardware(at_sign_in, anna, both, clock):
    assert "code" in answered(proves_two_factors(at_sign_in(), anna, clock))


def test_where_no_make_is_listed_the_citizen_is_told_so_and_can_go_back(provider, at_sign_in, anna, clock):
    object.__setattr__(provider, "makes", {})
    window = proves_two_factors(at_sign_in(**PHRH), anna, clock)

    assert "No security key is accepted here yet" in window.page.words
    assert "enrol-security-key" not in window.page.by_id
    assert answered(window.submits("/cancel"))["error"] == "access_denied"
