"""What is kept of a passkey, and how each use is compared with it (WebAuthn Level 3 section 7.2)."""

import json

import pytest
from sqlalchemy import update

from idp.domain.authenticators import models, registry
from idp.domain.authenticators.methods import new_passkey, passkey
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import INHERENCE
from idp.domain.authenticators.tables import authenticators
from idp.foundation.refusal import Refusal
from tests.attempts import examine
from tests.domain.authenticators.conftest import RP
from tests.passkeys import SoftKey

REFUSED = "authenticators.passkey.refused"


def added(store, key, person, label="Phone"):
    with store.transaction() as tx:
        challenge_id, options = new_passkey.registration_options(tx, person, *RP, "anna")
        new_passkey.add(tx, person, RP, challenge_id, key.make(options), label)
    return held(store, person)


def held(store, person):
    with store.reading() as connection:
        return registry.of(connection, person)[-1]


def used(store, key, person=None):
    with store.transaction() as tx:
        challenge_id, options = passkey.authentication_options(tx, RP[0], person)
        answer = Answer(key.answer(options), challenge_id)
        return examine(tx, passkey.PasskeyMethod(RP), person, answer)[1]


def refused(store, key, person=None):
    with pytest.raises(Refusal) as caught:
        used(store, key, person)
    return caught.value.code


@pytest.mark.parametrize(("synced", "backed_up"), [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("verified", [True, False])
def test_what_a_passkey_is_is_kept(store, anna, key, synced, backed_up, verified):
    key.synced, key.backed_up, key.verified, key.transports = synced, backed_up, verified, ["usb", "nfc"]
    one = added(store, key, anna)

    assert (one.synced, one.backed_up, one.user_verified, one.hardware) == (synced, backed_up, verified, False)
    assert one.transports == ("usb", "nfc")
    assert one.is_security_key is not synced


def test_what_the_browser_says_of_transports_is_kept_only_if_it_is_plausible(store, anna, key):
    key.transports = ["usb", "usb", 5, "<script>", "a" * 30, None, *(f"t{'x' * n}" for n in range(20))]

    assert added(store, key, anna).transports[:2] == ("usb", "t")
    assert len(held(store, anna).transports) == 8


def test_a_browser_is_told_how_each_key_is_reached(store, anna, key):
    added(store, key, anna)
    with store.transaction() as tx:
        _, options = passkey.authentication_options(tx, RP[0], anna)

    assert json.loads(options)["allowCredentials"] == [{"type": "public-key", "id": key.id, "transports": ["usb"]}]


def test_a_passkey_that_claims_a_backup_without_being_fit_for_one_is_refused(store, anna, key):
    key.backed_up = True
    with pytest.raises(Refusal):
        added(store, key, anna)
    key.backed_up = False
    added(store, key, anna)
    key.backed_up = True

    assert refused(store, key) == REFUSED


@pytest.mark.parametrize("before", [True, False])
def test_a_passkey_that_changes_whether_it_can_be_copied_is_refused(store, anna, key, before):
    key.synced = before
    added(store, key, anna)
    key.synced = not before

    assert refused(store, key) == REFUSED


def test_a_backup_that_comes_and_goes_is_remembered(store, anna, key):
    key.synced = True
    added(store, key, anna)
    for state in (True, False):
        key.backed_up = state
        used(store, key)
        assert held(store, anna).backed_up is state


def test_what_is_not_known_of_a_passkey_of_before_is_learnt(store, anna, key):
    added(store, key, anna)
    unknown = {"model": "", "user_verified": False}
    with store.transaction() as tx:
        tx.execute(update(authenticators).values(**unknown))
    key.synced = True

    assert INHERENCE in used(store, key).factors
    assert (held(store, anna).synced, held(store, anna).user_verified) == (True, True)


def test_a_simple_key_that_somebody_gave_a_pin_is_one_factor_until_its_owner_used_it_so(store, anna, key):
    key.verified = False
    added(store, key, anna)
    key.verified = True

    assert INHERENCE not in used(store, key).factors
    assert not held(store, anna).opens_alone
    assert INHERENCE in used(store, key, anna).factors
    assert held(store, anna).opens_alone
    assert INHERENCE in used(store, key).factors


def test_a_synced_passkey_that_was_made_without_a_look_counts_what_it_verifies_later(store, anna, key):
    key.verified, key.synced = False, True
    added(store, key, anna)
    key.verified = True

    assert INHERENCE in used(store, key).factors


def test_a_key_with_a_copy_is_switched_off_and_asked_for_all_the_same(store, anna, key):
    added(store, key, anna)
    used(store, key)
    key.count -= 1

    assert refused(store, key) == "authenticators.passkey.cloned"
    key.count += 5
    assert refused(store, key) == "authenticators.passkey.disabled"
    assert held(store, anna).disabled
    with store.transaction() as tx:
        assert registry.reachable(tx.connection, anna) > registry.Strength.ONE_FACTOR
        _, options = passkey.authentication_options(tx, RP[0], anna)
    assert json.loads(options)["allowCredentials"] == []


def test_whoever_has_no_key_cannot_switch_one_off(store, anna, key):
    added(store, key, anna)
    used(store, key)
    impostor = SoftKey(*RP, anna)
    impostor.raw_id = key.raw_id

    assert refused(store, impostor) == REFUSED
    assert not held(store, anna).disabled


def test_a_passkey_is_called_after_what_keeps_it_and_a_second_one_is_numbered(store, anna):
    number = next(number for number, name in models.KNOWN.items() if name == "Bitwarden")
    for _ in range(3):
        key = SoftKey(*RP)
        key.aaguid = bytes.fromhex(number.replace("-", ""))
        added(store, key, anna)
    with store.reading() as connection:
        labels = sorted(one.label for one in registry.of(connection, anna))

    assert labels == ["Bitwarden", "Bitwarden 2", "Bitwarden 3"]


def test_a_passkey_of_nobody_knows_what_is_called_after_the_device(store, anna, key):
    assert added(store, key, anna, "Firefox, Linux").label == "Firefox, Linux"


def test_every_model_has_a_number_that_can_be_one():
    assert all(len(bytes.fromhex(number.replace("-", ""))) == 16 for number in models.KNOWN)
    assert all(number == number.lower() and name for number, name in models.KNOWN.items())
