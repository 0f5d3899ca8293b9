import json
from concurrent.futures import ThreadPoolExecutor
from copy import copy

import pytest
from sqlalchemy import func, select

from idp.domain.authenticators import challenges as asked_for
from idp.domain.authenticators import registry
from idp.domain.authenticators.methods import new_passkey, passkey
from idp.domain.authenticators.port import Answer
from idp.domain.authenticators.proof import INHERENCE, POSSESSION
from idp.domain.authenticators.tables import challenges
from idp.foundation.refusal import Refusal
from tests.attempts import examine
from tests.domain.authenticators.conftest import RP
from tests.passkeys import SoftKey, encoded

REFUSED = "authenticators.passkey.refused"


def options_to_make(store, person):
    with store.transaction() as tx:
        return new_passkey.registration_options(tx, person, RP[0], "Tessera", "anna")


def added(store, key, person, label="Phone"):
    challenge_id, options = options_to_make(store, person)
    with store.transaction() as tx:
        return new_passkey.add(tx, person, RP, challenge_id, key.make(options), label)


def asked(store, person=None, purpose="get"):
    with store.transaction() as tx:
        return passkey.authentication_options(tx, RP[0], person, purpose)


def verified(store, challenge_id, response, person=None, purpose="get"):
    with store.transaction() as tx:
        return examine(tx, passkey.PasskeyMethod(RP), person, Answer(response, challenge_id, purpose))


def refused(store, *arguments, **named):
    with pytest.raises(Refusal) as caught:
        verified(store, *arguments, **named)
    return caught.value.code


def test_a_passkey_is_made_and_signs_its_person_in(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)

    person, proof = verified(store, challenge_id, key.answer(options))

    assert person == anna
    assert proof.factors == {POSSESSION, INHERENCE}
    assert proof.phishing_resistant


def test_a_passkey_that_did_not_verify_its_user_is_one_factor(store, anna, key):
    added(store, key, anna)
    key.verified = False
    challenge_id, options = asked(store, anna)

    assert verified(store, challenge_id, key.answer(options), anna)[1].factors == {POSSESSION}


def test_an_answer_is_accepted_once(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    response = key.answer(options)
    verified(store, challenge_id, response)

    assert refused(store, challenge_id, response) == REFUSED


def test_of_parallel_uses_of_one_answer_one_succeeds(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    response = key.answer(options)

    def use(_number):
        try:
            return verified(store, challenge_id, response)[0]
        except Refusal:
            return None

    with ThreadPoolExecutor(8) as rivals:
        answers = list(rivals.map(use, range(8)))

    assert answers.count(anna) == 1


def test_a_challenge_is_over_after_five_minutes(store, clock, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    clock.advance(asked_for.LIFETIME)

    assert refused(store, challenge_id, key.answer(options)) == REFUSED


def test_a_challenge_serves_its_own_purpose_only(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store, anna, purpose="sign")

    assert refused(store, challenge_id, key.answer(options), anna, purpose="get") == REFUSED


def test_a_challenge_for_one_person_is_not_another_persons(store, anna, boris, key):
    added(store, key, boris)
    challenge_id, options = asked(store, anna)

    assert refused(store, challenge_id, key.answer(options), boris) == REFUSED


def test_another_persons_passkey_does_not_answer_for_somebody(store, anna, boris, key):
    added(store, key, boris)
    challenge_id, options = asked(store, anna)

    assert refused(store, challenge_id, key.answer(options), anna) == "authenticators.passkey.unknown"


def test_an_answer_for_another_site_is_refused(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    key.origin = "https://id.example.evil.example"

    assert refused(store, challenge_id, key.answer(options)) == REFUSED


def test_an_answer_of_another_relying_party_is_refused(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    key.rp_id = "evil.example"

    assert refused(store, challenge_id, key.answer(options)) == REFUSED


def test_an_answer_to_another_challenge_is_refused(store, anna, key):
    added(store, key, anna)
    challenge_id, _ = asked(store)
    _, other = asked(store)

    assert refused(store, challenge_id, key.answer(other)) == REFUSED


def test_a_signature_of_another_key_is_refused(store, anna, key):
    added(store, key, anna)
    impostor = SoftKey(*RP, anna)
    impostor.raw_id = key.raw_id
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, impostor.answer(options)) == REFUSED


def test_a_user_handle_that_names_somebody_else_is_refused(store, anna, boris, key):
    added(store, key, anna)
    key.handle = boris
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, key.answer(options)) == REFUSED


@pytest.mark.parametrize("handle", ["a", "é", "====", 5, ["x"], {"a": "b"}, True])
def test_a_user_handle_that_is_none_is_refused(store, anna, key, handle):
    added(store, key, anna)
    challenge_id, options = asked(store)
    credential = json.loads(key.answer(options))
    credential["response"]["userHandle"] = handle

    assert refused(store, challenge_id, json.dumps(credential)) == REFUSED


@pytest.mark.parametrize("missing", ["rawId", "type", "response"])
def test_a_credential_of_which_a_part_is_missing_is_refused(store, anna, key, missing):
    added(store, key, anna)
    challenge_id, options = asked(store)
    credential = {name: value for name, value in json.loads(key.answer(options)).items() if name != missing}

    assert refused(store, challenge_id, json.dumps(credential)) == REFUSED


def test_an_answer_without_anybody_present_is_refused(store, anna, key):
    added(store, key, anna)
    challenge_id, options = asked(store)
    key.present = False

    assert refused(store, challenge_id, key.answer(options)) == REFUSED


def test_a_copy_that_is_used_beside_the_original_is_noticed(store, anna, key):
    added(store, key, anna)
    duplicate = copy(key)
    for _ in range(3):
        challenge_id, options = asked(store)
        verified(store, challenge_id, key.answer(options))
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, duplicate.answer(options)) == "authenticators.passkey.cloned"


@pytest.mark.parametrize("back", [1, 2])
def test_a_counter_that_does_not_grow_is_a_copys(store, anna, key, back):
    added(store, key, anna)
    for _ in range(2):
        challenge_id, options = asked(store)
        verified(store, challenge_id, key.answer(options))
    key.count -= back
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, key.answer(options)) == "authenticators.passkey.cloned"


def test_a_device_that_keeps_no_counter_works_again_and_again(store, anna, key):
    added(store, key, anna)
    for _ in range(3):
        key.count = -1
        challenge_id, options = asked(store)
        assert verified(store, challenge_id, key.answer(options))[0] == anna


def test_a_passkey_that_was_removed_opens_nothing(store, anna, key):
    with store.transaction() as tx:
        registry.add(tx, anna, registry.PASSWORD, "")
        registry.add(tx, anna, registry.TOTP, "")
    one, _ = added(store, key, anna)
    with store.transaction() as tx:
        registry.revoke(tx, anna, one.id, anna)
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, key.answer(options)) == "authenticators.passkey.unknown"


@pytest.mark.parametrize(
    ("name", "value"), [("origin", "https://evil.example"), ("rp_id", "evil.example"), ("present", False)]
)
def test_a_passkey_made_elsewhere_or_by_nobody_is_not_added(store, anna, key, name, value):
    challenge_id, options = options_to_make(store, anna)
    setattr(key, name, value)
    with pytest.raises(Refusal) as caught, store.transaction() as tx:
        new_passkey.add(tx, anna, RP, challenge_id, key.make(options), "Phone")

    assert caught.value.code == REFUSED


def test_a_passkey_is_not_added_to_somebody_else(store, anna, boris, key):
    challenge_id, options = options_to_make(store, anna)
    with pytest.raises(Refusal) as caught, store.transaction() as tx:
        new_passkey.add(tx, boris, RP, challenge_id, key.make(options), "Phone")

    assert caught.value.code == REFUSED


def test_a_challenge_for_making_does_not_serve_for_signing_in(store, anna, key):
    added(store, key, anna)
    challenge_id, options = options_to_make(store, anna)

    assert refused(store, challenge_id, key.answer(options), anna) == REFUSED


def test_a_challenge_for_making_makes_one_passkey(store, anna, key):
    challenge_id, options = options_to_make(store, anna)
    with store.transaction() as tx:
        new_passkey.add(tx, anna, RP, challenge_id, key.make(options), "Phone")
    with pytest.raises(Refusal) as caught, store.transaction() as tx:
        new_passkey.add(tx, anna, RP, challenge_id, SoftKey(*RP).make(options), "Phone")

    assert caught.value.code == REFUSED


def test_one_passkey_is_not_added_twice(store, anna, boris, key):
    added(store, key, anna)
    challenge_id, options = options_to_make(store, boris)
    with pytest.raises(Refusal, match="registered already"), store.transaction() as tx:
        new_passkey.add(tx, boris, RP, challenge_id, key.make(options), "Phone")


def test_the_passkeys_that_a_person_has_are_not_made_again(store, anna, key):
    added(store, key, anna)
    _, options = options_to_make(store, anna)

    assert [one["id"] for one in json.loads(options)["excludeCredentials"]] == [key.id]


@pytest.mark.parametrize(
    "response", ["", "null", "[]", "{}", "{" * 2000, '{"id": 1}', "x" * 40_000, '{"id":"\\u0000"}']
)
def test_what_is_no_credential_is_refused_and_has_spent_the_challenge(store, anna, key, response):
    added(store, key, anna)
    challenge_id, options = asked(store)

    assert refused(store, challenge_id, response).startswith("authenticators.passkey.")
    assert refused(store, challenge_id, key.answer(options)) == REFUSED


def test_challenges_that_nobody_answered_are_swept(store, clock, anna):
    asked(store)
    clock.advance(asked_for.LIFETIME + 1)
    with store.transaction() as tx:
        asked_for.sweep(tx)
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(challenges)).scalar_one() == 0


def test_nobody_learns_which_passkeys_exist(store, anna, key):
    added(store, key, anna)
    _, options = asked(store)

    assert json.loads(options)["allowCredentials"] == []
    assert encoded(key.raw_id) not in options
