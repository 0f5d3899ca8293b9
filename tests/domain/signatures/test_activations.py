from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from idp.domain.signatures import activations, ceremonies, documents
from idp.domain.signatures.activations import LIFETIME
from idp.domain.signatures.ceremonies import Ceremony, Terms
from idp.foundation.refusal import Refusal
from idp.foundation.transaction import Store
from idp.foundation.vault.box import Box
from tests.fixtures.storage import Clock

BOX = Box(b"b" * 32)
TERMS = Terms("Registration of a birth", "Civil register", "https://agency.example/signed", None, 3600)
PROOF = {"method": "totp", "authenticator_id": "app", "amr": ["otp"]}


@pytest.fixture
def ceremony(store: Store) -> Ceremony:
    with store.transaction() as tx:
        frozen = documents.freeze(tx, BOX, b"%PDF-1.7 a document", 1)
        return ceremonies.begin(tx, BOX, "registry", TERMS, frozen.sha256)


@pytest.fixture
def secret(store: Store, ceremony: Ceremony) -> str:
    with store.transaction() as tx:
        return activations.issue(tx, BOX, ceremony, "anna", PROOF)


def spend(store: Store, ceremony: Ceremony, person: str, secret: str) -> bool:
    try:
        with store.transaction() as tx:
            activations.spend(tx, ceremony, person, secret)
    except Refusal as refusal:
        return refusal.code != "signatures.activation_spent"
    return True


def test_an_activation_is_spent_once(store, ceremony, secret):
    assert [spend(store, ceremony, "anna", secret) for _ in range(3)] == [True, False, False]


def test_of_twenty_uses_at_once_one_succeeds(store, ceremony, secret):
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: spend(store, ceremony, "anna", secret), range(20)))
    assert outcomes.count(True) == 1


def test_an_activation_is_good_for_two_minutes(store, ceremony, secret, clock: Clock):
    clock.advance(LIFETIME)
    assert LIFETIME == 120
    assert not spend(store, ceremony, "anna", secret)


def test_an_activation_is_of_no_use_to_anybody_else(store, ceremony, secret):
    assert not spend(store, ceremony, "boris", secret)


@pytest.mark.parametrize(
    "other", [{"id": "another"}, {"client_id": "revenue"}, {"document_sha256": "0" * 64}], ids=["id", "client", "hash"]
)
def test_an_activation_is_good_for_its_own_ceremony_service_and_document_only(store, ceremony, secret, other):
    assert not spend(store, replace(ceremony, **other), "anna", secret)
    assert spend(store, ceremony, "anna", secret)


def test_the_secret_is_not_kept(store, secret):
    with store.reading() as connection:
        rows = connection.execute(text("SELECT * FROM signature_activations")).all()
    assert secret not in str(rows)


def test_the_proof_is_kept_as_evidence_and_sealed(store, ceremony, secret):
    with store.reading() as connection:
        sealed = connection.execute(text("SELECT evidence FROM signature_activations")).scalar_one()
        assert activations.evidence(connection, BOX, ceremony.id) == (PROOF,)
    assert b"totp" not in bytes(sealed)


def test_a_passkeys_challenge_depends_on_ceremony_document_and_nonce(ceremony):
    others = [replace(ceremony, id="another"), replace(ceremony, document_sha256="0" * 64)]
    challenges = {activations.challenge(one, "nonce") for one in (ceremony, *others)}
    challenges.add(activations.challenge(ceremony, "another nonce"))
    assert len(challenges) == 4
