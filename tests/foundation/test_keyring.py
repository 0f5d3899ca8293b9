import json
import stat

import pytest
from sqlalchemy import select

from idp.foundation.audit.tables import leaves
from idp.foundation.keyring import keyring as keyring_module
from idp.foundation.keyring import rotation
from idp.foundation.keyring.files import FileKeyStore
from idp.foundation.keyring.inventory import Entry
from idp.foundation.keyring.keyring import Keyring
from idp.foundation.keyring.port import MissingKey
from idp.foundation.keyring.rotation import JWKS_CACHE_SECONDS, RETIRE_SECONDS

INVENTORY = (
    Entry("tokens", "ES256", rotates=True),
    Entry("tokens", "RS256", rotates=True),
    Entry("audit", "Ed25519", rotates=True),
    Entry("kek", "A256GCM", rotates=False),
    Entry("index", "HS256", rotates=False),
)
ES256 = ("tokens", "ES256")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def keyring(store, folder):
    keyring = Keyring(store, FileKeyStore(folder), INVENTORY)
    rotation.prepare(store, keyring)
    return keyring


def published(keyring):
    return {jwk["kid"] for jwk in json.loads(keyring.jwks())["keys"]}


def test_prepare_makes_what_the_inventory_lists_and_nothing_twice(store, keyring, folder):
    assert rotation.prepare(store, keyring) == []
    assert len(list(folder.iterdir())) == 3 * 2 + 2  # Those that rotate have their next key already.


def test_without_keys_the_error_names_the_remedy(store, folder):
    with pytest.raises(MissingKey, match="idp db upgrade"):
        Keyring(store, FileKeyStore(folder), INVENTORY).signer(*ES256)


def test_key_files_are_for_their_owner_only(keyring, folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_the_database_holds_no_private_part(keyring, store):
    with store.reading() as connection:
        rows = connection.execute(select(keyring_module.keys.c.public_jwk)).scalars().all()

    assert all({"d", "p", "q", "k"}.isdisjoint(json.loads(row)) for row in rows)


def test_the_jwks_shows_token_keys_alone_with_their_use_and_algorithm(keyring):
    keys = json.loads(keyring.jwks())["keys"]

    assert {(key["kty"], key["alg"], key["use"]) for key in keys} == {("EC", "ES256", "sig"), ("RSA", "RS256", "sig")}
    assert all({"d", "p", "q"}.isdisjoint(key) for key in keys)


def test_the_next_key_is_published_before_it_signs(keyring):
    signing = {keyring.signer("tokens", algorithm).kid for algorithm in ("ES256", "RS256")}

    assert signing < published(keyring)
    assert len(published(keyring)) == 4


def test_a_lost_key_file_is_an_error_and_never_replaced(store, keyring, folder):
    kid = keyring.signer(*ES256).kid
    (folder / f"{kid}.json").unlink()
    restarted = Keyring(store, FileKeyStore(folder), INVENTORY)

    assert rotation.prepare(store, restarted) == []
    with pytest.raises(MissingKey, match=f"{kid}.json is missing: restore it"):
        restarted.signer(*ES256)


def test_the_first_rotation_needs_no_wait_because_the_next_key_was_always_published(store, keyring):
    before, known = keyring.signer(*ES256).kid, published(keyring)
    steps = rotation.rotate(store, keyring)

    assert all(step.rotated for step in steps)
    assert keyring.signer(*ES256).kid != before
    assert keyring.signer(*ES256).kid in known


def test_a_relying_party_that_caches_the_jwks_never_meets_an_unknown_key(store, keyring, clock):
    """It fetches once in JWKS_CACHE_SECONDS, while somebody rotates every hour for ten days."""
    known, fetched = published(keyring), clock.now
    signers = set()
    for _ in range(240):
        clock.advance(3600)
        rotation.rotate(store, keyring)
        signers.add(keyring.signer(*ES256).kid)
        assert keyring.signer(*ES256).kid in known
        if clock.now - fetched >= JWKS_CACHE_SECONDS:
            known, fetched = published(keyring), clock.now
    assert len(signers) >= 9


def test_what_was_signed_before_a_rotation_verifies_after_it(store, keyring, clock):
    before = keyring.signer(*ES256).kid
    rotation.rotate(store, keyring)
    clock.advance(RETIRE_SECONDS)
    rotation.rotate(store, keyring)

    assert before in published(keyring)


def test_rotating_too_early_changes_nothing_and_says_when(store, keyring, clock):
    rotation.rotate(store, keyring)
    before = published(keyring)
    (step, *_) = rotation.rotate(store, keyring)

    assert (step.rotated, step.usable_at) == (False, clock.now + JWKS_CACHE_SECONDS)
    assert published(keyring) == before


def test_an_emergency_does_not_wait(store, keyring):
    rotation.rotate(store, keyring)
    before = keyring.signer(*ES256).kid
    rotation.rotate(store, keyring, emergency=True)

    assert keyring.signer(*ES256).kid != before


def test_after_an_emergency_no_key_that_may_have_leaked_is_trusted(store, keyring, clock, folder):
    before = published(keyring)
    clock.advance(JWKS_CACHE_SECONDS)
    rotation.rotate(store, keyring)
    before |= published(keyring)
    rotation.rotate(store, keyring, emergency=True)

    assert len(published(keyring)) == 4  # Active and next of two algorithms.
    assert published(keyring).isdisjoint(before)
    assert all("d" not in json.loads((folder / f"{kid}.json").read_text()) for kid in before)


def test_an_emergency_replaces_a_key_whose_file_was_lost(store, keyring, folder):
    (folder / f"{keyring.signer(*ES256).kid}.json").unlink()
    rotation.rotate(store, keyring, emergency=True)

    assert Keyring(store, FileKeyStore(folder), INVENTORY).signer(*ES256)


def test_a_retired_key_is_unpublished_and_its_private_part_destroyed(store, keyring, clock, folder):
    old = keyring.signer(*ES256).kid
    rotation.rotate(store, keyring)
    clock.advance(RETIRE_SECONDS + 1)
    rotation.rotate(store, keyring)

    assert old not in published(keyring)
    assert "d" not in json.loads((folder / f"{old}.json").read_text())


def test_every_move_of_a_key_is_in_the_audit(store, keyring):
    rotation.rotate(store, keyring, actor="operator")
    with store.reading() as connection:
        found = connection.execute(select(leaves.c.name, leaves.c.actor)).all()

    assert [tuple(row) for row in found].count(("keyring.key.retiring", "operator")) == 3
    assert [tuple(row) for row in found].count(("keyring.key.active", "operator")) == 3


def test_another_process_follows_a_rotation_within_seconds(store, keyring, folder, monkeypatch):
    other = Keyring(store, FileKeyStore(folder), INVENTORY)
    before = other.signer(*ES256).kid
    rotation.rotate(store, keyring)
    assert other.signer(*ES256).kid == before

    monkeypatch.setattr(keyring_module, "SNAPSHOT_SECONDS", 0)
    assert other.signer(*ES256).kid == keyring.signer(*ES256).kid


def test_old_audit_signatures_verify_after_their_key_retired(store, keyring, clock):
    kid, signature = keyring.sign_note(b"note")
    rotation.rotate(store, keyring)
    clock.advance(RETIRE_SECONDS + 1)
    rotation.rotate(store, keyring)

    keyring.audit_keys()[kid].verify(signature, b"note")  # Raises InvalidSignature if it does not.


def test_secrets_keep_their_value_over_restarts(store, keyring, folder):
    restarted = Keyring(store, FileKeyStore(folder), INVENTORY)

    assert restarted.secret("index") == keyring.secret("index")
    assert restarted.secrets("kek") == keyring.secrets("kek")
    assert len(keyring.secret("index")) == 32
    assert keyring.secret("index") != keyring.secret("kek")


def test_no_key_of_an_unknown_algorithm_is_made(folder):
    with pytest.raises(ValueError, match="no HS512 keys"):
        FileKeyStore(folder).generate("x", "HS512")
